/** Filter and release together over a real socket, with a hold queue in memory. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import type { Decision, Envelope, Pipeline } from '../../src/pipeline/index.ts'
import { resolveProfiles } from '../../src/policy/index.ts'
import {
  DeskAway,
  DeskClient,
  Quarantine,
  QueueError,
  quarantineOptions,
  type RoundDeps,
  readHoldKey,
  releaseRound,
} from '../../src/quarantine/index.ts'
import { createMemoryStore, type Held } from '../../src/store/index.ts'
import { FakeClock } from '../fakes/clock.ts'

const HOST = 'mail.test'
const QUEUE_ID = '4cXyz01Qz3z1'
const HOUR = 3_600_000
const profile = resolveProfiles({}).get('submission')

/** A hold queue of files in memory, and what was done to it. */
class FakeQueue {
  readonly mails = new Map<string, { seals: readonly string[]; bytes: string; isCut?: boolean; unread?: string }>()
  readonly did: string[] = []
  problem: QueueError | undefined

  heldIds = async () => [...this.mails.keys()]
  sealsOf = async (id: string) => {
    const { seals, unread } = this.mails.get(id) ?? { seals: [] }
    if (unread !== undefined) throw new QueueError(unread)
    return seals
  }
  async *message(id: string): AsyncGenerator<Buffer> {
    const mail = this.mails.get(id)
    yield Buffer.from(mail?.bytes ?? '')
    if (mail?.isCut) throw new QueueError('postcat ended with 1')
  }
  release = (id: string) => this.#take('release', id)
  remove = (id: string) => this.#take('remove', id)
  submit = async (to: string, text: string) => {
    if (this.problem) throw this.problem
    this.did.push(`submit ${to} ${/^Subject: .*/m.exec(text)?.[0] ?? ''}`)
  }

  async #take(what: string, id: string): Promise<void> {
    if (this.problem) throw this.problem
    this.did.push(`${what} ${id}`)
    this.mails.delete(id)
  }
}

/** Decides by the text of the message. */
function pipelineOf(read: string[], meanwhile: { call: () => Promise<void> }): Pipeline {
  const begin: Pipeline['begin'] = () => {
    let text = ''
    return {
      ref: 'AGAIN',
      write: (chunk) => {
        text += Buffer.from(chunk).toString()
        return true
      },
      drained: async () => undefined,
      finish: async (envelope: Envelope) => {
        await meanwhile.call()
        read.push(`${text} since ${envelope.heldSince} as ${envelope.profileName}`)
        return decisionOf(text.includes('good') ? 'accept' : text.includes('bad') ? 'reject' : 'quarantine')
      },
      answered: () => undefined,
      abort: () => read.push('aborted'),
    }
  }
  return { begin, selfTest: async () => undefined }
}

function decisionOf(disposition: Decision['disposition']): Decision {
  const verdict = disposition === 'reject' ? 'bad' : 'good'
  const outcome: Decision['outcome'] =
    disposition === 'quarantine'
      ? { kind: 'pending', roles: ['sandbox'] }
      : { kind: 'decided', verdict, rule: 'r', reason: '' }
  return {
    ...{ ref: 'REF', disposition, outcome, samples: [], membersLeftOut: 0, message: undefined, rules: 'r', times: {} },
    ...{ answer: { disposition, reply: '' }, smtp: undefined, header: `verdict=${verdict}; id=REF` },
  }
}

