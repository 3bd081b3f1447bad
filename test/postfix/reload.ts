import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** The pids of the smtpd processes of one master(8). */
export function smtpdPids(master: number): readonly number[] {
  const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ')
  return children.map(Number).filter((pid) => pid > 0 && commandOf(pid) === 'smtpd')
}

/** Resolves when these processes are gone: master(8) ends idle ones on reload, but a busy one keeps its old configuration. */
export async function oldServersGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + 10_000
  // There is no event for the end of a process that is not our child.
  while (pids.some((pid) => commandOf(pid) === 'smtpd')) {
    if (Date.now() > deadline) {
      throw new Error('an smtpd still runs with the old configuration: close its SMTP session before reconfiguring')
    }
    await pause(10)
  }
}

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}
