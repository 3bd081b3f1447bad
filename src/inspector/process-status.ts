/** What Linux says about a process (proc(5)); undefined where it is gone or hidden. */
import { readFileSync } from 'node:fs'

/** Clock ticks per second in /proc: fixed to 100 for user programs on all Linux architectures that Node runs on. */
const TICK_MS = 10

/** Processor time used so far, user and system, all threads. */
export function cpuMsOf(pid: number): number | undefined {
  const stat = readProc(`${pid}/stat`)
  if (stat === undefined) return undefined
  // The second field is the name in brackets and may hold anything; the third begins after the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return Number.isFinite(ticks) ? ticks * TICK_MS : undefined
}

/** The process that a wrapper started in a namespace of its own, or the wrapper itself where it became the program. */
export function innermostPid(pid: number): number {
  const child = Number(readProc(`${pid}/task/${pid}/children`)?.trim().split(' ')[0])
  return child > 0 ? child : pid
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1')
  } catch {
    return undefined
  }
}
