import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Reloads } from '../../src/cli/reload.ts'
import { loadRulesBeside } from '../../src/cli/rule-files.ts'
import { FakeInspector, reading } from '../fakes/inspector.ts'
import { benchPipeline, envelope } from '../pipeline/bench-pipeline.ts'

test('messages are answered while a list of 100,000 digests is loaded', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-slices-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const digests = Array.from({ length: 100_000 }, (_, i) => createHash('sha256').update(`${i}`).digest('hex'))
  writeFileSync(join(folder, 'bad.list'), digests.join('\n'))
  writeFileSync(
    join(folder, 'site.yaml'),
    'lists: { x: { hashes: { file: bad.list } } }\nrules: [{ id: listed, verdict: bad, when: sample.sha256 in lists.x }]\n',
  )
  const { pipeline } = await benchPipeline(t, new FakeInspector(reading()))
  const order: string[] = []

  const loading = loadRulesBeside({ rules: { dirs: [folder] }, roles: {}, language: 'en' }).then((ruleset) => {
    order.push('loaded')
    return ruleset
  })
  const { disposition } = await pipeline.begin().finish(envelope(), new AbortController().signal)
  order.push('answered')
  const ruleset = await loading

  assert.equal(disposition, 'accept')
  assert.deepEqual(order, ['answered', 'loaded'])
  assert.equal(ruleset.lists.find(({ name }) => name === 'x')?.size, 100_000)
})

test('reloads run one after the other, and all who ask while one runs get one more', async () => {
  const events: string[] = []
  const first = Promise.withResolvers<void>()
  let count = 0
  const reloads = new Reloads(async () => {
    const number = ++count
    events.push(`begin ${number}`)
    if (number === 1) await first.promise
    events.push(`end ${number}`)
  })

  reloads.ask()
  reloads.ask()
  reloads.ask()
  await nextTurn()
  const meanwhile = [...events]
  first.resolve()
  await nextTurn()
  reloads.ask()
  await nextTurn()

  assert.deepEqual(meanwhile, ['begin 1'])
  assert.deepEqual(events, ['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3'])
})
