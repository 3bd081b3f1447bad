/** A world whose commands use the real parts, on a store that the test fills and looks into. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { CliDeps } from '../../src/cli/index.ts'
import { compose } from '../../src/main.ts'
import { loadRuleset } from '../../src/rules/index.ts'
import { createSqliteStore, type Store } from '../../src/store/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import type { MariadbServer } from '../store/mariadb-server.ts'
import { World } from './world.ts'

export interface OperatorWorld {
  readonly world: World
  /** Another node on the same store, started. */
  readonly store: Store
  /** Runs a command and gives its exit code and what it wrote, from a clean page. */
  run(words: string, ...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>
}

export type MakeWorld = (t: TestContext) => Promise<OperatorWorld>

/** On a SQLite file in the world's folder. */
export const onSqlite: MakeWorld = async (t) => {
  const world = await realWorld(t)
  return opened(t, world, createSqliteStore({ path: join(world.folder, 'data', 'peekaboo.db'), timeoutMs: 20_000 }))
}

/** On a database of its own of that server. */
export function onMariadb(server: () => MariadbServer): MakeWorld {
  return async (t) => {
    const world = await realWorld(t)
    const database = await server().database()
    const store = { type: 'mariadb', socketPath: server().socketPath, user: 'root', database, timeout: '20s' }
    world.file('peekaboo.yaml', JSON.stringify({ dataDir: `${world.folder}/data`, store }))
    return opened(t, world, server().store(database))
  }
}

/** One rule: reading the shipped ones is most of what a command takes. */
const RULES = loadRuleset(
  [{ path: 'site.yaml', text: "- { id: eicar-test-file, when: 'false', verdict: bad, reason: r }" }],
  { roles: [] },
)

async function realWorld(t: TestContext): Promise<World> {
  const real: Partial<CliDeps> = {
    compose: (config, log) => compose(config, log, systemClock, RULES),
    loadRules: () => RULES,
  }
  const world = new World(t, { env: { USER: 'alice' }, deps: real })
  await mkdir(join(world.folder, 'data'), { mode: 0o700 })
  return world
}

async function opened(t: TestContext, world: World, store: Store): Promise<OperatorWorld> {
  await store.start()
  t.after(() => store.stop())
  const run: OperatorWorld['run'] = async (words, ...argv) => {
    world.stdout = ''
    world.stderr = ''
    const code = await world.command(words, ...argv)
    return { code, stdout: world.stdout, stderr: world.stderr }
  }
  return { world, store, run }
}
