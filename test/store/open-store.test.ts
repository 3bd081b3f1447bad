import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../../src/store/index.ts'
import { storeOptions } from '../../src/store/options.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { content, digest, query } from './build.ts'
import { inTempFolder } from './temp-folder.ts'

for (const [url, file] of [
  [undefined, 'peekaboo.db'],
  ['sqlite:', 'peekaboo.db'],
  ['sqlite:other.db', 'other.db'],
  ['sqlite:deep/er/other.db', 'deep/er/other.db'],
] as const) {
  test(`store.url ${url ?? 'not given'} keeps everything in ${file} of the data directory`, () =>
    inTempFolder(async (dataDir) => {
      const store = openStore(storeOptions.parse(url === undefined ? undefined : { url }), {
        dataDir,
        clock: systemClock,
      })
      assert.ok(!existsSync(join(dataDir, file)), 'nothing is opened before the start')
      await store.start()
      await store.stop()

      assert.ok(existsSync(join(dataDir, file)))
    }))
}

test('an absolute path is taken as it stands', () =>
  inTempFolder(async (folder) => {
    const path = join(folder, 'absolute.db')
    const store = openStore(storeOptions.parse({ url: `sqlite:${path}` }), {
      dataDir: '/nonexistent',
      clock: systemClock,
    })
    await store.start()
    await store.stop()

    assert.ok(existsSync(path))
  }))

test('memory: writes no file and forgets with its process', () =>
  inTempFolder(async (dataDir) => {
    const store = openStore(storeOptions.parse({ url: 'memory:' }), { dataDir, clock: systemClock })
    await store.start()
    await store.saveFacts('recipe', [content(1)])

    assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
    assert.deepEqual(readdirSync(dataDir), [])
  }))

for (const url of ['', 'peekaboo.db', 'mysql://x', 'memory:x', 'SQLITE:x']) {
  test(`store.url ${JSON.stringify(url)} is refused and the forms that are allowed are named`, () => {
    const said = storeOptions.safeParse({ url })

    assert.match(said.error?.issues[0]?.message ?? '', /sqlite:PATH or memory:/)
  })
}
