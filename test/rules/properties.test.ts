import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  messageSchema,
  type Report,
  type RoleState,
  reportSchema,
  sampleSchema,
  VERDICTS,
} from '../../src/core/index.ts'
import { anyOf } from './any-value.ts'
import { evaluate, FAILED, finding, type Known, ROLES, reported, rulesetOf, type ShortRule } from './harness.ts'

const role = fc.constantFrom(...ROLES)
const small = fc.integer({ min: 0, max: 3 })

/** A loop whose variable none of the loops inside has. */
function loop(macro: 'exists' | 'all', a: string, b: string): string {
  const taken = [...`${a}${b}`.matchAll(/\bi(\d+)/g)].map(([, n]) => Number(n))
  const i = `i${Math.max(0, ...taken) + 1}`
  return `[0, 1].${macro}(${i}, ${i} == sample.size ? ${a} : ${b})`
}

/** Conditions of every shape, over roles that may be anything, with parts that err now and then. */
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.tuple(role, small).map(([name, n]) => `${name}.score >= ${n}.0`),
      role.map((name) => `${name}.failed`),
      small.map((n) => `sample.size == ${n}`),
      small.map((n) => `${n} / sample.depth > 0`),
      role.map((name) => `1 / ${name}.findings.size() > 0`),
      fc.tuple(role, small).map(([name, n]) => `${name}.findings.exists(f, f.severity > ${n}.0)`),
      role.map((name) => `${name}.findings.all(f, 1 / sample.depth == 1)`),
      role.map((name) => `${name}.findings[0].severity > 1.0`),
      fc.tuple(role, role).map(([a, b]) => `${a}.findings.exists(f, f.severity > ${b}.score)`),
      fc.constantFrom('true', 'false'),
    ),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} || ${b})`),
    tie('condition').map((a) => `!(${a})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => loop('exists', a, b)),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => loop('all', a, b)),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `((${a}) == (${b}))`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `((${a}) in [${b}, true])`),
  ),
}))

const rules: fc.Arbitrary<ShortRule[]> = fc.array(fc.tuple(condition, fc.constantFrom(...VERDICTS)), {
  minLength: 1,
  maxLength: 5,
})

/** How a role ends. */
const ended: fc.Arbitrary<RoleState> = fc.oneof(
  { weight: 4, arbitrary: small.map((score) => reported({ score, findings: [finding(score)] })) },
  fc.array(small).map((severities) => reported({ findings: severities.map(finding) })),
  small.map((score) => reported({ score })),
  fc.constant(FAILED),
  fc.constant<RoleState>({ state: 'unmapped' }),
  fc.constant<RoleState>({ state: 'capped' }),
)
const ends = fc.record({ av: ended, sandbox: ended, lookup: ended })
const sample = fc.record({ size: small, depth: fc.integer({ min: 0, max: 1 }) })

/** Every state of knowledge in which some roles have ended and the others have not. */
function knowledge(
  all: Readonly<Record<string, RoleState>>,
): { known: Set<string>; roles: Record<string, RoleState> }[] {
  return Array.from({ length: 2 ** ROLES.length }, (_, bits) => {
    const known = new Set(ROLES.filter((_, i) => (bits >> i) & 1))
    const open: RoleState = bits % 2 ? { state: 'pending' } : { state: 'wanted' }
    return { known, roles: Object.fromEntries(ROLES.map((one) => [one, known.has(one) ? all[one] : open])) as never }
  })
}

test('monotone: whatever a role comes to, it never changes a verdict that was reached without it', () => {
  fc.assert(
    fc.property(rules, ends, sample, (written, all, facts) => {
      const ruleset = rulesetOf(...written)
      const states = knowledge(all).map(({ known, roles }) => ({
        known,
        outcome: evaluate(ruleset, { sample: facts, roles }).outcome,
      }))

      for (const less of states) {
        if (less.outcome.kind !== 'decided') continue
        for (const more of states.filter(({ known }) => less.known.isSubsetOf(known))) {
          const told = more.outcome.kind === 'decided' ? more.outcome.verdict : more.outcome.kind
          assert.equal(told, less.outcome.verdict, `from {${[...less.known]}} to {${[...more.known]}}`)
        }
      }
    }),
    { numRuns: 600 },
  )
})

test('every wait ends: when all roles have ended nothing is pending', () => {
  fc.assert(
    fc.property(rules, ends, sample, (written, roles, facts) => {
      const { outcome, needs } = evaluate(rulesetOf(...written), { sample: facts, roles })

      assert.notEqual(outcome.kind, 'pending')
      assert.deepEqual(needs, [])
    }),
    { numRuns: 300 },
  )
})

test('what is needed is part of what is pending, and nothing is needed once there is a verdict', () => {
  fc.assert(
    fc.property(rules, ends, sample, (written, all, facts) => {
      const ruleset = rulesetOf(...written)
      for (const { roles } of knowledge(all)) {
        const { outcome, needs } = evaluate(ruleset, { sample: facts, roles })
        const pending = outcome.kind === 'pending' ? outcome.roles : []

        assert.ok(outcome.kind !== 'pending' || pending.length > 0)
        assert.deepEqual(
          needs,
          pending.filter((one) => roles[one]?.state === 'wanted'),
        )
      }
    }),
    { numRuns: 200 },
  )
})

test('explaining changes nothing and tells every rule', () => {
  fc.assert(
    fc.property(rules, ends, sample, (written, roles, facts) => {
      const ruleset = rulesetOf(...written)
      const { outcome, trace } = evaluate(ruleset, { sample: facts, roles }, true)

      assert.deepEqual(outcome, evaluate(ruleset, { sample: facts, roles }).outcome)
      assert.equal(trace?.length, written.length)
      const decided = trace?.filter((entry) => entry.decided).map((entry) => entry.rule)
      const byRule = outcome.kind === 'decided' && outcome.rule !== '(none)'
      assert.deepEqual(decided, byRule ? [outcome.rule] : [])
    }),
    { numRuns: 300 },
  )
})

test('no facts and no report that the schema allows lead to an exception', () => {
  const touchy = rulesetOf(
    ['sample.size * sample.size / (sample.depth - 1) > message.size % sample.depth', 'bad'],
    ["sample.names[sample.depth].value.lowerAscii().matches('^(a|b)+$')", 'bad'],
    ["message.subject.split('').size() + sample.name.size() < int(av.score)", 'bad'],
    ['sample.names.map(n, n.value + n.origin).exists_one(t, t.contains(string(av.score)))', 'bad'],
    ['sample.anomalies.filter(a, a.offset < -5).all(a, a.name in message.recipients) == av.failed', 'bad'],
    ["av.findings.exists(f, f.severity > 3.5 && f.id.endsWith(message.helo)) ? av.link == 'x' : true", 'bad'],
  )
  fc.assert(
    fc.property(anyOf(sampleSchema), anyOf(messageSchema), anyOf(reportSchema), (some, message, report) => {
      const known = { sample: some, message, roles: { av: reported(report as Report) } } as Known

      const { outcome } = evaluate(touchy, known)

      assert.ok(outcome.kind === 'decided' || outcome.kind === 'failed')
      assert.notEqual(outcome.kind === 'failed' && outcome.cause, 'internal')
    }),
    { numRuns: 500 },
  )
})
