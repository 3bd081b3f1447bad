/** Configuration files: one frozen value, or problems with their places; never anything else. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, formatProblem, loadConfigWithPlaces } from '../../src/config/index.ts'
import { memoryWatch } from './memory.ts'
import { linesOf } from './mutate.ts'
import type { Attack, Target } from './target.ts'
import { mutateYaml } from './yaml-text.ts'

const SEED = linesOf(`
milter:
  listeners:
    - { listen: "inet:127.0.0.1:8095", profile: mx }
    - listen: unix:/var/spool/postfix/peekaboo/observe.sock
      profile: observe
  held: 33
  progress: 5s
store: { url: "sqlite:" }
spool: { memoryPerMessage: 256KiB, spool: 2GiB }
inspector:
  limits: { parts: 100, cpu: 2s }
analyzers:
  slow: { type: dummy, after: 4s, answer: { score: 9 } }
roles: { sandbox: slow, av: none }
profiles:
  own: { extends: mx, hold: 15s, pending: quarantine, encrypted: { mail: accept } }
rules: { dirs: [/etc/peekaboo/rules.d] }
http: { listen: "127.0.0.1:8100" }
log: { level: info }
`)

const WORDS = [
  ...['milter: ', 'listeners: ', 'listen: inet:[::1]:99999', 'profile: nobody', 'extends: own', 'hold: -1s', '1e9d'],
  ...['analyzers: ', 'type: dummy', 'roles: ', 'none', 'profiles: ', 'mx: ', 'mode: monitor', '99999999999999GiB'],
  ...['{ env: NOBODY }', 'sqlite:/x', 'answer: never', 'answer: { score: .nan }', 'dataDir: 7', 'language: xx'],
]

const SURROUNDINGS = { env: {}, uid: 1000, home: '/home/op' } as const

/** The loader of the configuration. */
export const config: Target = { name: 'config', make: (random) => mutateYaml(SEED, random, WORDS), open }

async function open(): Promise<Attack> {
  const watch = memoryWatch()
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-fuzz-'))
  const file = join(folder, 'peekaboo.yaml')
  const check = async (input: Buffer) => {
    writeFileSync(file, input)
    const before = process.threadCpuUsage().user
    load(file)
    const ms = (process.threadCpuUsage().user - before) / 1000
    assert.ok(ms < 1000 + input.length / 20, `${input.length} bytes took ${ms} ms of processor time`)
  }
  return { check, settle: watch, close: async () => rmSync(folder, { recursive: true }) }
}

function load(file: string): void {
  try {
    const { config: value, show } = loadConfigWithPlaces({ file, surroundings: SURROUNDINGS })
    assert.ok(Object.isFrozen(value.milter.listeners))
    assert.notEqual(show(), '')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    assert.ok(error.problems.length > 0, 'refused without a problem')
    for (const problem of error.problems) assert.ok(formatProblem(problem).length < 20_000, 'a problem nobody reads')
  }
}
