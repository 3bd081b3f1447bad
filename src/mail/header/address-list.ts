/** The addresses of From, Reply-To and their like (RFC 5322 section 3.4), also of lists that are not quite by the RFC. */
import { type Token, tokensOf } from './structured.ts'

const MARKS = '<>,;:'

/** Every address of a field: what stands in angle brackets, and without these what looks like an address. */
export function addressesIn(value: string): readonly string[] {
  const found: string[] = []
  let mailbox: Token[] = []
  const end = () => {
    found.push(...addressesOf(mailbox))
    mailbox = []
  }
  let isWithin = false
  for (const token of tokensOf(value, MARKS)) {
    const { kind, text } = token
    if (kind === 'mark' && (text === '<' || text === '>')) isWithin = text === '<'
    // The name of a group ends at a colon, one of its members at a comma; within brackets both belong to a route.
    if (kind !== 'mark' || text === '<' || text === '>') mailbox.push(token)
    else if (text === ':' && !isWithin) mailbox = []
    else if (text === ':' || (text === ',' && isWithin)) mailbox = [{ kind: 'mark', text: '<' }]
    else {
      end()
      isWithin = false
    }
  }
  end()
  return found
}

function addressesOf(mailbox: readonly Token[]): readonly string[] {
  const within: string[] = []
  let open: string | undefined
  for (const { kind, text } of mailbox) {
    if (kind === 'mark' && text === '<') open = ''
    else if (kind === 'mark') {
      if (open) within.push(open)
      open = undefined
    } else if (open !== undefined) open += text
  }
  if (open) within.push(open)
  if (within.length > 0) return within
  const bare = mailbox
    .filter(({ kind }) => kind !== 'mark')
    .map(({ text }) => text)
    .join('')
  return bare.includes('@') ? [bare] : []
}
