import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createSqliteStore } from '../../src/store/index.ts'
import { createCommit } from '../../src/store/sqlite/commit.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { factsId } from '../../src/store/sqlite/draft.ts'
import { contents, digest, query } from './build.ts'
import { nextLine, startChild } from './child-process.ts'
import { soon, withDatabase } from './sqlite-bench.ts'
import { inTempFolder } from './temp-folder.ts'

/** As root, file modes count only without these two rights. */
const MORTAL_ROOT = [
  'setpriv',
  '--bounding-set=-dac_override,-dac_read_search',
  '--inh-caps=-dac_override,-dac_read_search',
]
const asMortal = process.getuid?.() === 0 ? MORTAL_ROOT : []
const FILE_LIMIT_BYTES = 600_000

for (const killAfter of [1, 50, 203]) {
  test(`a process that is killed after ${killAfter} acknowledged writes leaves each of them readable`, (t) =>
    inTempFolder(async (folder) => {
      const path = join(folder, 'peekaboo.db')
      const child = startChild(t, 'writeForEver', path)
      const acknowledged: number[] = []
      while (acknowledged.length < killAfter) acknowledged.push(await soon(nextLine<number>(child), 'a write'))
      child.process.kill('SIGKILL')
      for (let line = await child.lines.next(); !line.done; line = await child.lines.next()) {
        if (line.value.length > 0) acknowledged.push(Number(line.value))
      }
      await child.exit

      const store = createSqliteStore({ path, timeoutMs: 10_000 })
      await store.start()
      const known = await store.lookup(query({ digests: acknowledged.map(digest) }))
      const told = await Promise.all(acknowledged.map((n) => store.stories({ ref: `ref-${n}` }, 1)))
      await store.stop()

      assert.equal(known.facts.size, acknowledged.length)
      assert.ok(told.every(([story]) => story?.samples.length === 1 && story.tries.length === 1))
      assert.equal(
        withDatabase(path, (database) => database.prepare('PRAGMA integrity_check').get()?.integrity_check),
        'ok',
      )
    }))
}

for (const [what, lock] of [
  ['a database that may only be read', (path: string) => chmod(path, 0o400)],
  ['a folder that may only be read', (path: string) => chmod(dirname(path), 0o500)],
] as const) {
  test(`${what} is named with the remedy`, (t) =>
    inTempFolder(async (folder) => {
      const path = join(folder, 'data', 'peekaboo.db')
      await mkdir(dirname(path))
      if (what.startsWith('a database')) await writeFile(path, '')
      await lock(path)

      const said = await soon(nextLine<{ fault: string }>(startChild(t, 'writeOnce', path, asMortal)), 'the fault')

      await chmod(dirname(path), 0o700)
      assert.ok(said.fault.includes(path), said.fault)
      assert.match(
        said.fault,
        /read-only.*make the file and its directory writable|cannot be opened.*check the directory/,
      )
    }))
}

test('a file that may not grow any more is told, what was written stays, and the store goes on when it may', (t) =>
  inTempFolder(async (folder) => {
    const path = join(folder, 'peekaboo.db')
    const child = startChild(t, 'fill', path, ['prlimit', `--fsize=${FILE_LIMIT_BYTES}:unlimited`])

    const full = await soon(nextLine<{ written: number; fault: string }>(child), 'the fault')
    execFileSync('prlimit', ['--pid', String(child.process.pid), '--fsize=unlimited'])
    const later = await soon(nextLine<{ written: number }>(child), 'the recovery')
    await child.exit

    assert.ok(full.written > 0 && full.fault.includes(path), full.fault)
    assert.match(full.fault, /could not be read or written.*look at the disk/)
    assert.equal(later.written, full.written + 1)
    assert.equal(
      withDatabase(path, (database) => database.prepare('SELECT count(*) AS n FROM known').get()?.n),
      later.written,
    )
  }))

test('a full disk is told with its remedy, takes all of its batch with it and nothing of what was there', () =>
  inTempFolder(async (folder) => {
    const path = join(folder, 'peekaboo.db')
    const { database } = openForWriting(path, 1000, false)
    const commit = createCommit(database, path)
    const save = (count: number) =>
      ({
        kind: 'facts',
        recipe: 'r',
        contentsJson: JSON.stringify(contents(count).map((one) => [factsId(one.sha256), one])),
      }) as const
    commit([save(10)], null)
    const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count)
    database.exec(`PRAGMA max_page_count = ${pages + 20}`)

    const results = commit([save(11), save(2000)], null)

    for (const result of results) {
      assert.ok('problem' in result && result.problem.isStoreAway)
      assert.match(result.problem.message, /has no room to grow.*free space on its file system/)
    }
    assert.equal(database.prepare('SELECT count(*) AS n FROM known').get()?.n, 10)
    assert.deepEqual(commit([save(11)], null), [{ value: undefined }])
    database.close()
  }))
