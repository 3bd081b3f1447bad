import assert from 'node:assert/strict'
import { test } from 'node:test'
import { familyOf, findingOf, isLimit } from '../../src/analyzers/clamav/finding.ts'
import { clamavOptions } from '../../src/analyzers/clamav/options.ts'
import { numbered, readAnswer, readStats, readVersion, unmixed } from '../../src/analyzers/clamav/wire.ts'
import { FakeClamd } from '../fakes/clamd.ts'
import { scanner } from './scanner.ts'
import { analyse, submission } from './submission.ts'

const ANSWERS: Readonly<Record<string, string>> = {
  'stream: OK': 'ok',
  'stream: Eicar-Signature FOUND': 'found Eicar-Signature',
  'stream: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND':
    'found Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68)',
  'stream: A FOUND FOUND': 'found A FOUND',
  'stream: line\nbreak FOUND': 'found line?break',
  'INSTREAM size limit exceeded. ERROR': 'final error',
  "stream: Can't open file or directory ERROR": 'error',
  'stream:  FOUND': 'throws',
  'stream: OK ': 'throws',
  'stream: OK\n': 'throws',
  ' stream: OK': 'throws',
  'STREAM: OK': 'throws',
  'stream: NOT OK': 'throws',
  'instream(local): OK': 'throws',
  OK: 'throws',
  '': 'throws',
}

for (const [text, meaning] of Object.entries(ANSWERS)) {
  test(`the answer ${JSON.stringify(text)}: ${meaning}`, () => {
    const read = () => {
      const answer = readAnswer(text)
      if (answer.kind === 'found') return `found ${answer.signature}`
      return answer.kind === 'error' && answer.isFinal ? 'final error' : answer.kind
    }

    if (meaning === 'throws') assert.throws(read, { code: 'analyzer-failed' })
    else assert.equal(read(), meaning)
  })
}

test('versions are read with and without daily signatures, and nothing else is one', () => {
  const daily = readVersion('ClamAV 1.4.6/27500/Mon Nov 23 09:24:11 2026')

  assert.deepEqual([daily.signatures, daily.built], [27500, Date.UTC(2026, 10, 23, 9, 24, 11)])
  assert.deepEqual(readVersion('ClamAV 1.0.7+dfsg-1'), { text: 'ClamAV 1.0.7+dfsg-1', signatures: 0, built: undefined })
  for (const text of ['', 'ClamAV', 'COMMAND UNAVAILABLE', 'ClamAV 1.4.6/x/y', `ClamAV ${'1'.repeat(100)}`]) {
    assert.throws(() => readVersion(text), /this is no clamd/)
  }
})

test('the size of the signatures counts only while one set is loaded', () => {
  const stats = (pools: string) =>
    `POOLS: 1\n\nTHREADS: live 3  idle 1 max 12 idle-timeout 30\nQUEUE: 2 items min_wait: 0.1\n\nMEMSTATS: ${pools}\nEND`

  assert.deepEqual(readStats(stats('pools 1 pools_used 1300.250M pools_total 1M')), {
    threads: 3,
    threadsMax: 12,
    queued: 2,
    pool: '1300.250M',
  })
  assert.equal(readStats(stats('pools 2 pools_used 2600.500M pools_total 1M')).pool, '')
  assert.deepEqual(readStats('COMMAND UNAVAILABLE'), {
    threads: undefined,
    threadsMax: undefined,
    queued: undefined,
    pool: '',
  })
})

test('answers of a session come in any order, each once', () => {
  assert.deepEqual(
    [...numbered(['2: b', '1: a: b'])],
    [
      [2, 'b'],
      [1, 'a: b'],
    ],
  )
  for (const replies of [['a'], ['1: a', '1: b'], ['1:a'], ['-1: a'], ['1234: a'], ['1e1: a']]) {
    assert.throws(() => numbered(replies), { code: 'analyzer-failed' })
  }
})

test('a signature says how grave it is and, by the names that ClamAV gives, the family', () => {
  const known = [
    ['Win.Trojan.Emotet-12345-0', 10, 'Emotet'],
    ['Doc.Downloader.Qbot-9-1.UNOFFICIAL', 10, 'Qbot'],
    ['Win.Malware.Agent-7-0', 10, ''],
    ['Eicar-Signature', 10, ''],
    ['Win.Test.EICAR_HDB-1', 10, 'EICAR_HDB'],
    ['Sanesecurity.Malware.1.UNOFFICIAL', 10, ''],
    ['PUA.Win.Packer.Upx-1', 5, ''],
    ['Heuristics.Encrypted.Zip', 3, ''],
    ['Heuristics.OLE2.ContainsMacros.VBA', 4, ''],
    ['Heuristics.W32.Parite.B', 7, ''],
  ] as const

  for (const [signature, severity, family] of known) {
    assert.deepEqual([signature, findingOf(signature).severity, familyOf(signature)], [signature, severity, family])
    assert.equal(isLimit(signature), false)
  }
  assert.ok(isLimit('Heuristics.Limits.Exceeded.MaxScanTime') && isLimit('Heuristics.Limits.Exceeded'))
})

test('an answer that comes byte by byte is the same answer', async (t) => {
  const fake = await FakeClamd.start(t)
  const { analyzer } = scanner(t, fake.address)
  await analyzer.start()
  fake.misdeed = async ({ socket, id, isComplete }) => {
    if (!isComplete) return
    for (const char of `1: ClamAV 1.4.6\0${id}: stream: Win.Trojan.Emotet-1-0 FOUND\0`) {
      await new Promise((resolve) => socket.write(char, 'latin1', resolve))
    }
    socket.end()
  }

  const ended = await analyse(analyzer, submission('x'))

  assert.deepEqual(ended.state === 'reported' && [ended.report.version, ended.report.families], [
    'ClamAV 1.4.6',
    ['Emotet'],
  ])
})

test('without any place the socket of Debian is asked, and one that is not there is told with its remedy', async (t) => {
  const { analyzer } = scanner(t, { socket: '/nonexistent/clamd.sock' })

  const [health] = await analyzer.health(new AbortController().signal)
  const [standard] = await scanner(t, {}).analyzer.health(AbortSignal.abort(new Error('not now')))

  assert.match(health?.detail ?? '', /no such socket.*LocalSocket/)
  assert.equal(standard?.instance, '/run/clamav/clamd.ctl')
  assert.equal(clamavOptions.parse({ type: 'clamav' }).concurrency, 8)
})

test('an answer that another thread put between STATS and its number is told apart', () => {
  const stats = 'POOLS: 1\n\nSTATE: VALID PRIMARY\nEND'
  const mixed = ['1: ClamAV 1.4.6', '2: 3: stream: Eicar FOUND', stats, '4: stream: OK']

  const told = [...numbered(unmixed(mixed, 2))].sort()
  const plain = [...numbered(unmixed(['1: ClamAV 1.4.6', `2: ${stats}`, '3: stream: Eicar FOUND', '4: stream: OK'], 2))]

  assert.deepEqual(told, plain)
})
