// What a client sees of each default_action while the filter is away or broken, through the Postfix of this machine: the table in
// docs/postfix.md.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Fault, type FaultyFilter, startFaultyFilter } from './faulty-filter.ts'
import { type PostfixInstance, startPostfix } from './instance.ts'
import { mail } from './mail.ts'
import { freePort } from './ports.ts'
import { runOk } from './run.ts'
import { SmtpClient, type SmtpReply } from './smtp-client.ts'

const ACTIONS = ['tempfail', 'accept', 'reject', 'quarantine'] as const
type Action = (typeof ACTIONS)[number]

/** The filter's state → how to bring it about; no fault: nobody listens. */
const STATES: Readonly<Record<string, Fault | 'gone'>> = {
  'not there: the connection is refused': 'gone',
  'full: it closes each new connection': { at: 'connection', how: 'closes' },
  'stuck: it takes the connection and says nothing': { at: 'connection', how: 'keeps quiet' },
  'dies at the end of the message': { at: 'E', how: 'closes' },
  'falls silent at the end of the message': { at: 'E', how: 'falls silent' },
  'talks nonsense at the end of the message': { at: 'E', how: 'talks nonsense' },
}

interface Seen {
  readonly state: string
  readonly action: Action
  readonly sender: string
  /** `451 4.7.1 to MAIL`, or `250`. */
  readonly told: string
}

suite('each default_action while the filter is away or broken', () => {
  const filters: FaultyFilter[] = []
  let postfix: PostfixInstance
  let version = ''
  let cells: ReadonlyMap<string, ReadonlyMap<Action, string>> = new Map()

  before(async () => {
    const listeners: Record<string, Record<string, string>> = {}
    for (const [i, fault] of Object.values(STATES).entries()) {
      const filter = fault === 'gone' ? undefined : await startFaultyFilter(fault)
      if (filter) filters.push(filter)
      const port = filter?.port ?? (await freePort())
      for (const action of ACTIONS) {
        const settings = `${timeoutsFor(fault)}, default_action=${action}`
        listeners[`${action}-${i}`] = { smtpd_milters: `{ inet:127.0.0.1:${port}, ${settings} }` }
      }
    }
    postfix = await startPostfix({ listeners })
    version = (await runOk('/usr/sbin/postconf', ['-h', 'mail_version'])).toString().trim()
    cells = await measured()
  })
  after(async () => {
    await postfix.stop()
    await Promise.all(filters.map((filter) => filter.stop()))
  })

  async function measured(): Promise<ReadonlyMap<string, ReadonlyMap<Action, string>>> {
    const seen = await Promise.all(
      Object.keys(STATES).flatMap((state, i) => ACTIONS.map((action) => look(postfix, state, action, i))),
    )
    const rows = new Map<string, Map<Action, string>>()
    const taken = seen.filter(({ told }) => told === '250')
    const held = new Set((await postfix.held()).map(({ sender }) => sender))
    for (const { sender } of taken)
      if (!held.has(sender)) await postfix.waitForLog(new RegExp(`from=<${sender}>.*queue active`))
    for (const { state, action, sender, told } of seen) {
      const fate = held.has(sender) ? ', in hold' : ', delivered unseen'
      const row = rows.get(state) ?? new Map<Action, string>()
      rows.set(state, row.set(action, told === '250' ? told + fate : told))
    }
    return rows
  }

  test('tempfail never lets a message pass, accept never refuses one, quarantine holds it', () => {
    const told = (action: Action) => [...cells.values()].map((row) => row.get(action) ?? '')

    assert.deepEqual(
      told('tempfail').filter((cell) => !cell.startsWith('451 4.')),
      [],
    )
    assert.deepEqual(
      told('accept').filter((cell) => cell !== '250, delivered unseen'),
      [],
    )
    assert.deepEqual(
      told('reject').filter((cell) => !cell.startsWith('5')),
      [],
    )
    assert.deepEqual(
      told('quarantine').filter((cell) => cell !== '250, in hold'),
      [],
    )
  })

  test('docs/postfix.md tells what was seen, where it has a table for this version', () => {
    const short = version.split('.').slice(0, 2).join('.')
    const head = ['| the filter is | tempfail | accept | reject | quarantine |', '| --- | --- | --- | --- | --- |']
    const rows = Array.from(cells, ([state, row]) => `| ${state} | ${ACTIONS.map((one) => row.get(one)).join(' | ')} |`)
    const table = [...head, ...rows].join('\n')
    const path = fileURLToPath(new URL('../../docs/postfix.md', import.meta.url))
    const page = readFileSync(path, 'utf8')
    const block = new RegExp(
      `(?<=<!-- default-action-${short.replace('.', '\\.')}:begin -->\\n)[\\s\\S]*?(?=<!-- default-action-)`,
    )
    const told = block.exec(page)?.[0]

    if (told === undefined) return assert.equal(rows.length, Object.keys(STATES).length)
    if (process.env.UPDATE_DOCS === '1')
      writeFileSync(
        path,
        page.replace(block, () => `${table}\n`),
      )
    assert.equal(told, `${table}\n`, 'run this test with UPDATE_DOCS=1')
  })
})

/** Short only where silence is what is waited for: what is told does not depend on how long that was, and a slow machine is not silent. */
function timeoutsFor(fault: Fault | 'gone'): string {
  const how = fault === 'gone' ? '' : fault.how
  const command = how === 'keeps quiet' ? '2s' : '60s'
  const content = how === 'falls silent' ? '2s' : '60s'
  return `connect_timeout=30s, command_timeout=${command}, content_timeout=${content}`
}

async function look(postfix: PostfixInstance, state: string, action: Action, i: number): Promise<Seen> {
  const sender = `${action}-${i}@src.test`
  const client = await SmtpClient.connect(postfix.ports[`${action}-${i}`] ?? 0)
  const told = await converse(client, sender)
  client.drop()
  return { state, action, sender, told }
}

/** The first refusal with the command that it answered. */
async function converse(client: SmtpClient, sender: string): Promise<string> {
  const steps: readonly (readonly [string, () => Promise<SmtpReply>])[] = [
    ['EHLO', () => client.ehlo()],
    ['MAIL', () => client.mail(sender)],
    ['RCPT', () => client.rcpt('b@dst.test')],
    ['DATA', () => client.raw('DATA')],
    ['the message', () => client.content(mail())],
  ]
  for (const [name, step] of steps) {
    const { code, enhanced } = await step()
    if (code >= 400) return `${[code, enhanced].filter((word) => word !== undefined).join(' ')} to ${name}`
  }
  return '250'
}