async function scene(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'peekaboo-desk-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'site.key'), createHash('sha256').update('secret').digest('hex'))
  assert.ok(profile)
  const clock = new FakeClock()
  const store = createMemoryStore({ clock })
  await store.start()
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const read: string[] = []
  const meanwhile = { call: async () => {} }
  const options = quarantineOptions.parse({ host: HOST, messages: 2, alert: 2 })
  const common = { language: 'en', contact: undefined, clock, log, options, profiles: resolveProfiles({}) }
  const quarantine = new Quarantine({ ...common, store, pipeline: pipelineOf(read, meanwhile) })
  await quarantine.start(dir)
  await quarantine.listen(dir)
  t.after(() => quarantine.stop())
  const queue = new FakeQueue()
  const key = await readHoldKey(join(dir, 'site.key'))
  const deps: RoundDeps = {
    host: HOST,
    instance: 'postfix',
    key,
    queue,
    desk: new DeskClient(join(dir, 'quarantine.sock')),
  }
  const envelope: Envelope = {
    ...{ queueId: QUEUE_ID, listener: 'l', profileName: 'submission', profile, clientAddress: '192.0.2.1', helo: 'h' },
    ...{ authenticated: true, sender: 'a@src.test', recipients: ['b@dst.test'] },
  }
  /** Has a message held as the filter does it. */
  const hold = async (bytes: string, changes: Partial<Envelope> = {}) => {
    const one = { ...envelope, ...changes }
    const field = await quarantine.hold(decisionOf('quarantine'), one, 'postfix', bytes.length)
    assert.ok(field)
    queue.mails.set(one.queueId, { seals: [field.value], bytes })
    return field.value
  }
  const deeds = async () => (await releaseRound(deps)).map(({ did, problem }) => problem ?? did)
  const known = async () => (await store.held({ queueId: QUEUE_ID }, 1))[0]
  const order = async (what: 'release' | 'return' | 'delete') => {
    const held = (await known()) as Held
    await store.saveHeld({ ...held, order: { what, who: 'alice', at: clock.now() } })
  }
  return { dir, clock, store, quarantine, queue, deps, envelope, hold, deeds, known, order, read, lines, meanwhile }
}

test('a held message is examined by what was known when it came, and let go when it is good', async (t) => {
  const { hold, deeds, known, queue, read, clock, quarantine } = await scene(t)
  await hold('a good\nmail\n')
  const at = clock.now()
  await clock.advance(60_000)
  assert.equal(quarantine.status.messages, 1)

  assert.deepEqual(await deeds(), ['released'])

  assert.deepEqual(read, [`a good\r\nmail\r\n since ${at} as submission`])
  assert.deepEqual(queue.did, [`release ${QUEUE_ID}`])
  const { state, ended } = (await known()) ?? {}
  assert.deepEqual([state, ended], ['released', clock.now()])
  assert.equal(quarantine.status.messages, 0)
})

test('what is bad goes only when its sender was told', async (t) => {
  const { hold, deeds, known, queue } = await scene(t)
  await hold('bad')

  assert.deepEqual(await deeds(), ['returned'])

  assert.deepEqual(queue.did, ['submit a@src.test Subject: Message not delivered (REF)', `remove ${QUEUE_ID}`])
  assert.equal((await known())?.state, 'returned')
})

test('a notice that Postfix does not take keeps the message, and one that it took is not sent again', async (t) => {
  const { hold, deeds, known, queue } = await scene(t)
  await hold('bad')
  queue.problem = new QueueError('sendmail ended with 75')
  assert.deepEqual(await deeds(), ['sendmail ended with 75'])
  assert.equal(queue.mails.size, 1)
  queue.problem = undefined
  const { remove } = queue
  queue.remove = async () => {
    throw new QueueError('postsuper ended with 1')
  }

  assert.deepEqual(await deeds(), ['postsuper ended with 1'])
  assert.equal((await known())?.isNotified, true)
  queue.remove = remove
  assert.deepEqual(await deeds(), ['returned'])

  assert.deepEqual(
    queue.did.map((one) => one.split(' ')[0]),
    ['submit', 'remove'],
  )
})

for (const [text, state] of [
  ['good', 'released'],
  ['bad', 'returned'],
] as const) {
  test(`a crash behind the last command leaves a message ${state}, and the next round knows it`, async (t) => {
    const { hold, deeds, deps, known, queue } = await scene(t)
    await hold(text)
    const crashing = { ...deps, desk: { ...methodsOf(deps.desk), did: crashAt(state, deps.desk) } }

    const [deed] = await releaseRound(crashing)

    assert.match(deed?.problem ?? '', /crash/)
    assert.equal(queue.mails.size, 0)
    assert.deepEqual(await deeds(), [])
    assert.equal((await known())?.state, state)
  })
}

type DeskOf = RoundDeps['desk']

function methodsOf(desk: DeskOf): Omit<DeskOf, 'did'> {
  return {
    seen: (one) => desk.seen(one),
    examine: (...all) => desk.examine(...all),
    notice: (seal) => desk.notice(seal),
  }
}

/** Ends where this would be told. */
function crashAt(what: string, desk: DeskOf): DeskOf['did'] {
  return async (request) => {
    if (request.what === what) throw new Error('crash')
    return desk.did(request)
  }
}

