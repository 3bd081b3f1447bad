/**
 * The detection of types, against broken contents of every type: it never throws, answers only what its catalog has, says the same
 * in whatever pieces the bytes come, and takes time that grows with what is kept of a sample.
 */
import assert from 'node:assert/strict'
import { groupOf } from '../../src/facts/index.ts'
import { createSampler, detectContent, mismatchesOf } from '../../src/facts/type/index.ts'
import type { Random } from '../bench/random.ts'
import { BUILT_SAMPLES } from '../facts/type/samples/index.ts'
import { memoryWatch } from './memory.ts'
import { linesOf, mutateBytes, mutateLines, pump } from './mutate.ts'
import { type Attack, cutBy, oneIn, pick, type Target } from './target.ts'

/** The detector of types; the first byte says how the content is cut, the rest is the content. */
export const types: Target = { name: 'types', make, open }

/** Processor time: what starting costs, and a hundred times what a kilobyte takes. */
const BASE_MS = 300
const MS_PER_KB = 1
const LONGEST = 100_000
/** Contents up to this size are cut into pieces. */
const LONGEST_CUT = 20_000

const WORDS = [
  ...[
    '<script>',
    '<html>',
    '<!--',
    '-->',
    '<?xml version="1.0"?>',
    '<hta:application>',
    'xmlns="',
    '[Content_Types].xml',
    'mimetype',
  ],
  ...[
    'PK\x03\x04',
    'PK\x05\x06',
    '%PDF-',
    'MZ',
    'function (',
    'Set x = ',
    'powershell -enc ',
    '@echo off',
    '"',
    "'",
    '/*',
    '*/',
  ],
  ...[
    '[InternetShortcut]',
    'BEGIN:VCARD',
    '-----BEGIN ',
    'Content-Type: ',
    '{"a": [',
    'a,b,c',
    '\xff\xfe',
    '\ufeff',
    '\0',
    '\x1a',
  ],
]

const seeds = BUILT_SAMPLES.flatMap(({ genuine }) => genuine.filter((content) => content.length < LONGEST))

function make(random: Random): Buffer {
  const content = pick(random, seeds)
  const other = pick(random, seeds)
  const joined = oneIn(random, 4) ? Buffer.concat([content, other]) : content
  const isText = oneIn(random, 3)
  const changed = isText ? changedText(joined, random) : mutateBytes(joined, random)
  return Buffer.concat([random.bytes(1), changed.subarray(0, 2 * LONGEST)])
}

function changedText(content: Buffer, random: Random): Buffer {
  const lines = linesOf(content.toString('latin1'))
  const changed = oneIn(random, 10) ? pump(lines, random, 5000) : mutateLines(lines, random, WORDS)
  return Buffer.from(changed.join(''), 'latin1')
}

async function open(): Promise<Attack> {
  return { check, settle: memoryWatch(), close: async () => undefined }
}

async function check(input: Buffer): Promise<void> {
  const content = input.subarray(1)
  const before = process.threadCpuUsage().user
  const found = typesOf([content])
  const ms = (process.threadCpuUsage().user - before) / 1000
  assert.ok(
    ms < BASE_MS + (content.length / 1024) * MS_PER_KB,
    `${content.length} bytes took ${ms} ms of processor time`,
  )
  for (const type of found) assert.ok(groupOf(type) !== undefined, `${type} is not in the catalog`)
  assert.equal(new Set(found).size, found.length, 'a type twice')
  mismatchesOf(found, [content.toString('latin1', 0, 200)], content.toString('latin1', 0, 60))
  if (content.length <= LONGEST_CUT) assert.deepEqual(typesOf(cutBy(input[0] ?? 0, content)), found)
}

function typesOf(pieces: readonly Buffer[]): readonly string[] {
  const sampler = createSampler()
  for (const piece of pieces) sampler.write(piece)
  return detectContent(sampler.end()).types
}
