/** Mails through a running filter whose sandboxes do wrong at random: what must hold for every one of them. */

import { json, say } from '../fakes/http-service.ts'
import { mail } from '../postfix/mail.ts'
import { kindOf } from './fault.ts'
import type { FakeSandbox, Make } from './sandboxes.ts'

/** Ways in which an analysis fails, each as quick as one that does not. */
const REPORTS: readonly ((report: Record<string, unknown>, make: Make) => unknown)[] = [
  (report) => ({ ...report, malscore: null, info: { ...(report.info as object), score: null } }),
  (report) => ({ ...report, malscore: '0', info: { ...(report.info as object), score: '0' } }),
  (report) => ({ ...report, target: { file: { sha256: '0'.repeat(64) } } }),
  (report) => ({ ...report, behavior: {}, debug: { cuckoo: [] } }),
  (report) => ({ ...report, info: {} }),
  () => ({}),
]
const CALLS = ['crash', 'hang up', 'garbage'] as const

/** Numbers from 0 up to below, the same for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    // Numerical Recipes' linear congruential generator: any that can be repeated does.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Makes one report and one call in so many go wrong, each time in another way. */
export function misbehaveAtRandom(make: Make, fake: FakeSandbox, oneIn: number, seed: number): void {
  const next = randomOf(seed)
  fake.rewrite = (report) => (next(oneIn) === 0 ? REPORTS[next(REPORTS.length)]?.(report, make) : report)
  fake.service.misdeed = ({ path, response, socket }) => {
    if (kindOf(path) === 'other' || next(oneIn) !== 0) return false
    const how = CALLS[next(CALLS.length)]
    if (how === 'crash') return say(response, '<html>500</html>', 'text/html', 500)
    if (how === 'garbage') return json(response, { error: 'x', task_id: -1, task: {}, data: 'sleeping' })
    socket.destroy()
    return true
  }
}

/** The n-th mail: every second has malware attached that only the sandbox knows. */
export function numberedMail(n: number): { readonly isBad: boolean; readonly message: Buffer } {
  const isBad = n % 2 === 0
  const content = isBad ? `some malware, number ${n}` : `minutes ${n}`
  return { isBad, message: mail({ subject: `${n}`, attachments: [{ name: `${n}.bin`, content }] }) }
}