test('what stays undecided waits until its time is over, and goes back then', async (t) => {
  const { hold, deeds, clock, queue } = await scene(t)
  await hold('nobody knows')

  assert.deepEqual(await deeds(), ['waits'])
  await clock.advance(3.9 * HOUR)
  assert.deepEqual(await deeds(), ['waits'])
  await clock.advance(0.2 * HOUR)

  assert.deepEqual(await deeds(), ['returned'])
  assert.match(queue.did[0] ?? '', /^submit a@src\.test/)
})

test('to a stranger and to nobody no notice goes: such a message stays for an operator', async (t) => {
  const { hold, deeds, queue, order, known } = await scene(t)
  await hold('bad', { authenticated: false, direction: 'inbound' })
  await hold('bad', { queueId: '4cXyz01Qz3z2', sender: '' })

  assert.deepEqual(await deeds(), ['waits', 'waits'])
  assert.deepEqual(queue.did, [])
  assert.equal((await known())?.state, 'held')
  await order('delete')
  assert.deepEqual(await deeds(), ['deleted', 'waits'])

  assert.equal((await known())?.state, 'deleted')
})

test('an order of an operator counts more than what the rules say, and is logged with who gave it', async (t) => {
  const { hold, deeds, queue, order, read, lines } = await scene(t)
  await hold('bad')
  await order('release')

  assert.deepEqual(await deeds(), ['released'])

  assert.deepEqual([queue.did, read], [[`release ${QUEUE_ID}`], []])
  assert.ok(lines.some(({ what, by }) => what === 'released' && by === 'alice'))
})

test('an order that is given while a message is examined is not lost', async (t) => {
  const { hold, deeds, queue, order, meanwhile } = await scene(t)
  await hold('good')
  meanwhile.call = () => order('delete')

  assert.deepEqual(await deeds(), ['deleted'])

  assert.deepEqual(queue.did, [`remove ${QUEUE_ID}`])
})

test('a socket that cannot be made keeps no mail waiting', async (t) => {
  const { quarantine, dir, lines } = await scene(t)

  await quarantine.listen(join(dir, 'x'.repeat(200)))

  assert.ok(lines.some(({ msg }) => /no socket for the release/.test(String(msg))))
})

test('nothing is done about mail of others, copied fields, and other hosts and instances', async (t) => {
  const { hold, deeds, queue, deps } = await scene(t)
  const seal = await hold('good')
  queue.mails.set('4cXyz01Qz3z9', { seals: [seal], bytes: 'good' })
  queue.mails.set('4cXyz01Qz3z8', { seals: [], bytes: 'good' })
  queue.mails.set('4cXyz01Qz3z7', { seals: ['1 forged', seal.replace('REF', 'XXX')], bytes: 'good' })
  const elsewhere = await releaseRound({ ...deps, instance: 'second' })
  assert.ok(elsewhere.every(({ did }) => did === 'failed'))

  const done = await deeds()

  assert.deepEqual(queue.did, [`release ${QUEUE_ID}`])
  assert.equal(done.filter((one) => /not signed for this/.test(one)).length, 2)
  assert.equal(done.length, 3)
})

test('a message whose header cannot be read is told, and is not taken for gone; one that left meanwhile is not', async (t) => {
  const { hold, deeds, queue, clock, known } = await scene(t)
  await hold('good')
  const seals = queue.mails.get(QUEUE_ID)?.seals ?? []
  queue.mails.set(QUEUE_ID, { seals, bytes: 'good', unread: 'postcat ended with 1: fatal: damaged' })
  queue.mails.set('4cXyz01Qz3z5', { seals, bytes: '', unread: 'postcat ended with 1: No such file or directory' })
  await clock.advance(HOUR)

  assert.deepEqual(await deeds(), ['postcat ended with 1: fatal: damaged'])

  assert.equal((await known())?.state, 'held')
})

test('a message that was not read whole is not judged', async (t) => {
  const { hold, deeds, queue, read } = await scene(t)
  await hold('good')
  queue.mails.set(QUEUE_ID, { seals: queue.mails.get(QUEUE_ID)?.seals ?? [], bytes: 'good', isCut: true })

  assert.deepEqual(await deeds(), ['postcat ended with 1'])

  assert.deepEqual([queue.did, read], [[], ['aborted']])
})

