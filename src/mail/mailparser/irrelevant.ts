/** Header fields in which mailparser does not look for parts: every one but the three that say what a part is, in a header without oddities. */
import type { Header } from '../header/header.ts'

const ODD = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)/
const NAME = /^[a-z][a-z0-9-]*$/
const TELLING = /^content-(?:type|transfer-encoding|disposition)$/

/** Where they stand in the header; none where any line of it may be read in two ways. */
export function irrelevantFields(header: Header, block: Buffer): readonly { from: number; to: number }[] {
  const text = block.toString('latin1')
  const end = text.length - (text.endsWith('\n\r\n') ? 2 : text.endsWith('\n\n') ? 1 : 0)
  if (end === text.length || ODD.test(text) || header.fields[0]?.at !== 0) return []
  const found: { from: number; to: number }[] = []
  for (const [i, { name, at }] of header.fields.entries()) {
    if (!NAME.test(name) || text[at + name.length] !== ':') return name === '' && at >= end ? found : []
    if (TELLING.test(name)) continue
    const to = header.fields[i + 1]?.at ?? end
    const last = found.at(-1)
    if (last?.to === at) last.to = to
    else found.push({ from: at, to })
  }
  return found
}
