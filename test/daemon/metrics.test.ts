import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FilterMetrics, RunningRules } from '../../src/cli/index.ts'
import { loadRuleset } from '../../src/rules/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { type Family, parseExposition } from '../telemetry/exposition.ts'
import { startFilter } from './filter.ts'
import { deliver, rawSession } from './mta.ts'

type Switches = Parameters<FilterMetrics['watch']>[0]['switches']

async function look(http: string): Promise<ReadonlyMap<string, Family>> {
  const response = await fetch(`http://${http}/metrics`)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  return parseExposition(await response.text())
}

/** Looks until a value is as it must become: a session that was ended is counted out a moment later. */
async function lookUntil(http: string, name: string, wanted: number): Promise<ReadonlyMap<string, Family>> {
  for (;;) {
    const told = await look(http)
    const [value] = Object.values(values(told, name))
    if (value === wanted) return told
  }
}

function values(told: ReadonlyMap<string, Family>, name: string): Readonly<Record<string, number>> {
  const series = told.get(name)?.series ?? []
  return Object.fromEntries(series.map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

test('Prometheus is told of messages by profile, answer and outcome, of their steps, sessions, processes and rules', async (t) => {
  const filter = await startFilter({
    listeners: [
      { listen: 'inet:127.0.0.1:0', profile: 'mx' },
      { listen: 'inet:127.0.0.1:0', profile: 'observe' },
    ],
    config: {
      analyzers: { one: { type: 'dummy' }, away: { type: 'clamav', socket: '/nonexistent/clamd.ctl' } },
      roles: { av: 'one', sandbox: 'away' },
    },
  })
  t.after(() => filter.stop())
  const bad = mail({ attachments: [{ name: 'x.com', content: eicar() }] })
  await deliver(filter.port(0), bad)
  await deliver(filter.port(0), mail({ attachments: [{ name: 'a.txt', content: 'harmless text' }] }))
  await deliver(filter.port(1), bad)
  await filter.message(({ profile }) => profile === 'observe')
  const open = await rawSession(filter.port(0))
  const odd = await rawSession(filter.port(1))
  await odd.send(Buffer.alloc(4))
  await filter.waitFor(({ msg }) => msg === 'protocol violation: session closed')

  const told = await lookUntil(filter.http, 'peekaboo_sessions', 1)
  open.destroy()

  const messages = values(told, 'peekaboo_messages_total')
  assert.equal(messages['mx reject bad'], 1)
  assert.equal(messages['observe accept bad'], 1)
  assert.equal(
    Object.values(messages).reduce((sum, count) => sum + count, 0),
    3,
  )
  assert.equal(values(told, 'peekaboo_samples_total').bad, 2)
  const steps = told.get('peekaboo_message_step_seconds')?.series ?? []
  const counted = steps.filter(({ name }) => name.endsWith('_count')).map(({ labels, value }) => [labels.step, value])
  assert.deepEqual(Object.fromEntries(counted).total, 3)
  assert.deepEqual(Object.keys(Object.fromEntries(counted)), ['receive', 'read', 'lookup', 'judge', 'story', 'total'])
  assert.deepEqual(values(told, 'peekaboo_sessions'), { 'inet:127.0.0.1:0': 1 })
  assert.ok(Object.keys(values(told, 'peekaboo_milter_events_total')).some((key) => key.endsWith(' violation')))
  assert.deepEqual(values(told, 'peekaboo_held_answers_limit'), { '': 33 })
  assert.equal(values(told, 'peekaboo_inspector_up')[''], 1)
  assert.ok(Object.values(values(told, 'peekaboo_inspector_processes')).reduce((sum, count) => sum + count) >= 1)
  assert.equal(values(told, 'peekaboo_store_up')[''], 1)
  assert.deepEqual(values(told, 'peekaboo_analyzer_instances_in_service'), { one: 1, away: 0 })
  assert.equal(values(told, 'peekaboo_analyzer_instance_up')['away /nonexistent/clamd.ctl'], 0)
  assert.equal(values(told, 'peekaboo_rules_reload_ok')[''], 1)
  assert.ok((values(told, 'process_max_fds')[''] ?? 0) > 0)
  assert.deepEqual(
    told.get('peekaboo_listener_info')?.series.map(({ labels }) => [labels.address, labels.mode]),
    [
      [`inet:127.0.0.1:${filter.port(0)}`, 'enforce'],
      [`inet:127.0.0.1:${filter.port(1)}`, 'monitor'],
    ],
  )
})

test('a failed reload, a store that came back and the brake stand in the metrics', async () => {
  const rules = new RunningRules(loadRuleset([], { roles: [], readText: () => ({ problem: '' }) }))
  const metrics = metricsOf(rules, { brake: { mode: 'tempfail' }, disabledRules: { size: 2 } })
  await rules.replace(() => Promise.reject(new Error('no such rule'))).catch(() => undefined)
  metrics.storeEvent({ kind: 'recovered', awayMs: 3 })

  const told = parseExposition(await metrics.text())

  assert.deepEqual(values(told, 'peekaboo_rules_reloads_total'), { done: 0, failed: 1 })
  assert.equal(values(told, 'peekaboo_rules_reload_ok')[''], 0)
  assert.equal(values(told, 'peekaboo_store_up')[''], 1)
  assert.deepEqual(values(told, 'peekaboo_brake'), { tempfail: 1 })
  assert.deepEqual(values(told, 'peekaboo_rules_disabled'), { '': 2 })
  assert.deepEqual(values(told, 'peekaboo_quarantine_overdue'), { '': 1 })
  assert.deepEqual(values(told, 'peekaboo_quarantine_oldest_timestamp_seconds'), { '': 5 })
})

function metricsOf(
  rules: RunningRules,
  switches: Switches = { brake: undefined, disabledRules: { size: 0 } },
  policy = { isStale: false, reloads: { done: 0, failed: 0 } },
): FilterMetrics {
  const metrics = new FilterMetrics('0.0.0', new FakeClock())
  const none = { used: 0, total: 0 }
  metrics.watch({
    rules,
    policy,
    switches,
    quarantine: { status: { messages: 3, bytes: 9, oldest: 5000, overdue: 1, maxMessages: 10, maxBytes: 100 } },
    held: none,
    keeper: { memory: none, spool: none },
    listeners: () => [],
    analyzers: new Map(),
    scheduler: { lines: new Map() },
    inspector: { check: () => Promise.reject(new Error('away')) },
  })
  return metrics
}

test('lists of the policy that could not be taken are told as rules are', async () => {
  const rules = new RunningRules(loadRuleset([], { roles: [], readText: () => ({ problem: '' }) }))

  const metrics = metricsOf(rules, undefined, { isStale: true, reloads: { done: 2, failed: 1 } })
  const told = parseExposition(await metrics.text())

  assert.equal(values(told, 'peekaboo_rules_reload_ok')[''], 0)
  assert.deepEqual(values(told, 'peekaboo_rules_reloads_total'), { done: 2, failed: 1 })
})

test('docs/metrics.md lists every metric with its labels and its meaning', () => {
  const rules = new RunningRules(loadRuleset([], { roles: [], readText: () => ({ problem: '' }) }))
  const rows = metricsOf(rules).docs.map(
    ({ name, type, labels = [], help }) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`,
  )
  const table = ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')

  const path = fileURLToPath(new URL('../../docs/metrics.md', import.meta.url))
  const page = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const [before = '', after = ''] = page.split(/(?<=<!-- metrics:begin -->\n)[\s\S]*?(?=<!-- metrics:end -->)/)
  const wanted = `${before}${table}\n${after}`
  if (process.env.UPDATE_DOCS === '1') writeFileSync(path, wanted)
  assert.equal(page, wanted, 'run this test with UPDATE_DOCS=1')
})
