// An operator's command on one host, two filters on one database: what each of them then tells Postfix, its log and its health checks.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { compose } from '../../src/main.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { World } from '../cli/world.ts'
import { type Filter, startFilter } from '../daemon/filter.ts'
import { deliver, newSender, said } from '../daemon/mta.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { MariadbServer } from '../store/mariadb-server.ts'

const BAD = mail({ subject: 'bad', attachments: [{ name: 'eicar.com', content: eicar() }] })
const UNWANTED = mail({ attachments: [{ name: 'minutes.txt', type: 'text/plain', content: 'agenda' }] })
const RULE = `- { id: no-minutes, when: "sample.name == 'minutes.txt'", verdict: bad, reason: unwanted, tests: [] }`
/** A switch is read within two seconds; a busy machine takes its time. */
const PATIENCE_MS = 120_000
const FOR = ['--for', '1h', '--reason', 'drill'] as const

/** Two filters, each with a listener that enforces and one that only watches, and commands with the same configuration. */
async function twoNodes(t: TestContext) {
  const server = await MariadbServer.make()
  t.after(() => server.remove())
  const world = new World(t, { deps: { compose: (config, log, rules) => compose(config, log, systemClock, rules) } })
  const rules = join(world.folder, 'site.yaml')
  await writeFile(rules, RULE)
  const config = {
    store: { type: 'mariadb', socketPath: server.socketPath, user: 'root', database: await server.database() },
    rules: { dirs: [rules] },
  }
  world.file('peekaboo.yaml', JSON.stringify({ dataDir: `${world.folder}/data`, ...config }))
  const listeners = ['mx', 'observe'].map((profile) => ({ listen: 'inet:127.0.0.1:0', profile }))
  const nodes: Filter[] = []
  // One after the other: each start has its own time.
  for (let n = 0; n < 2; n += 1) {
    const filter = await startFilter({ config, listeners })
    t.after(() => filter.stop())
    nodes.push(filter)
  }
  return { world, nodes }
}

/** How both answer at the listener of that number, and what their logs say of the brake. */
async function answers(nodes: readonly Filter[], message: Buffer, listener = 0) {
  return Promise.all(
    nodes.map(async (node) => {
      const sender = newSender()
      const reply = await deliver(node.port(listener), message, sender)
      const line = await node.message((one) => one.sender === sender)
      const header = /(?:verdict=[^"]*)/.exec(JSON.stringify(reply.edits))?.[0] ?? ''
      return { said: said(reply), header: header.replace(/id=.*/, 'id'), brake: line.brake, line }
    }),
  )
}

/** Resolves when every node has told that this is on or off, by how often it has. */
async function told(nodes: readonly Filter[], kind: 'brake' | 'rule', about: object): Promise<void> {
  const fits = (line: object) => Object.entries(about).every(([name, value]) => Reflect.get(line, name) === value)
  await Promise.all(nodes.map((node) => node.waitFor((line) => line.msg === kind && fits(line), PATIENCE_MS)))
}

async function health({ http }: Filter): Promise<Readonly<Record<string, unknown>>> {
  return (await (await fetch(`http://${http}/readyz`)).json()) as Readonly<Record<string, unknown>>
}

test('the brake and a disabled rule count on both nodes, for the mail that is enforced, and are told everywhere', async (t) => {
  const { world, nodes } = await twoNodes(t)
  const words = async (message: Buffer, listener?: number) =>
    (await answers(nodes, message, listener)).map((one) => one.said)
  assert.deepEqual(await words(BAD), ['550 5.7.1', '550 5.7.1'])

  assert.equal(await world.command('brake on', '--mode', 'monitor', ...FOR), 0)
  await told(nodes, 'brake', { mode: 'monitor', switched: 'on' })
  for (const answer of await answers(nodes, BAD)) {
    assert.deepEqual([answer.said, answer.header], ['accept', 'verdict=unchecked; brake=monitor'])
    assert.deepEqual([answer.brake, answer.line.verdict, answer.line.mode], ['monitor', 'bad', 'monitor'])
  }
  for (const node of nodes) assert.match(String((await health(node)).brake), /^brake monitor until .*: drill$/)

  assert.equal(await world.command('brake on', '--mode', 'tempfail', ...FOR), 0)
  await told(nodes, 'brake', { mode: 'tempfail', switched: 'on' })
  assert.deepEqual(await words(BAD), ['451 4.3.2', '451 4.3.2'])
  assert.deepEqual(await words(BAD, 1), ['accept', 'accept'])
  const [stopped] = await answers(nodes, UNWANTED)
  world.stdout = ''
  assert.equal(await world.command('why', String(stopped?.line.ref)), 0)
  assert.match(world.stdout, /failed\(braked\).*\n(?:.*\n)* +then +brake tempfail until .*: drill\n/)

  assert.equal(await world.command('rule disable', 'no-minutes', ...FOR), 0)
  assert.equal(await world.command('brake off'), 0)
  await told(nodes, 'brake', { mode: 'tempfail', switched: 'off' })
  await told(nodes, 'rule', { rule: 'no-minutes', switched: 'on' })
  for (const node of nodes) assert.equal((await health(node)).brake, 'off')
  assert.deepEqual(await words(BAD), ['550 5.7.1', '550 5.7.1'])
  const [freed, other] = await answers(nodes, UNWANTED)
  assert.deepEqual([freed?.said, other?.said, freed?.line.disabledRules], ['accept', 'accept', ['no-minutes']])
  world.stdout = ''
  await world.command('scan', '--explain', world.file('mail.eml', UNWANTED.toString('latin1')))
  assert.match(world.stdout, /rule no-minutes \(bad\): disabled until .* by .*: drill {2}/)
})
