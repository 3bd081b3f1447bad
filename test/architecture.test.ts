import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ARROWS, CONTRACTS, PACKAGES, QUIET, SHARED } from './architecture/house.ts'
import { type Import, readSources, type Source } from './architecture/sources.ts'

const sources = readSources()
const imports = sources.flatMap((source) => source.imports)

function at({ file, line, text }: Import): string {
  return `${file}:${line}: ${text}`
}

test('every file lies in a room of the house', () => {
  const strays = sources.filter(({ room }) => !(room in ARROWS))

  assert.deepEqual(
    strays.map(({ file }) => file),
    [],
  )
})

test('rooms import only the rooms that their arrows lead to', () => {
  const wrong = imports.filter(({ from, to, target }) => {
    if (to === undefined || from === to) return false
    return !ARROWS[from]?.includes(to) && !(CONTRACTS[target ?? ''] ?? []).includes(from) && !isOptions(from, target)
  })

  assert.deepEqual(wrong.map(at), [])
})

test('other rooms import a room only through its index, a contract or its options', () => {
  const wrong = imports.filter(({ from, to, target }) => {
    if (to === undefined || from === to || from === 'main') return false
    const isPublic = target?.endsWith('/index.ts') || target === 'milter/testing.ts' || (target ?? '') in CONTRACTS
    return !isPublic && !isOptions(from, target)
  })

  assert.deepEqual(wrong.map(at), [])
})

test('drivers of one contract do not know each other', () => {
  const wrong = imports.filter(({ file, target }) => {
    const driver = /^(analyzers|store)\/([^/]+)\//
    const mine = driver.exec(file.replace(/^src\//, ''))
    const other = driver.exec(target ?? '')
    const isShared = SHARED.includes(`${other?.[1]}/${other?.[2]}`)
    return mine && other && !isShared && mine[1] === other[1] && mine[2] !== other[2]
  })

  assert.deepEqual(wrong.map(at), [])
})

test('rooms use only the packages that they are known for', () => {
  const wrong = imports.filter(({ from, package: name }) => {
    return name !== undefined && !name.startsWith('node:') && !(PACKAGES[from] ?? []).includes(name)
  })

  assert.deepEqual(wrong.map(at), [])
})

test('the protocol library imports nothing but Node', () => {
  const wrong = imports.filter(
    ({ from, to, package: name }) => from === 'milter' && !(to === 'milter' || name?.startsWith('node:')),
  )

  assert.deepEqual(wrong.map(at), [])
})

test('quiet rooms read no clock, environment or disk and do not log', () => {
  const loud =
    /\bDate\.now\b|\bnew Date\(\)|\bprocess\.(?:env|stdout|stderr)\b|\bconsole\.|\bsetTimeout\b|from 'node:(?:fs|net|http|child_process|worker_threads)/
  const wrong = sources.filter(({ room }) => QUIET.includes(room)).flatMap((source) => linesWith(source, loud))

  assert.deepEqual(wrong, [])
})

test('there is no import cycle', () => {
  assert.deepEqual(findCycle(sources), [])
})

test('files have at most 400 lines and a median of at most 120', () => {
  const lengths = sources.map(({ lines }) => lines.length).sort((a, b) => a - b)

  assert.deepEqual(
    sources.filter(({ lines }) => lines.length > 400).map(({ file, lines }) => `${file}: ${lines.length}`),
    [],
  )
  assert.ok((lengths[Math.floor(lengths.length / 2)] ?? 0) <= 120)
})

test('functions have at most 60 lines and a median of at most 10', () => {
  const functions = sources.flatMap((source) => source.functions)
  const lengths = functions.map(({ length }) => length).sort((a, b) => a - b)

  assert.deepEqual(
    functions
      .filter(({ length, isFlatSwitch }) => length > 60 && !isFlatSwitch)
      .map(({ where, length }) => `${where}: ${length}`),
    [],
  )
  assert.ok(functions.length > 100, 'the reader of functions finds them')
  assert.ok((lengths[Math.floor(lengths.length / 2)] ?? 0) <= 10)
})

function isOptions(from: string, target: string | undefined): boolean {
  return from === 'config' && (target ?? '').endsWith('options.ts')
}

function linesWith({ file, lines }: Source, pattern: RegExp): string[] {
  return lines.flatMap((line, i) =>
    !/^\s*(\/?\*|\/\/)/.test(line) && pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [],
  )
}

/** The first cycle of value imports, as a list of files; empty where there is none. */
function findCycle(all: readonly Source[]): readonly string[] {
  const edges = new Map(
    all.map(({ file, imports: own }) => [
      file,
      own.filter((one) => !one.typeOnly && one.path).map((one) => one.path ?? ''),
    ]),
  )
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): readonly string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
    if (done.has(file)) return []
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...way, file])
      if (cycle.length > 0) return cycle
    }
    done.add(file)
    return []
  }
  for (const file of edges.keys()) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}
