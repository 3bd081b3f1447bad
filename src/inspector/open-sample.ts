/** Opens one sample inside a parser process, with everything that opening needs. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type ArchiveLimits,
  type Candidate,
  createSevenZip,
  FORMATS,
  type Format,
  openTree,
  type SevenZip,
  STANDARD_LIMITS,
  type Tree,
  type TreeDeps,
  type TreeNode,
  type TreeRoot,
  type Wanted,
} from '../archive/index.ts'
import { createContentMeter, mismatchesOf } from '../facts/index.ts'
import { extractBytes, type MailLimits } from '../mail/index.ts'
import { messageCarrier, messageFormat, placeOf } from './open-message.ts'
import type { InspectorOptions } from './options.ts'
import type { OnFound } from './parser.ts'
import type { Opening, SampleTree, TreeMember } from './tree.ts'

/** What the command line of a parser process says. */
export type OpenLimits = MailLimits & Partial<InspectorOptions['limits']>

/** Opens samples, and streams members of messages. */
export interface SampleOpener {
  open(opening: Opening, source: AsyncIterable<Uint8Array>, found: OnFound): Promise<SampleTree>
  /** The member whose path begins with that of an attachment, and a slash. */
  member(path: string, source: AsyncIterable<Uint8Array>, passwords: readonly string[]): AsyncIterable<Uint8Array>
}

/** Of the processor time after which the process is killed: so that what was found can be told. */
const SOFT_SHARE = 0.8
/** The place of what is opened; those of members begin with it. */
const ROOT = '1'

/** Makes the opener of this process; 7-Zip is compiled when the first sample comes. */
export function sampleOpener(limits: OpenLimits): SampleOpener {
  const message = messageFormat(limits, createContentMeter)
  const carrier = messageCarrier(limits, createContentMeter)
  let sevenZip: Promise<SevenZip> | undefined
  const walk = async (root: TreeRoot, more: Pick<TreeDeps, 'candidates' | 'wanted' | 'found'>): Promise<Tree> => {
    sevenZip ??= createSevenZip(readFileSync(createRequire(import.meta.url).resolve('7z-wasm/7zz.wasm')))
    return openTree(root, {
      limits: archiveLimits(limits, root.as !== undefined),
      cpuMs: () => process.cpuUsage().user / 1000,
      newMeter: createContentMeter,
      sevenZip: await sevenZip,
      formats: [message, ...FORMATS, carrier],
      ...more,
    })
  }
  return {
    async open({ name, passwords, isMessage, tellsPasswords }, source, found) {
      const content = await whole(source)
      const meter = createContentMeter()
      meter.write(content)
      const sample = meter.end()
      const root: TreeRoot = {
        content,
        types: sample.types,
        name,
        path: ROOT,
        ...(isMessage === true && { as: message }),
      }
      const tree = await walk(root, {
        candidates: ofSite(passwords),
        found: (nodes) => found(nodes.map(toMember)),
      })
      return {
        ...{ sample, root: tree.root, members: tree.nodes.map(toMember), limit: tree.limit },
        ...(tellsPasswords === true && { passwords: tree.passwords }),
      }
    },
    async *member(path, source, passwords) {
      const candidates = ofSite(passwords)
      const content = await whole(source)
      for (const wayOf of [attachmentWay, messageWay]) {
        const way = await wayOf(path, content, limits, message)
        if (way && (yield* streamed((wanted) => walk(way.root, { candidates, wanted }), way.place))) return
      }
      throw new Error(`the message has no member ${path}`)
    },
  }
}

function ofSite(passwords: readonly string[]): readonly Candidate[] {
  return passwords.map((value) => ({ value, source: 'site' }))
}

/** Where to begin, and the place of the member from there. */
interface Way {
  readonly root: TreeRoot
  readonly place: string
}

/** The short way: the attachment alone, which needs no other reading of the message and knows no password. */
async function attachmentWay(
  path: string,
  message: Buffer,
  limits: MailLimits,
  { types: messageTypes = [] }: Format,
): Promise<Way | undefined> {
  const end = path.indexOf('/')
  const content = await whole(extractBytes({ path: path.slice(0, end), limits }, one(message)))
  const meter = createContentMeter()
  meter.write(content)
  const { types } = meter.end()
  // As which of its formats it was opened depends on what the message around it told.
  if (types.some((type) => messageTypes.includes(type))) return undefined
  return { root: { content, types, name: '', path: ROOT }, place: `${ROOT}${path.slice(end)}` }
}

/** The long way: the whole message, whose texts may hold the password. */
async function messageWay(path: string, content: Buffer, limits: MailLimits, message: Format): Promise<Way> {
  const place = await placeOf(path, content, limits, createContentMeter)
  return { root: { content, types: [], name: '', path: ROOT, as: message }, place: `${ROOT}/${place}` }
}

async function* one(content: Buffer): AsyncGenerator<Buffer> {
  yield content
}

/** A message is no container that counts. */
function archiveLimits(limits: OpenLimits, isMessage: boolean): ArchiveLimits {
  const standard = STANDARD_LIMITS
  const cpuMs = limits.containerTime ?? standard.cpuMs
  return {
    depth: (limits.containerDepth ?? standard.depth) + (isMessage ? 1 : 0),
    members: limits.containerMembers ?? standard.members,
    bytes: limits.containerBytes ?? standard.bytes,
    memory: limits.containerMemory ?? standard.memory,
    ratio: limits.containerRatio ?? standard.ratio,
    cpuMs: Math.min(cpuMs, SOFT_SHARE * (limits.cpu ?? Number.POSITIVE_INFINITY)),
    passwordTries: limits.passwordTries ?? standard.passwordTries,
    passwordMs: limits.passwordTime ?? standard.passwordMs,
  }
}

function toMember({ content, ...node }: TreeNode): TreeMember {
  if (content === undefined) return { ...node, mismatches: [] }
  const names = [node.name, ...node.names.map(({ value }) => value)].filter((name) => name !== '')
  return { ...node, content, mismatches: mismatchesOf(content.types, [...new Set(names)], node.declaredType) }
}

/** The bytes of one member while a walk comes by; returns whether it did, and the member could be read. */
async function* streamed(walk: (wanted: Wanted) => Promise<Tree>, place: string): AsyncGenerator<Uint8Array, boolean> {
  let isGiven = false
  const pieces: { readonly bytes: Buffer; readonly taken: () => void }[] = []
  let wake = (): void => {}
  let isOver = false
  const take = (bytes: Buffer) =>
    new Promise<void>((taken) => {
      pieces.push({ bytes, taken })
      wake()
    })
  const over = walk({ path: place, take }).finally(() => {
    isOver = true
    wake()
  })
  // It is awaited at the end, also where it failed before.
  over.catch(() => undefined)
  while (!isOver || pieces.length > 0) {
    const piece = pieces.shift()
    if (piece === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      continue
    }
    isGiven = true
    yield piece.bytes
    piece.taken()
  }
  const { nodes } = await over
  return isGiven || nodes.some((node) => node.path === place && node.content !== undefined)
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return Buffer.concat(pieces)
}
