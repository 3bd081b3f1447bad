/** Expression × reports that are missing → what is asked for: nothing that does not matter, and all that does at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, FAILED, PENDING, reported, rulesetOf } from './harness.ts'

const [HIGH, LOW] = [reported({ score: 9, findings: [] }), reported({ score: 1, findings: [] })]
const NONE = { state: 'unmapped' } as const

/** A condition, and the roles that are needed with av and sandbox: both missing; av high; av low; sandbox high; sandbox low; av failed; av without an analyzer. */
const TABLE: readonly (readonly [when: string, ...needs: readonly string[]])[] = [
  ['av.score > 5.0', 'av', '', '', 'av', 'av', '', ''],
  ['av.score > 5.0 && sandbox.score > 5.0', 'av sandbox', 'sandbox', '', 'av', '', 'sandbox', 'sandbox'],
  ['av.score > 5.0 || sandbox.score > 5.0', 'av sandbox', '', 'sandbox', '', 'av', 'sandbox', 'sandbox'],
  ['!(av.score > 5.0)', 'av', '', '', 'av', 'av', '', ''],
  ['av.score > 5.0 ? sandbox.score > 5.0 : false', 'av sandbox', 'sandbox', '', 'av', '', 'sandbox', 'sandbox'],
  ['sample.size > 0 ? av.score > 5.0 : sandbox.score > 5.0', 'av', '', '', 'av', 'av', '', ''],
  ['sample.size == 0 && sandbox.score > 5.0', '', '', '', '', '', '', ''],
  ['sample.size > 0 || sandbox.score > 5.0', '', '', '', '', '', '', ''],
  ['av.failed', 'av', '', '', 'av', 'av', '', ''],
  ['av.failed && sandbox.score > 5.0', 'av sandbox', '', '', 'av', '', 'sandbox', 'sandbox'],
  ['av.failed || sandbox.score > 5.0', 'av sandbox', 'sandbox', 'sandbox', '', 'av', '', 'sandbox'],
  ['av.score + sandbox.score > 5.0', 'av sandbox', 'sandbox', 'sandbox', 'av', 'av', 'sandbox', 'sandbox'],
  ['av.findings.exists(f, f.severity > sandbox.score)', 'av', '', '', 'av', 'av', '', ''],
  ['[av.score, sandbox.score].all(s, s > 5.0)', 'av sandbox', 'sandbox', 'sandbox', 'av', 'av', 'sandbox', 'sandbox'],
  [
    '[1, 2].exists(i, i == 1 ? av.score > 5.0 : sandbox.score > 5.0)',
    'av sandbox',
    '',
    'sandbox',
    '',
    'av',
    'sandbox',
    'sandbox',
  ],
  [
    '[1, 2].all(i, i == 1 ? av.score > 5.0 : sandbox.score > 5.0)',
    'av sandbox',
    'sandbox',
    '',
    'av',
    '',
    'sandbox',
    'sandbox',
  ],
  ['av.score in [9.0, 1.0]', 'av', '', '', 'av', 'av', '', ''],
]

const MISSING = [
  {},
  { av: HIGH },
  { av: LOW },
  { sandbox: HIGH },
  { sandbox: LOW },
  { av: FAILED },
  { av: NONE },
] as const

for (const [when, ...needs] of TABLE) {
  test(`what is needed for ${when}`, () => {
    const ruleset = rulesetOf([when, 'bad'])

    const asked = MISSING.map((roles) => evaluate(ruleset, { roles }).needs.toSorted().join(' '))

    assert.deepEqual(asked, needs)
  })
}

test('what was asked for already is not asked for again, and what else matters is', () => {
  const ruleset = rulesetOf(['av.score > 5.0 && sandbox.score > 5.0', 'bad'])

  assert.deepEqual(evaluate(ruleset, { roles: { av: PENDING } }).needs, ['sandbox'])
})
