/** Opens containers as the tests have them: bytes in, a tree out. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type ArchiveLimits,
  createSevenZip,
  openTree,
  type SevenZip,
  STANDARD_LIMITS,
  type Tree,
  type TreeDeps,
  type TreeNode,
} from '../../src/archive/index.ts'
import type { Content, ContentMeter } from '../../src/core/index.ts'

const WASM = createRequire(import.meta.url).resolve('7z-wasm/7zz.wasm')
let compiled: Promise<SevenZip> | undefined

/** 7-Zip, compiled once for each test file. */
export function sevenZip(): Promise<SevenZip> {
  compiled ??= createSevenZip(readFileSync(WASM))
  return compiled
}

export interface OpenOptions extends Partial<Omit<TreeDeps, 'limits' | 'candidates'>> {
  readonly limits?: Partial<ArchiveLimits>
  readonly name?: string
  readonly types?: readonly string[]
  readonly passwords?: readonly string[]
}

/** Opens a content and everything within. */
export async function open(content: Buffer, options: OpenOptions = {}): Promise<Tree> {
  const { limits, name = '', passwords = [], types: _types, ...deps } = options
  return openTree(
    { content, types: options.types ?? [], name, path: '1' },
    {
      cpuMs: () => process.threadCpuUsage().user / 1000,
      newMeter,
      sevenZip: await sevenZip(),
      ...deps,
      limits: { ...STANDARD_LIMITS, ...limits },
      candidates: passwords.map((value) => ({ value, source: 'message' })),
    },
  )
}

/** Opens, and keeps every member's bytes by its place. */
export async function openWithBytes(content: Buffer, options: OpenOptions = {}) {
  const bytes = new Map<string, Buffer>()
  const tree = await open(content, { ...options, visit: (node, piece) => bytes.set(node.path, Buffer.from(piece)) })
  return { tree, bytes, textOf: (name: string) => bytes.get(memberNamed(tree, name).path)?.toString() }
}

/** The member of that stored path or name; fails the test when there is none. */
export function memberNamed(tree: Tree, name: string): TreeNode {
  const found = tree.nodes.find((node) => node.storedPath === name) ?? tree.nodes.find((node) => node.name === name)
  if (found === undefined)
    throw new Error(`no member is named ${name}: ${tree.nodes.map(({ storedPath }) => storedPath)}`)
  return found
}

/** Names of anomalies, for comparison. */
export function faults(thing: { readonly anomalies: readonly { readonly name: string }[] }): string[] {
  return thing.anomalies.map(({ name }) => name)
}

/** Measures digest and size; what a detector would say is nobody's business here. */
function newMeter(): ContentMeter {
  const hash = createHash('sha256')
  let size = 0
  return {
    write(chunk) {
      hash.update(chunk)
      size += chunk.length
    },
    end: () => ({ sha256: hash.digest('hex'), size, type: '', types: [], testString: '' }) as unknown as Content,
  }
}
