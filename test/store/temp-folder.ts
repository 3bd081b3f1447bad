import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for one test, gone afterwards. */
export async function inTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTempFolder()
  try {
    return await use(folder)
  } finally {
    await removeTempFolder(folder)
  }
}

export function makeTempFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'peekaboo-store-'))
}

export function removeTempFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}
