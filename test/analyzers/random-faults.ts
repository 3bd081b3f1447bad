/** Mails through a running filter whose clamd does wrong at random: what must hold for every one of them. */
import assert from 'node:assert/strict'
import { testStrings } from '../../src/analyzers/test-strings.ts'
import { type FakeClamd, MISDEEDS, type MisdeedName } from '../fakes/clamd.ts'
import { mail } from '../postfix/mail.ts'

/** Those that come to an end by themselves: waiting for time-outs is tested with a clock. */
const NAMES = (Object.keys(MISDEEDS) as MisdeedName[]).filter(
  (name) => !/nothing$|session open|without an end/.test(name),
)

/** Makes one in so many scans go wrong, each time in another way; the same seed goes wrong the same way. */
export function misbehaveAtRandom(fake: FakeClamd, oneIn: number, seed: number): void {
  let state = seed
  const next = (below: number) => {
    // Numerical Recipes' linear congruential generator: any that can be repeated does.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const chosen = new WeakMap<object, MisdeedName | undefined>()
  fake.misdeed = (scan) => {
    if (!chosen.has(scan.socket)) chosen.set(scan.socket, next(oneIn) === 0 ? NAMES[next(NAMES.length)] : undefined)
    const name = chosen.get(scan.socket)
    if (name) MISDEEDS[name](scan)
    else if (scan.isComplete) scan.answer()
  }
}

/** The n-th mail: every second has malware attached that only clamd is asked about. */
export function numberedMail(n: number): { readonly isBad: boolean; readonly message: Buffer } {
  const isBad = n % 2 === 0
  // Not at its beginning, where the filter itself would know it.
  const content = isBad ? `${'x'.repeat(2000)} ${n} ${testStrings.bad}` : `minutes ${n}`
  return { isBad, message: mail({ subject: `${n}`, attachments: [{ name: `${n}.bin`, content }] }) }
}

/** Each mail got one of the answers that it may get, bad ones never 250; and most got a verdict. */
export function assertNoneSlipped(replies: readonly { readonly isBad: boolean; readonly code: number }[]): void {
  const wrong = replies.filter(({ isBad, code }) => !(isBad ? [550, 451] : [250, 451]).includes(code))
  assert.deepEqual(wrong, [])
  assert.ok(replies.filter(({ code }) => code === 451).length < replies.length / 4, 'most analyses got through')
}
