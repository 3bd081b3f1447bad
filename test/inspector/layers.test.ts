import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { parserCode, parserCommand } from '../../src/inspector/command.ts'
import { createInspector } from '../../src/inspector/index.ts'
import { describeLayers, LAYER_KEYS, OUTER_LAYERS, probeLayers } from '../../src/inspector/layers.ts'
import { FakeClock } from '../fakes/clock.ts'
import { optionsOf, startRig } from './rig.ts'

const readable = parserCode().readable

test('every layer is named, and a missing one comes with its reason and its remedy', async () => {
  const none = describeLayers(await probeLayers({ user: 'nobody', readable, without: LAYER_KEYS }))
  assert.deepEqual(
    none.map(({ name }) => name),
    [...LAYER_KEYS, ...OUTER_LAYERS],
  )
  for (const { active, detail } of none.slice(0, LAYER_KEYS.length)) {
    assert.equal(active, false)
    assert.match(detail, /^left out; \S/)
  }
})

test('code that the other user cannot read keeps the user and says so', async () => {
  const found = await probeLayers({ user: 'nobody', readable: ['/nonexistent/code'] })
  assert.equal(found.active.has('own user'), false)
  assert.match(found.reasons.get('own user') ?? '', /cannot read \/nonexistent\/code|not started by root/)
  assert.equal(parserCommand(found, parserCode(), optionsOf()).join(' ').includes('--reuid'), false)
})

test('a user that does not exist is replaced by nobody, never by root', async () => {
  const found = await probeLayers({ user: 'no-such-user', readable, without: LAYER_KEYS })
  assert.notEqual(process.getuid?.() === 0 ? found.uid : 1, 0)
})

test('a check reads a message and tells the layers', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts' })
  const { layers, processes, idle } = await inspector.check()
  assert.equal(layers.length, LAYER_KEYS.length + OUTER_LAYERS.length)
  assert.equal(layers.find(({ name }) => name === 'node permission model')?.active, true)
  assert.ok(processes >= 1 && idle >= 1)
})

test('asking for a check often is answered from one', async (t) => {
  const { socket } = await startRig(t, { parser: 'actor.ts' })
  const clock = new FakeClock()
  const inspector = createInspector(optionsOf({ socket }), { clock, onEvent: () => {} })
  t.after(() => inspector.stop())
  const first = inspector.check()
  assert.equal(inspector.check(), first)
  await first
  assert.equal(inspector.check(), first)
  await clock.advance(1000)
  assert.notEqual(inspector.check(), first)
  await inspector.check()
})

test('no remedy names a systemd unit that is not there', async () => {
  const layers = describeLayers(await probeLayers({ user: 'nobody', readable, without: LAYER_KEYS }))
  for (const { detail } of layers) assert.doesNotMatch(detail, /(its|the) systemd units?/)
})

test('as root on Debian every layer but those of an init system is active', async (t) => {
  const { supervisor } = await startRig(t, { parser: 'actor.ts' })
  const missing = supervisor.layers.filter(({ active }) => !active).map(({ name }) => name)
  t.diagnostic(`missing here: ${missing.join(', ')}`)
  if (process.getuid?.() !== 0) return
  for (const name of ['no new privileges', 'no capabilities', 'data limit', 'process limit', 'file limit']) {
    assert.equal(missing.includes(name), false, name)
  }
})

test('without root an inspector reads mail too, with the layers that remain', () => {
  const script = `
    import { createInspector, inspectorOptions } from '${new URL('../../src/inspector/index.ts', import.meta.url)}'
    import { systemClock } from '${new URL('../../src/telemetry/index.ts', import.meta.url)}'
    const inspector = createInspector(inspectorOptions.parse({ processes: 1 }), { clock: systemClock, onEvent: () => {} })
    await inspector.start()
    console.log(JSON.stringify(await inspector.check()))
    await inspector.stop()`
  const node = [process.execPath, '--input-type=module', '-e', script]
  const become = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const words = process.getuid?.() === 0 ? [...become, ...node] : node
  const said = execFileSync(words[0] ?? '', words.slice(1), { encoding: 'utf8', timeout: 30_000, env: {} })
  const { layers } = JSON.parse(said) as {
    readonly layers: readonly { readonly name: string; readonly active: boolean }[]
  }
  const active = layers.filter((layer) => layer.active).map(({ name }) => name)
  for (const name of ['no new privileges', 'no capabilities', 'data limit', 'node permission model']) {
    assert.ok(active.includes(name), `${name} is missing in ${active}`)
  }
})
