/** Malware families of findings, and what an operator decided about a container. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadText, messageWith, reported, rulesetOf, sampleWith } from './harness.ts'

test('a rule may ask for the family of a finding, and a report that does not tell it makes the rule fail', () => {
  const ruleset = rulesetOf(["sandbox.findings.exists(f, f.family == 'Emotet')", 'bad'])
  const ask = (family: { readonly family?: string }) => {
    const findings = [{ id: 'loader', severity: 9, description: '', ...family }]
    const roles = new Map([['sandbox', reported({ findings })]])
    return ruleset.evaluate({ sample: sampleWith(), message: messageWith(), roles }).outcome
  }

  const [emotet, other, untold] = [ask({ family: 'Emotet' }), ask({ family: 'Dridex' }), ask({})]

  assert.equal(emotet.kind === 'decided' && emotet.rule, 'r1')
  assert.equal(other.kind === 'decided' && other.rule, '(none)')
  assert.equal(untold.kind === 'failed' && untold.cause, 'report-incomplete')
})

test('a rule may allow what lies in a container that an operator allowed, and say why', () => {
  const ruleset = loadText(`
- id: within-allowed
  when: tree.parents.exists(p, p.override == 'allow')
  verdict: ignored
  reason: "allowed: {{tree.parents.filter(p, p.override == 'allow')[0].overrideReason}}"
- id: other
  when: history.families.exists(f, f == 'Emotet')
  verdict: bad
`)
  const neighbour = { path: '2', name: 'a.zip', type: 'application/zip', groups: ['archive'] }
  const history = { known: false, count: 0, firstSeenHours: 0, lastSeenHours: 0, families: ['Emotet'] }
  const within = (override: string) => {
    const parents = [{ ...neighbour, override, overrideReason: override && 'payroll' }]
    const tree = { parents, siblings: [], siblingCount: 0, position: 1 }
    const given = { sample: sampleWith(), message: messageWith(), roles: new Map(), tree, history }
    return ruleset.evaluate(given).outcome
  }

  const [allowed, judged] = [within('allow'), within('')]

  assert.deepEqual(allowed.kind === 'decided' && [allowed.rule, allowed.reason], ['within-allowed', 'allowed: payroll'])
  assert.equal(judged.kind === 'decided' && judged.rule, 'other')
})
