/** What holds of the shipped rules whatever a sample is: no facts lead to an exception, and their order does not matter. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  ANOMALIES,
  historySchema,
  type MessageFacts,
  messageSchema,
  type Outcome,
  type Report,
  type RoleState,
  reportSchema,
  type Sample,
  sampleSchema,
  treeSchema,
} from '../../src/core/index.ts'
import { CATALOG, groupOf } from '../../src/facts/index.ts'
import type { EvaluationInput } from '../../src/rules/index.ts'
import { anyOf } from './any-value.ts'
import { FAILED, messageWith, reported, sampleWith } from './harness.ts'
import { shippedRules } from './shipped.ts'

const ruleset = shippedRules(true)
const ROLES = ['av', 'sandbox', 'lookup']

/** How a role stands, its report as the schema allows. */
const state: fc.Arbitrary<RoleState> = fc.oneof(
  anyOf(reportSchema).map((report) => reported(report as Report)),
  fc.constantFrom<RoleState>(
    FAILED,
    { state: 'unmapped' },
    { state: 'capped' },
    { state: 'wanted' },
    { state: 'pending' },
  ),
)
const roles = fc
  .tuple(state, state, state)
  .map((states) => new Map(ROLES.map((role, i) => [role, states[i] as RoleState])))

test('no facts and no reports that the schema allows lead a shipped rule to an exception or an error', () => {
  const facts = fc.record({
    sample: anyOf(sampleSchema),
    message: anyOf(messageSchema),
    tree: anyOf(treeSchema),
    history: anyOf(historySchema),
    roles,
  })
  fc.assert(
    fc.property(facts, (input) => {
      const { outcome } = ruleset.evaluate(input as unknown as EvaluationInput)

      assert.ok(outcome.kind !== 'failed' || (outcome.cause !== 'rule-error' && outcome.cause !== 'internal'))
    }),
    { numRuns: 1500 },
  )
})

/** Facts as they come: of what the rules know, so that most samples meet some of them. */
const TYPES = [...CATALOG.keys()]
const NAMES = ['a.txt', 'a.exe', 'photo.png.exe', 'a.JS', 'Documents.library-ms', 'word/document.xml', 'a', '']
const ORIGINS = ['disposition.filename', 'type.name', 'zip.central', 'package', 'script.download', 'mapi.reminder']
const names = fc.record({ value: fc.constantFrom(...NAMES), origin: fc.constantFrom(...ORIGINS) })
const anomalies = fc
  .constantFrom(...Object.entries(ANOMALIES))
  .map(([name, { severity }]) => ({ name, severity, offset: -1 }))
const links = fc.record({
  scheme: fc.constantFrom('file', 'unc', 'search-ms', 'https', 'zoommtg', 'too-many'),
  host: fc.constantFrom('', 'evil.test', 'fileserver'),
  target: fc.constantFrom('x', 'y'),
  via: fc.constantFrom('href', 'src', 'text', 'rel.oleObject', 'rel.attachedTemplate'),
  isMoniker: fc.boolean(),
  count: fc.nat(5),
})
const told: fc.Arbitrary<Partial<Sample>> = fc.record({
  types: fc.uniqueArray(fc.constantFrom(...TYPES), { maxLength: 3 }),
  names: fc.array(names, { maxLength: 4 }),
  anomalies: fc.array(anomalies, { maxLength: 4 }),
  links: fc.array(links, { maxLength: 5 }),
  mismatches: fc.array(fc.constantFrom('name png is executable', 'type pdf is archive'), { maxLength: 2 }),
  size: fc.nat(2),
  depth: fc.nat(2),
  role: fc.constantFrom('attachment', 'body'),
})

/** The same facts, each list and each record turned round. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.toReversed().map(turned) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, turned(inner)]),
  ) as T
}

/** What decides: reasons tell lists in their order. */
function plain(outcome: Outcome): object {
  return { ...outcome, reason: '' }
}

test('the order of facts does not matter', () => {
  const met = new Set<string>()
  fc.assert(
    fc.property(told, fc.array(anomalies, { maxLength: 2 }), roles, (some, odd, states) => {
      const groups = [...new Set((some.types ?? []).flatMap((type) => groupOf(type) ?? []))]
      const sample = sampleWith({ ...some, groups })
      const message: MessageFacts = messageWith({ anomalies: odd })

      const one = ruleset.evaluate({ sample, message, roles: states })
      const other = ruleset.evaluate({ sample: turned(sample), message: turned(message), roles: states })

      assert.deepEqual([plain(one.outcome), one.needs], [plain(other.outcome), other.needs])
      if (one.outcome.kind === 'decided') met.add(one.outcome.rule)
    }),
    { numRuns: 3000, seed: 1 },
  )
  // Else it would have been told of next to nothing.
  assert.ok(met.size > 15, `${[...met]}`)
})
