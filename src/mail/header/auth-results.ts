/** Authentication-Results fields (RFC 8601 section 2.2): who says that which check ended how. */
import type { HeaderFacts } from '../../core/index.ts'
import { type Token, tokensOf } from './structured.ts'

type Claim = HeaderFacts['auth'][number]

/** Where the domain of a result stands, the most telling first. */
const DOMAINS = ['header.d', 'header.i', 'header.from', 'smtp.mailfrom', 'smtp.helo'] as const

/** The results of one field; none where it is not one of these. */
export function authResultsIn(value: string): readonly Claim[] {
  const [head = [], ...parts] = split(tokensOf(value, ';='))
  const server = head[0]
  if (!server || server.kind === 'mark') return []
  return parts.flatMap((part) => resultOf(part, server.text.toLowerCase()) ?? [])
}

function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'mark' && token.text === ';') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

/** `method[/version]=result`, then properties; `none` alone is no result. */
function resultOf(part: readonly Token[], server: string): Claim | undefined {
  const [name, equals, result] = part
  if (name?.kind !== 'word' || equals?.text !== '=' || !result || result.kind === 'mark') return undefined
  const method = (name.text.split('/', 1)[0] ?? '').toLowerCase()
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(method)) return undefined
  return { server, method, result: result.text.toLowerCase(), domain: domainOf(propertiesOf(part)) }
}

function propertiesOf(part: readonly Token[]): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  for (let at = 3; at + 2 < part.length; at++) {
    const [name, equals, value] = [part[at], part[at + 1], part[at + 2]]
    if (name?.kind !== 'word' || equals?.text !== '=' || !value || value.kind === 'mark') continue
    const key = name.text.toLowerCase()
    if (!properties.has(key)) properties.set(key, value.text)
  }
  return properties
}

function domainOf(properties: ReadonlyMap<string, string>): string {
  const found = DOMAINS.map((key) => properties.get(key)).find((value) => value !== undefined) ?? ''
  return found
    .slice(found.lastIndexOf('@') + 1)
    .replace(/[<>]/g, '')
    .toLowerCase()
}
