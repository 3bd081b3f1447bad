/** The two readings put together: each distinct content at a place is one sample that names the readings which see it. */
import { createHash } from 'node:crypto'
import { type Anomaly, anomaly, type Sample } from '../core/index.ts'
import { isMultipart } from './header/part.ts'
import type { MailparserLeaf } from './mailparser/mailparser-reader.ts'
import { namesOfDecoded, withName } from './name/name.ts'
import type { Leaf } from './strict/strict-context.ts'

/** What the path of a sample begins with that mailparser alone sees: its part numbers need not be those of the strict reading. */
export const MAILPARSER_PATH = 'mailparser:'

const LINE_ENDS = ['\n', '\r\n'].map((text) => createHash('sha256').update(text).digest('hex'))

export interface Union {
  readonly attachments: readonly Sample[]
  readonly bodies: readonly Sample[]
  readonly disagreements: number
}

/** Unites the readings. Where one was not read to its end (`isPartial`), what the other sees beyond it is no disagreement. */
export function unite(strict: readonly Leaf[], mailparser: readonly MailparserLeaf[], isPartial: boolean): Union {
  const unmatched = new Set(mailparser.filter((leaf) => leaf.content !== undefined))
  const matched = matchLeaves(strict, unmatched)
  let disagreements = 0
  const disagree = (size: number): Anomaly[] => {
    // A part of no bytes is read as such by one and passed over by the other.
    if (isPartial || size === 0) return []
    disagreements++
    return [anomaly('parser-disagreement', -1)]
  }
  const attachments: Sample[] = []
  const bodies: Sample[] = []
  for (const leaf of strict) {
    if (leaf.content === undefined || isNothing(leaf)) continue
    const twin = matched.get(leaf)
    const anomalies = twin === undefined ? disagree(leaf.content.size) : []
    const list = leaf.role === 'sample' ? attachments : bodies
    list.push(strictSample(leaf, twin, anomalies))
  }
  for (const leaf of unmatched) attachments.push(mailparserSample(leaf, disagree(leaf.content?.size ?? 0)))
  return { attachments, bodies, disagreements }
}

/** Pairs what has the same content at the same place, then what has the same content anywhere. */
function matchLeaves(strict: readonly Leaf[], unmatched: Set<MailparserLeaf>): ReadonlyMap<Leaf, MailparserLeaf> {
  const matched = matchPlaces(strict, unmatched)
  for (const keyOf of [contentKey, blankKey]) {
    if (unmatched.size === 0) break
    const waiting = new Map<string, MailparserLeaf[]>()
    for (const leaf of [...unmatched].reverse()) {
      const key = keyOf(leaf)
      const same = waiting.get(key)
      if (same === undefined) waiting.set(key, [leaf])
      else same.push(leaf)
    }
    waiting.delete('')
    for (const leaf of strict) {
      const twin = matched.has(leaf) ? undefined : waiting.get(keyOf(leaf))?.pop()
      if (twin === undefined) continue
      matched.set(leaf, twin)
      unmatched.delete(twin)
    }
  }
  return matched
}

/** mailparser's paths are all different. */
function matchPlaces(strict: readonly Leaf[], unmatched: Set<MailparserLeaf>): Map<Leaf, MailparserLeaf> {
  const matched = new Map<Leaf, MailparserLeaf>()
  const byPath = new Map<string, MailparserLeaf>()
  for (const leaf of unmatched) byPath.set(leaf.path, leaf)
  for (const leaf of strict) {
    const twin = byPath.get(leaf.path)
    if (twin === undefined || twin.content?.sha256 !== leaf.content?.sha256 || !unmatched.delete(twin)) continue
    matched.set(leaf, twin)
  }
  return matched
}

function contentKey(leaf: Leaf | MailparserLeaf): string {
  return `${leaf.content?.sha256}`
}

/** Between an empty part and the line end that belongs to its delimiter mailparser makes no difference. */
function blankKey({ content }: Leaf | MailparserLeaf): string {
  return content !== undefined && (content.size === 0 || LINE_ENDS.includes(content.sha256)) ? 'blank' : ''
}

/**
 * A multipart of no bytes, as where only the header of a message is sent back: nothing is hidden in it. Of an empty text behind the
 * first nothing is shown.
 */
function isNothing({ content, part, role }: Leaf): boolean {
  const isShown = part.names.length > 0 || part.disposition === 'attachment'
  return content?.size === 0 && !isShown && (isMultipart(part) || (role === 'sample' && part.type.startsWith('text/')))
}

/** The sample that a leaf of the strict reading is; `twin` is the same part as mailparser has it. */
export function strictSample(leaf: Leaf, twin: MailparserLeaf | undefined, anomalies: readonly Anomaly[]): Sample {
  const { name, names, declaredType, charset, disposition } = leaf.part
  return {
    ...(leaf.content as NonNullable<Leaf['content']>),
    role: leaf.role === 'sample' ? 'attachment' : 'body',
    name,
    names: twin === undefined ? names : withName(names, twin.name, 'mailparser'),
    path: leaf.path,
    depth: leaf.depth,
    declaredType,
    declaredCharset: charset,
    disposition,
    readings: twin === undefined ? ['strict'] : ['strict', 'mailparser'],
    anomalies: [...leaf.anomalies, ...anomalies],
    mismatches: [],
  }
}

function mailparserSample(leaf: MailparserLeaf, anomalies: readonly Anomaly[]): Sample {
  const { name, disposition, type: declaredType, depth } = leaf
  const { names, oddities } = namesOfDecoded(name, 'mailparser')
  return {
    ...(leaf.content as NonNullable<MailparserLeaf['content']>),
    role: 'attachment',
    name,
    names,
    path: MAILPARSER_PATH + leaf.path,
    depth,
    declaredType,
    declaredCharset: '',
    disposition: disposition === 'inline' ? 'inline' : disposition === '' ? '' : 'attachment',
    readings: ['mailparser'],
    anomalies: [...anomalies, ...oddities.map((oddity) => anomaly(oddity, -1))],
    mismatches: [],
  }
}
