import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allCases } from '../generate/cases.ts'
import { ordinaryMails } from '../ordinary/mails.ts'
import { harmlessReason, type Unseen, unseenBy } from './compare.ts'
import { PEERS } from './peers.ts'

type Exception = readonly [peer: RegExp, name: RegExp, why: string]

const PYTHON = /^python/
const PERL = /^mime-tools$/

/** What a peer alone makes of a message, though nobody meant it. Each line must still be needed. */
const EXCEPTIONS: readonly Exception[] = [
  [
    PYTHON,
    /^cte-duplicate\/base64-then-true-/,
    'what is no base64 decoded as such: every decoder makes other bytes of it',
  ],
  [
    PYTHON,
    /^(?:head-body\/junk-line-base64-single|base64-words\/leading-comment-line-rfc822|crossed\/shape-and-letters-\d+-.*-url-alphabet-\w+)$/,
    'base64 that it gives up, its lines joined',
  ],
  [
    PYTHON,
    /^cte-composite\/quoted-printable-done-/,
    'a multipart that it decodes and does not split: we show the parts',
  ],
  [
    PYTHON,
    /^quoted-printable\/(?:soft-break-blank|soft-break-tabs|blanks-at-line-end)-/,
    'it keeps a soft break that blanks follow',
  ],
  [
    PERL,
    /^quoted-printable\/(?:soft-break-crcrlf|equals-at-end)-/,
    'it keeps an equals sign and what stands around it',
  ],
  [
    PYTHON,
    /^further-head\/blank-line-of-(?:vertical-tab|form-feed|nul|nbsp)-quoted-printable-single$/,
    'the line that ends the header belongs to the content for it',
  ],
  [PYTHON, /^further-encoding\/said-base64-is-uuencode-/, 'lines of uuencode, decoded as base64'],
  [PYTHON, /^further-wide\/message-/, 'a message of two bytes a character, as one text'],
  [/./, /^quoted-printable\/split-hex-/, 'they keep both halves of a code that a soft break splits'],
]

test('of ordinary mails Python and MIME-tools see nothing that we do not see', async () => {
  const unseen = await unseenBy(Object.keys(PEERS), ordinaryMails())

  assert.deepEqual(await unexplained(unseen, []), [])
})

test('of messages that hide something Python and MIME-tools see nothing that we do not see', async () => {
  // Beyond our limits nothing is promised but that we say so.
  const unseen = await unseenBy(
    Object.keys(PEERS),
    allCases().filter(({ isBeyond }) => !isBeyond),
  )

  assert.ok(unseen.length > 0, 'the readers differ')
  assert.deepEqual(await unexplained(unseen, EXCEPTIONS), [])
})

/** What no exception explains, and the exceptions that explain nothing. */
async function unexplained(unseen: readonly Unseen[], exceptions: readonly Exception[]): Promise<readonly string[]> {
  const left: string[] = []
  const used = new Set<Exception>()
  for (const one of unseen) {
    if ((await harmlessReason(one)) !== undefined) continue
    const exception = exceptions.find(([peer, name]) => peer.test(one.peer) && name.test(one.name))
    if (exception === undefined)
      left.push(`${one.peer}: ${one.bytes.length} bytes of ${one.name}: ${one.bytes.toString('latin1', 0, 40)}`)
    else used.add(exception)
  }
  return [...left, ...exceptions.filter((each) => !used.has(each)).map(([, name]) => `not needed: ${name}`)]
}
