/** A process of its own that uses a store, for tests that kill it or take something away from it. Each line that it prints is JSON. */
import { createSqliteStore, type StoreEvent } from '../../src/store/index.ts'
import { content, draft } from './build.ts'

const [what = '', path = ''] = process.argv.slice(2)
const recovery = Promise.withResolvers<void>()
const onEvent = (event: StoreEvent) => {
  if (event.kind === 'recovered') recovery.resolve()
}
const store = createSqliteStore({ path, timeoutMs: 10_000, onEvent })
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Acknowledges every write with its number, from several writers at once, until it is killed. */
async function writeForEver(): Promise<never> {
  await store.start()
  for (let n = 0; ; n += 4) {
    const writes = [n, n + 1, n + 2, n + 3].map(async (one) => {
      await store.saveFacts('recipe', [content(one)])
      await store.openStory(draft({ ref: `ref-${one}`, queueId: `q${one}` }))
      say(one)
    })
    await Promise.all(writes)
  }
}

/** Opens, writes once, closes; says what went wrong. */
async function writeOnce(): Promise<void> {
  try {
    await store.start()
    await store.saveFacts('recipe', [content(1)])
    say({ wrote: 1 })
  } catch (error) {
    say({ fault: error instanceof Error ? error.message : String(error) })
  }
  await store.stop()
}

/** Writes until there is no room, then waits for room and writes on; says how much of it can be read. */
async function fill(): Promise<void> {
  const padding = 'x'.repeat(20_000)
  await store.start()
  let n = 0
  try {
    for (; ; n += 1) await store.saveFacts('recipe', [content(n, { type: padding })])
  } catch (error) {
    say({ written: n, fault: error instanceof Error ? error.message : String(error) })
  }
  // Nothing else keeps this process alive while the test makes room.
  const wait = setInterval(() => {}, 60_000)
  await recovery.promise
  clearInterval(wait)
  await store.saveFacts('recipe', [content(n, { type: padding })])
  say({ written: n + 1 })
  await store.stop()
}

const acts: Readonly<Record<string, () => Promise<void>>> = { writeForEver, writeOnce, fill }
await acts[what]?.()
