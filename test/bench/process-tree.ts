import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Clock ticks in a second of processor time: what Linux tells user space on every machine of today (sysconf _SC_CLK_TCK). */
const ticksPerSecond = 100

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
}

/** A process and all that descend from it. */
export function processTree(root: number): number[] {
  return treeIn(allStats(), root).map((stat) => stat.pid)
}

/** Processor time of a process and all that descend from it, those that ended included as far as their parents awaited them. */
export function cpuSeconds(root: number): number {
  return treeIn(allStats(), root).reduce((sum, stat) => sum + stat.ticks, 0) / ticksPerSecond
}

/** Resident memory now of one process, in bytes. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS')
}

/** Sum of the largest resident memory that each process of the tree had, in bytes. Pages that they share count more than once. */
export function peakBytes(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + statusBytes(pid, 'VmHWM'), 0)
}

/** Begins the peaks of the tree anew (proc(5), clear_refs). */
export function resetPeak(root: number): void {
  for (const pid of processTree(root)) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
    } catch {
      // it ended meanwhile, or is another user's: its peak stays
    }
  }
}

function treeIn(stats: readonly Stat[], root: number): Stat[] {
  const tree = stats.filter((stat) => stat.pid === root)
  for (const { pid } of tree) tree.push(...stats.filter((stat) => stat.parent === pid))
  return tree
}

function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined)
}

/** proc(5): the command stands in brackets and may hold spaces and brackets; then state, parent, …, utime (14) to cstime (17). */
function readStat(pid: number): Stat | undefined {
  const text = readProc(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid, parent: Number(fields[1]), ticks }
}

function statusBytes(pid: number, key: string): number {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(readProc(`/proc/${pid}/status`) ?? '')
  return Number(found?.[1] ?? 0) * 1024
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
