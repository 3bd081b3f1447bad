/** What lives: read from /proc, where a zombie counts as gone. */
import { readFileSync } from 'node:fs'

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

/** Resolves when none of them lives any more, rejects when one still does at the deadline. */
export async function untilGone(pids: readonly number[], deadlineMs = 10_000): Promise<void> {
  const end = Date.now() + deadlineMs
  while (pids.some(isAlive)) {
    if (Date.now() > end) throw new Error(`still alive: ${pids.filter(isAlive)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
