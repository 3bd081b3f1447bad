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
  if (isWhole && (context.failure !== '' || !skeleton.leftOut.every((each) => isInPlace(each, context)))) return false
  const contents = new Map<string, Content | undefined>()
  for (const leaf of leaves) if (leaf.skeletonDigest !== '') contents.set(leaf.skeletonDigest, leaf.content)
  // Of what was cut mailparser reads no message.
  if (isWhole && context.leaves.some((leaf) => leaf.isMessage && contents.has(digestOf(leaf)))) return false
  for (const leaf of context.leaves) leaf.content = contents.get(digestOf(leaf)) ?? leaf.content
  const others = new Set(skeleton.leftOut.flatMap((each) => each.others))
  const seen = digestsOf(leaves.filter((leaf) => !others.has(leaf)))
  if (isWhole && seen.symmetricDifference(digestsOf(context.leaves)).size > 0) return false
  for (const leaf of others) context.leaves.push(likeMailparser(leaf))
  return true
}

/** The leaf that mailparser tells for a part that is left out. */
function likeMailparser({ path, depth, part, content }: Leaf): MailparserLeaf {
  const { declaredType, name, disposition } = part
  return { path, depth, type: toldType(declaredType, name), name, disposition, content, isMessage: false }
}

/** The first of them stands for the others: behind the same delimiter, in the same multipart, as its so-manieth part. */
function isInPlace({ first, others }: LeftOut, context: MailparserContext): boolean {
  if (others.length === 0) return true
  return context.leaves.some(({ path, content }) => path === first.path && content?.sha256 === first.skeletonDigest)
}

/** The contents that were seen; a part of no bytes is passed over by some. */
function digestsOf(leaves: readonly { readonly content: Content | undefined }[]): Set<string> {
  return new Set(leaves.flatMap(({ content }) => (content !== undefined && content.size > 0 ? [content.sha256] : [])))
}

function digestOf(leaf: MailparserLeaf): string {
  return leaf.content?.sha256 ?? ''
}
