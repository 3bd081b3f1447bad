/** Whether mailparser read the skeleton of a message as the strict reading read the message. */
import type { Content } from '../../core/index.ts'
import type { Leaf, StrictFindings } from '../strict/strict-context.ts'
import { toldType } from './canonical.ts'
import type { MailparserContext, MailparserLeaf } from './mailparser-reader.ts'
import type { LeftOut, Skeleton } from './skeleton.ts'

/** If it did, what mailparser sees is put in terms of the message; also where the reading was stopped, as far as it came. */
export function readsAlike(findings: StrictFindings, context: MailparserContext, skeleton: Skeleton): boolean {
  const { leaves, isStopped } = findings
  const isWhole = !isStopped
  if (isWhole && (context.failure !== '' || !areInPlace(skeleton.leftOut, context))) return false
  const contents = new Map<string, Content | undefined>()
  for (const leaf of leaves) if (leaf.skeletonDigest !== '') contents.set(leaf.skeletonDigest, leaf.content)
  // Of what was cut mailparser reads no message.
  if (isWhole && context.leaves.some((leaf) => leaf.isMessage && contents.has(digestOf(leaf)))) return false
  for (const leaf of context.leaves) leaf.content = contents.get(digestOf(leaf)) ?? leaf.content
  const others = new Set(skeleton.leftOut.flatMap((each) => each.others))
  if (isWhole && !areSame(digestsOf(leaves, others), digestsOf(context.leaves))) return false
  for (const leaf of others) context.leaves.push(likeMailparser(leaf))
  return true
}

/** The leaf that mailparser tells for a part that is left out. */
function likeMailparser({ path, depth, part, content }: Leaf): MailparserLeaf {
  const { declaredType, name, disposition } = part
  return { path, depth, type: toldType(declaredType, name), name, disposition, content, isMessage: false }
}

/** The first of each stands for the others: behind the same delimiter, in the same multipart, as its so-manieth part. */
function areInPlace(leftOut: readonly LeftOut[], { leaves }: MailparserContext): boolean {
  if (leftOut.length === 0) return true
  const digests = new Map(leaves.map((leaf) => [leaf.path, digestOf(leaf)]))
  return leftOut.every(({ first, others }) => others.length === 0 || digests.get(first.path) === first.skeletonDigest)
}

interface Read {
  readonly content: Content | undefined
}

/** The contents that were seen; a part of no bytes is passed over by some. */
function digestsOf<T extends Read>(leaves: readonly T[], without?: ReadonlySet<T>): Set<string> {
  const found = new Set<string>()
  for (const leaf of leaves)
    if (leaf.content !== undefined && leaf.content.size > 0 && without?.has(leaf) !== true)
      found.add(leaf.content.sha256)
  return found
}

function areSame(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && some.isSubsetOf(others)
}

function digestOf(leaf: MailparserLeaf): string {
  return leaf.content?.sha256 ?? ''
}
