import assert from 'node:assert/strict'
import { headerWords } from './script.ts'

/** A message as its recipient's server gets it. */
export type DeliveredMail = {
  readonly from: string
  readonly to: readonly string[]
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly body: string
}

/** Takes a message in CRLF lines apart. */
export function readMail(
  envelope: { readonly from: string; readonly to: readonly string[] },
  raw: Buffer,
): DeliveredMail {
  const text = raw.toString('utf8')
  const end = text.indexOf('\r\n\r\n')
  const lines = text.slice(0, end).split(/\r\n(?![ \t])/)
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() }
  })
  return { ...envelope, headers, body: text.slice(end + 4).trimEnd() }
}

/** Checks one DELIVERED line. */
export function assertDelivered(mail: DeliveredMail, what: string, words: string): void {
  const { name, value } = headerWords(words)
  const named = mail.headers.filter((header) => header.name.toLowerCase() === name.toLowerCase())
  if (what === 'from') assert.equal(mail.from, words)
  else if (what === 'to') assert.equal(mail.to.toSorted().join(' '), words)
  else if (what === 'top') assert.deepEqual(mail.headers[0], { name, value })
  else if (what === 'no-header') assert.deepEqual(named, [])
  else if (what === 'body') assert.equal(mail.body.replaceAll('\r\n', '\\n'), words)
  else if (what !== 'header') throw new Error(`DELIVERED ${what} is checked by the runner`)
  else if (!named.some((header) => header.value === value)) {
    assert.fail(`no header ${words}; there are: ${JSON.stringify(mail.headers)}`)
  }
}
