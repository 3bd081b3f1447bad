/** What the operator's commands do, over each store. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ACCEPT, digest, draft, judged, key, keys } from '../store/build.ts'
import type { MakeWorld } from './operator-world.ts'

const HOUR_MS = 3_600_000
const FOR = ['--for', '2h', '--reason', 'drill'] as const

export function describeOperatorCommands(name: string, make: MakeWorld): void {
  describe(`the operator's commands, ${name}`, () => {
    test('brake goes on for a while, is told with who and why, is replaced, and goes off', async (t) => {
      const { run, store } = await make(t)

      const on = await run('brake on', '--mode', 'monitor', ...FOR)
      assert.match(on.stdout, /^brake monitor until .*Z by alice: drill\non all nodes within seconds/)
      const again = await run('brake on', '--mode', 'accept-known', '--json', '--by', 'bob', ...FOR)
      const { mode, who, made, until } = JSON.parse(again.stdout)
      assert.deepEqual([mode, who, until - made], ['accept-known', 'bob', 2 * HOUR_MS])
      assert.deepEqual((await store.switches()).switches, [JSON.parse(again.stdout)])

      const status = await run('brake status')
      assert.match(status.stdout, /^brake accept-known until .* by bob: drill\n$/)
      assert.deepEqual(JSON.parse((await run('brake status', '--json')).stdout).brake.mode, 'accept-known')
      assert.match((await run('brake off')).stdout, /the brake is off/)
      assert.deepEqual(JSON.parse((await run('brake off', '--json')).stdout), { wasOn: false })
      assert.match((await run('brake status')).stdout, /^the brake is off\n$/)
      assert.equal(JSON.parse((await run('brake status', '--json')).stdout).brake, null)
      assert.deepEqual([on.code, again.code, status.code], [0, 0, 0])
    })

    test('rule disables one that exists, names what was meant, lists and enables it', async (t) => {
      const { run } = await make(t)

      const wrong = await run('rule disable', 'eicar-test-fil', ...FOR)
      assert.deepEqual([wrong.code, /is it eicar-test-file\?/.test(wrong.stderr)], [1, true], wrong.stderr)
      assert.equal((await run('rule list-disabled')).stdout, 'no rule is disabled\n')
      const disabled = await run('rule disable', 'eicar-test-file', ...FOR)
      assert.match(disabled.stdout, /^rule eicar-test-file disabled until .*Z by alice: drill\n/)
      assert.equal((await run('rule disable', 'elsewhere', '--any', ...FOR)).code, 0)

      const listed = (await run('rule list-disabled', '--json')).stdout.trim().split('\n')
      assert.deepEqual(listed.map((line) => JSON.parse(line).name).sort(), ['eicar-test-file', 'elsewhere'])
      assert.match((await run('rule list-disabled')).stdout, /rule eicar-test-file disabled until/)
      assert.equal((await run('rule enable', 'eicar-test-file')).code, 0)
      const twice = await run('rule enable', 'eicar-test-file')
      assert.deepEqual([twice.code, /was not disabled/.test(twice.stderr)], [1, true])
    })

    test('messages are listed by their addresses and time, for people and for programs', async (t) => {
      const { run, store } = await make(t)
      await store.openStory(draft({ ref: 'FIRST', recipients: ['Alice@X.test', 'c@x.test'], queueId: 'q' }))
      await store.answerStory('FIRST', 'q', ACCEPT)
      await store.openStory(draft({ ref: 'SECOND', sender: '', recipients: ['alice@x.test'], samples: [judged(2)] }))

      const { stdout } = await run('messages', '--recipient', 'ALICE@x.test', '--since', '1h')
      assert.match(stdout, /^\S+Z {2}SECOND {2}pending\(sandbox\) {2}deciding {2}<> → <alice@x.test> {2}Grüße 🎉\n/)
      assert.match(stdout, /\n\S+Z {2}FIRST {2}\S+ {2}accept {2}<a@example.org> → <Alice@X.test> <c@x.test> {2}/)
      await store.openStory(
        draft({ ref: 'SCANNED', recipients: ['ceo@x.test'], listener: 'scan', queueId: '', samples: [judged(2)] }),
      )
      await store.answerStory('SCANNED', '', ACCEPT)
      const scanned = await run('messages', '--recipient', 'ceo@x.test')
      assert.match(scanned.stdout, / {2}scan, sent to nobody: accept {2}</)
      const json = (await run('messages', '--sender', '<>', '--json')).stdout.trim().split('\n')
      assert.deepEqual(
        json.map((line) => JSON.parse(line).ref),
        ['SECOND'],
      )
      const long = await run('messages', '--sha256', digest(1).toUpperCase(), '--long')
      assert.match(long.stdout, /^Message FIRST {2}first seen/)
      const limited = await run('messages', '-n', '1')
      assert.deepEqual([limited.stdout.split('\n').length, /there may be more/.test(limited.stderr)], [2, true])
      const none = await run('messages', '--recipient', 'nobody@x.test')
      assert.deepEqual([none.code, none.stdout, /no such message/.test(none.stderr)], [1, '', true])
      assert.equal((await run('messages', '--since', '2999-01-01', '--recipient', 'nobody@x.test')).code, 1)
    })

    test('analyses are listed by how they stand, and shown with what their attempts came to', async (t) => {
      const { run, store } = await make(t)
      const [row] = await store.claim([key(1)], 'node-a', HOUR_MS)
      await store.claim([key(2, { analyzer: 'clamav' }), key(3)], 'node-a', HOUR_MS)
      const step = { key: key(1), owner: 'node-a', token: row?.token ?? 0, attempts: 3, taskId: '77' }
      const note = { attempt: 3, cause: 'analyzer-failed', detail: 'no machine' } as const
      await store.advance([{ ...step, state: 'failed', cause: 'analyzer-failed', note }], HOUR_MS)
      const report = { analyzer: 'cape', version: '2', score: 8, families: ['emotet'], evidence: ['ran'] }
      await store.advance([{ key: key(3), owner: 'node-a', token: 1, state: 'reported', report }], HOUR_MS)
      const listed = async (...argv: readonly string[]) =>
        (await run('analysis list', '--json', ...argv)).stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).sha256)

      assert.deepEqual(new Set(await listed()), new Set([digest(1), digest(2)]))
      assert.deepEqual(await listed('--state', 'failed', '--cause', 'analyzer-failed', '--since', '1h'), [digest(1)])
      assert.deepEqual(await listed('--analyzer', 'clamav'), [digest(2)])
      assert.deepEqual(await listed('--state', 'reported'), [digest(3)])
      assert.match(
        (await run('analysis list')).stdout,
        new RegExp(`failed     cape        ${digest(1)}  analyzer-failed, 3 attempts`),
      )
      assert.equal((await run('analysis list', '--older-than', '1h')).code, 1)

      const shown = await run('analysis show', digest(1))
      assert.match(shown.stdout, /state +failed \(analyzer-failed: the analyzer could not analyse the sample\), since /)
      assert.match(
        shown.stdout,
        /attempts +3\n +task +77\n.*what attempts came to\n +\S+ +3\. +analyzer-failed: no machine\n/s,
      )
      assert.match((await run('analysis show', digest(3))).stdout, /report +version 2, score 8, families emotet/)
      assert.match((await run('analysis show', digest(2))).stdout, /held by +node-a \(token 1\) until /)
      assert.equal(JSON.parse((await run('analysis show', digest(1), '--json')).stdout).notes[0].detail, 'no machine')
      assert.equal((await run('analysis show', digest(9))).code, 1)
    })

    test('analyses are tried again and cancelled, one or all that fit, and never without saying which', async (t) => {
      const { run, store } = await make(t)
      await store.claim(keys(450), 'node-a', HOUR_MS)
      await store.claim([key(1, { analyzer: 'clamav' })], 'node-a', HOUR_MS)

      assert.match((await run('analysis cancel', digest(1), '--analyzer', 'clamav')).stdout, /^1 cancelled/)
      const all = await run('analysis cancel', '--all', '--json')
      assert.deepEqual(JSON.parse(all.stdout), { changed: 450 })
      const none = await run('analysis cancel', '--all')
      assert.deepEqual([none.code, /no unfinished analysis fits/.test(none.stderr)], [1, true])
      assert.match(
        (await run('analysis retry', '--all', '--cause', 'cancelled', '--analyzer', 'cape')).stdout,
        /^450 new/,
      )
      assert.match((await run('analysis retry', digest(1).toUpperCase())).stdout, /^1 new/)
      const again = await run('analysis retry', digest(1))
      assert.deepEqual([again.code, /no failed analysis fits/.test(again.stderr)], [1, true])

      assert.deepEqual((await store.claim([key(1)], 'node-b', HOUR_MS))[0]?.owner, 'node-b')
      for (const argv of [[], [digest(1), '--all']]) assert.equal((await run('analysis retry', ...argv)).code, 64)
    })

    test('what the inspector found is purged by its version', async (t) => {
      const { run, store, world } = await make(t)
      await store.saveFacts('old', [judged(1).sample])
      await store.saveFacts('older', [judged(2).sample])
      await store.saveFacts(world.inspector.recipe, [judged(3).sample])
      const facts = async (...argv: readonly string[]) =>
        JSON.parse((await run('store purge', 'facts', '--json', ...argv)).stdout).facts

      assert.equal(await facts('--inspector', 'older', '--dry-run'), 1)
      assert.equal(await facts('--inspector', 'all', '--dry-run'), 3)
      assert.equal(await facts('--inspector', 'older'), 1)
      assert.equal((await run('store purge', 'analyses', '--inspector', 'old')).code, 64)
      assert.deepEqual(JSON.parse((await run('store purge', 'all', '--inspector', 'all', '--json')).stdout), {
        facts: 2,
        dryRun: false,
      })
    })
  })
}
