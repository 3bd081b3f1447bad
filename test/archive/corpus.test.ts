import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Tree } from '../../src/archive/index.ts'
import { FILES, FORMATS_MADE, make } from './corpus.ts'
import { faults, openWithBytes } from './rig.ts'

const GOLDEN = fileURLToPath(new URL('./golden', import.meta.url))
/** What opening has to yield is what it yielded when somebody looked at it; this writes it down anew. */
const UPDATE = process.env.UPDATE_GOLDEN === '1'
/** What differs from one run of the program to the next: names of packages, time stamps in metadata. */
const VARYING = /^(?:control|md5sums|\[TOC\]\.xml|x-1-1\.noarch|\.SummaryInformation|lost\+found|\[SYS\])/

function fileOf(format: string): string {
  return join(GOLDEN, `${format.replaceAll(' ', '-')}.expected.json`)
}

/** The tree as a person would check it; in which order a folder was read, is the machine's affair. */
function told(tree: Tree): unknown {
  const members = tree.nodes.map((node) => ({
    depth: node.depth,
    stored: node.storedPath.replace('\x05', '.'),
    kind: node.kind,
    in: node.container,
    ...(node.content && { size: node.content.size, sha256: node.content.sha256.slice(0, 16) }),
    ...(node.opened.formats.length > 0 && { as: node.opened.formats.join(' ') }),
    ...(faults(node).length > 0 && { odd: faults(node).join(' ') }),
  }))
  const own = members.map((member) => (isVarying(member) ? { ...member, size: 0, sha256: '' } : member))
  own.sort((a, b) => a.depth - b.depth || (a.stored < b.stored ? -1 : 1))
  return { as: tree.root.formats.join(' '), odd: faults(tree.root).join(' '), limit: tree.limit, members: own }
}

/** Metadata of the archive, and layers around the files, whose bytes have the time of their making. */
function isVarying({ stored, as }: { readonly stored: string; readonly as?: string }): boolean {
  return (as !== undefined && as !== 'executable') || VARYING.test(stored)
}

/** Files with and without their sizes, which not every program knows. */
function listOf({ nodes }: Tree): ReadonlySet<string> {
  const entries = nodes.flatMap(({ storedPath, declaredSize, content }) => {
    const path = storedPath.replace(/^\.\//, '')
    return [`${path} ${content?.size ?? declaredSize}`, `${path} `]
  })
  return new Set(entries)
}

for (const format of FORMATS_MADE) {
  test(`${format}: every file is found whole, as expected, and as other programs list it`, async () => {
    const { content, listed } = await make(format)

    const { tree, bytes } = await openWithBytes(content)

    for (const { name, data } of FILES) {
      assert.ok(
        [...bytes.values()].some((found) => found.equals(data)),
        name,
      )
    }
    if (UPDATE) {
      mkdirSync(GOLDEN, { recursive: true })
      writeFileSync(fileOf(format), `${JSON.stringify(told(tree), null, 1)}\n`)
    }
    assert.deepEqual(told(tree), JSON.parse(readFileSync(fileOf(format), 'utf8')))
    const ours = listOf(tree)
    for (const { by, files } of listed) {
      const missing = files.filter((file) => !ours.has(file))
      assert.deepEqual(missing, [], by)
    }
  })
}

test('every expectation has its archive', () => {
  const expected = readdirSync(GOLDEN).filter((name) => name.endsWith('.json'))

  assert.deepEqual(expected.sort(), FORMATS_MADE.map((format) => basename(fileOf(format))).sort())
})
