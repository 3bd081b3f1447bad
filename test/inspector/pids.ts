/** What lives: read from /proc, where a zombie counts as gone. Its files are closed when the last of its threads is gone too. */
import { readdirSync, readFileSync } from 'node:fs'

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2)) || readdirSync(`/proc/${pid}/task`).length > 1
  } catch {
    return false
  }
}

/** Resolves when it holds, looking again whenever other work has had its turn; rejects when it never does. */
export async function until(holds: () => boolean, deadlineMs = 15_000): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Resolves when none of them lives any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isAlive))
}
