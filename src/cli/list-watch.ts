/** Looks every two seconds whether a file is another one than it was, or gone: by its inode, size and time of change. */
import { stat } from 'node:fs/promises'
import type { Clock } from '../core/index.ts'

const EVERY_MS = 2000
const GONE = 'gone'

/** What tells one state of a file from another; undefined while it is not there. */
export type Look = (path: string) => Promise<string | undefined>

/** Begins to look; the result ends it. A change counts when two looks saw the same, so that no file is taken half-written. */
export function watchLists(
  files: () => readonly string[],
  onChange: () => void,
  clock: Clock,
  look: Look = stateOf,
): () => void {
  const inForce = new Map<string, string>()
  const before = new Map<string, string>()
  let cancel = () => {}
  let isOver = false
  const round = async () => {
    let hasChanged = false
    for (const file of files()) {
      const state = (await look(file)) ?? GONE
      // What is gone at the first look was there when the list was taken.
      const known = inForce.get(file) ?? (state === GONE ? 'taken' : state)
      if (known !== state && before.get(file) === state) hasChanged = true
      if (known === state || before.get(file) === state) inForce.set(file, state)
      before.set(file, state)
    }
    if (isOver) return
    if (hasChanged) onChange()
    cancel = clock.after(EVERY_MS, () => void round())
  }
  void round()
  return () => {
    isOver = true
    cancel()
  }
}

async function stateOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.ino} ${found.size} ${found.mtimeNs}`
}
