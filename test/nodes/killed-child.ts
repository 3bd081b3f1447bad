/**
 * A process that brings one message and kills itself by SIGKILL at the step that it is told; without one it prints all steps. Steps are
 * calls of the store and the analyzer by name, each with a moment: `before` it, in the store before it is `uncommitted`, after it was
 * `committed` and before anybody knows.
 */
import { writeFileSync, writeSync } from 'node:fs'
import { createMariadbStore, createSqliteStore, type Store } from '../../src/store/index.ts'
import { storeOptions } from '../../src/store/options.ts'
import { fileSandbox } from './file-sandbox.ts'
import { messageNode } from './message-node.ts'
import { MOMENTS, nameOf } from './steps.ts'

const [folder = '', where = '', killAt = '', lease = '60s'] = process.argv.slice(2)
const isSqlite = where.endsWith('.db')
const seen = new Map<string, number>()
/** Calls that nobody waits for are waited for here. */
const calls: Promise<unknown>[] = []

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

/** The end of this process, before the next statement. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** Counts the calls of one name and says, or does, what belongs to this one. Gives the moment at which it is to be killed. */
function reached(name: string, moments: readonly string[]): string | undefined {
  const count = (seen.get(name) ?? 0) + 1
  seen.set(name, count)
  const step = count === 1 ? name : `${name} (${count})`
  if (killAt === '') for (const moment of moments) say(`step ${moment} ${step}`)
  const moment = moments.find((one) => killAt === `${one} ${step}`)
  if (moment === 'before') die()
  return moment
}

/** The store, where each call is a step. */
function stepped(store: Store): Store {
  return new Proxy(store, {
    get(target, method: keyof Store) {
      const call = target[method].bind(target) as (...args: readonly unknown[]) => Promise<unknown>
      return (...args: readonly unknown[]) => {
        const name = nameOf(method, args)
        const moment = name === undefined ? undefined : reached(name, MOMENTS[method] ?? ['before'])
        if (moment !== undefined && isSqlite) writeFileSync(`${where}.kill`, moment)
        const answer = call(...args)
        calls.push(answer)
        // Of a database elsewhere nobody here knows when it commits: what was asked is on its way.
        if (moment === 'uncommitted' && !isSqlite) setImmediate(() => setImmediate(die))
        if (moment === 'committed' && !isSqlite) calls.push(answer.then(die))
        return answer
      }
    },
  })
}

const entry = new URL('./killing-writer.ts', import.meta.url)
const options = isSqlite ? undefined : storeOptions.parse(JSON.parse(where))
const store =
  options?.type === 'mariadb'
    ? createMariadbStore(options)
    : createSqliteStore({ path: where, timeoutMs: 60_000, writerEntry: entry })
await store.start()
const sandbox = fileSandbox(folder, () => {
  if (reached('the answer to the submission', ['before']) !== undefined) die()
})
const node = await messageNode(folder, stepped(store), sandbox, lease)
await node.bring('Q1', (disposition) => {
  reached('reply', ['before'])
  say(`reply ${disposition}`)
})
await Promise.allSettled(calls)
await node.stop()
await store.stop()