test('what somebody else took out is noted after a while, and a message on its way is not', async (t) => {
  const { hold, deeds, known, queue, clock, lines } = await scene(t)
  await hold('nobody knows')
  queue.mails.clear()
  await deeds()
  assert.equal((await known())?.state, 'held')
  await clock.advance(HOUR)

  await deeds()

  assert.equal((await known())?.state, 'gone')
  assert.ok(lines.some(({ msg }) => msg === 'somebody else took a message out of the hold queue'))
})

test('what the store does not know is known again by its field and its story', async (t) => {
  const { hold, deeds, store, queue, known } = await scene(t)
  await hold('good')
  await store.saveHeld({ ...((await known()) as Held), state: 'gone' })
  await store.remove({ from: 'held' }, 9)
  assert.deepEqual(await deeds(), ['waits'])
  await store.openStory({
    ...{ ref: 'REF', key: 'k', queueId: QUEUE_ID, listener: 'l', profile: 'submission', mode: 'enforce', samples: [] },
    ...{ clientAddress: '192.0.2.1', helo: 'h', sender: 'a@src.test', recipients: ['b@dst.test'], subject: 's' },
    ...{ messageId: '', size: 4, rulesetVersion: 'r', outcome: { kind: 'pending', roles: ['sandbox'] } },
    answer: { disposition: 'quarantine', reply: '' },
  })

  assert.deepEqual(await deeds(), ['released'])
  assert.deepEqual(queue.did, [`release ${QUEUE_ID}`])
})

test('a filter that is away leaves everything where it is', async (t) => {
  const { hold, queue, deps, quarantine } = await scene(t)
  await hold('good')
  await quarantine.stop()

  await assert.rejects(releaseRound(deps), DeskAway)

  assert.equal(queue.mails.size, 1)
})

test('Postfix without its commands ends the round with the remedy', async (t) => {
  const { hold, deps, queue } = await scene(t)
  await hold('good')
  queue.problem = new QueueError('/x/postsuper cannot be run: install Postfix', true)

  await assert.rejects(releaseRound(deps), /install Postfix/)
})

test('quarantine is refused for short queue ids, unknown instances and beyond the quota, and 451 takes its place', async (t) => {
  const { quarantine, envelope, hold, lines } = await scene(t)
  const pendingOf = (one: Envelope, instance = 'postfix') => quarantine.admit(one, instance, 1).profile.pending

  assert.equal(pendingOf(envelope), 'quarantine')
  assert.equal(pendingOf({ ...envelope, queueId: '4A2C81F03B' }), 'tempfail')
  assert.equal(pendingOf(envelope, 'third'), 'tempfail')
  assert.equal(quarantine.admit(envelope, 'postfix', 2 ** 40).profile.pending, 'tempfail')
  await hold('x')
  await hold('x', { queueId: '4cXyz01Qz3z2' })

  assert.equal(pendingOf(envelope), 'tempfail')
  assert.ok(lines.some(({ remedy }) => String(remedy).includes('enable_long_queue_ids')))
  assert.ok(lines.some(({ msg, messages }) => msg === 'hold queue needs a look' && messages === 2))
  const { messages, overdue, maxMessages } = quarantine.status
  assert.deepEqual([messages, overdue, maxMessages], [2, 0, 2])
})

test('a store that is away keeps nobody from being held', async (t) => {
  const { store, quarantine, envelope, deps } = await scene(t)
  await store.stop()

  const field = await quarantine.hold(decisionOf('quarantine'), envelope, 'postfix', 3)

  assert.equal(field?.name, 'X-Peekaboo-Hold')
  const said = deps.desk.seen({
    ask: 'seen',
    instance: 'postfix',
    seals: [field?.value ?? ''],
    others: [],
    isWhole: true,
  })
  await assert.rejects(said, /not open/)
})

for (const [name, text] of [
  ['no JSON', 'hello\n'],
  ['an unknown question', '{"ask":"everything"}\n'],
  ['a field of nobody', '{"ask":"notice","seal":"1 a b c D 1 2 return 00"}\n'],
] as const) {
  test(`whoever says ${name} to the filter is told that it is wrong`, async (t) => {
    const { dir } = await scene(t)
    const socket = connect(join(dir, 'quarantine.sock'))
    socket.end(text)
    const said: Buffer[] = []
    for await (const piece of socket) said.push(piece)

    assert.match(Buffer.concat(said).toString(), /^\{"error":/)
  })
}
