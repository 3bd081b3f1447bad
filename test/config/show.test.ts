import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configSchema, loadConfig, loadConfigWithPlaces } from '../../src/config/index.ts'
import { SURROUNDINGS, written } from './written.ts'

const SITE = `milter:
  listeners: [{ listen: "inet:127.0.0.1:1", profile: observe }, { listen: unix:/a }]
  progress: 7s
spool: { memory: 1GiB }
profiles: { site: { extends: mx, bad: quarantine } }
analyzers: { box: { type: dummy, answer: { score: 5 } } }
roles: { sandbox: box }
contact: "help: +49 30 123"
`

test('what is shown can be loaded again and means the same', (t) => {
  const file = written(t, { 'peekaboo.yaml': SITE })
  const { config, show } = loadConfigWithPlaces({ file, surroundings: SURROUNDINGS })

  const again = loadConfig({ file: written(t, { 'shown.yaml': show() }), surroundings: SURROUNDINGS })

  assert.deepEqual(again, config)
})

test('what was written is shown with its place, and defaults without', (t) => {
  const file = written(t, { 'peekaboo.yaml': SITE, 'peekaboo.d/log.yaml': 'log: { level: warn }\n' })

  const shown = loadConfigWithPlaces({ file, surroundings: SURROUNDINGS }).show()

  assert.ok(shown.includes(`progress: 7s # ${file}:3:13\n`), shown)
  assert.match(shown, /level: warn # .*peekaboo\.d\/log\.yaml:1:15\n/)
  assert.match(shown, /deadline: 240s\n/)
})

test('the schema of the configuration says what each key is', () => {
  const missing = Object.entries(configSchema().properties ?? {}).filter(([, { description }]) => !description)

  assert.deepEqual(missing, [])
})
