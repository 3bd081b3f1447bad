/** Rule files that an operator may write by mistake, or somebody on purpose: problems with their places, or a ruleset that works. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { formatRulesetProblem, loadRuleset, type Ruleset, RulesetError } from '../../src/rules/index.ts'
import type { Random } from '../bench/random.ts'
import { evaluate, ROLES, reported } from '../rules/harness.ts'
import { memoryWatch } from './memory.ts'
import { linesOf } from './mutate.ts'
import type { Attack, Target } from './target.ts'
import { pick } from './target.ts'
import { mutateYaml } from './yaml-text.ts'

const SHIPPED = new URL('../../rules/', import.meta.url)
const OWN = `
- id: macro
  when: >-
    sample.name.endsWith('.doc') && sandbox.score >= 5.0 || lookup.failed ||
    sample.names.exists(n, n.value.matches('(?i)^invoice[0-9]+'))
  verdict: suspicious
  reason: "quoted \\u00e4"
  tests:
    - { facts: { sample: { name: a.doc }, sandbox: { score: 7 } }, expect: suspicious }
    - facts:
        sample: { types: [application/msword, text/plain], anomalies: [{ name: x, severity: suspicious, offset: 1 }] }
      expect: none
- id: folded
  when: |
    message.attachments > 3 && [1, 2, 3].all(x, x < 4) ? av.findings.size() == 0 : !('a' in sample.types)
  verdict: unknown
`

/** CEL and YAML that a mutation puts together anew. */
const WORDS = [
  ...['sandbox.score', 'sample.name', 'message.recipients', 'av.failed', 'lookup.findings', '.exists(x, x == 1)'],
  ...['.all(', '.filter(', '.map(x, x)', '.matches("(a+)+$")', '.size()', ' && ', ' || ', ' ? ', ' : ', ' in ', '!'],
  ...['has(', '1u', '0x7f', '-9223372036854775808', '1e400', 'b"\\xff"', 'r"\\"', '"\\u{110000}"', '{"a": 1}', '[[['],
  ...['id: a', 'when: ', 'verdict: bad', 'tests: ', 'expect: good', 'facts: ', '((((((((((', '/ 0', '% 0', '\\'],
]

/** The loader of rule files. */
export const rules: Target = { name: 'rules', make, open }

const seeds = [
  OWN,
  ...readdirSync(SHIPPED)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, SHIPPED), 'utf8')),
].map(linesOf)

function make(random: Random): Buffer {
  return mutateYaml(pick(random, seeds), random, WORDS)
}

async function open(): Promise<Attack> {
  const watch = memoryWatch()
  return { check, settle: watch, close: async () => undefined }
}

async function check(input: Buffer): Promise<void> {
  const before = process.threadCpuUsage().user
  const text = input.toString('utf8')
  try {
    use(loadRuleset([{ path: 'rules/x.yaml', text }], { roles: ROLES }))
  } catch (error) {
    if (!(error instanceof RulesetError)) throw error
    checkPlaces(error, text)
  }
  const ms = (process.threadCpuUsage().user - before) / 1000
  assert.ok(ms < 1000 + input.length / 20, `${input.length} bytes took ${ms} ms of processor time`)
}

/** What was accepted can be evaluated and tested without an error. */
function use(ruleset: Ruleset): void {
  for (const roles of [{}, { sandbox: reported({ score: 7 }), av: reported(), lookup: reported() }])
    evaluate(ruleset, { roles }, true)
  ruleset.test()
}

function checkPlaces(error: RulesetError, text: string): void {
  assert.ok(error.problems.length > 0, 'refused without a problem')
  const lines = text.split('\n').length
  for (const problem of error.problems) {
    assert.ok(problem.line >= 1 && problem.line <= lines && problem.column >= 1, 'a problem outside of the text')
    assert.ok(formatRulesetProblem(problem).length < 20_000, 'a problem that nobody reads')
  }
}
