import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadRuleset } from '../../src/rules/index.ts'
import { evaluate, FAILED, loadText, outcomeOf, reported, rulesetOf } from './harness.ts'

test('a ruleset tells its rules with verdict, reason, roles and place', () => {
  const ruleset = loadText(
    [
      '- id: a',
      '  when: sample.size > 3',
      '  verdict: good',
      '  reason: Small enough',
      '- id: b',
      '  when: sandbox.score > 5.0 || av.failed',
      '  verdict: bad',
    ].join('\n'),
  )

  const same = { tags: [], samples: ['attachment'], cases: 0, shipped: false, file: 'rules/x.yaml' }
  assert.deepEqual(ruleset.rules, [
    { id: 'a', verdict: 'good', reason: 'Small enough', when: 'sample.size > 3', roles: [], line: 1, ...same },
    {
      id: 'b',
      verdict: 'bad',
      reason: 'b',
      when: 'sandbox.score > 5.0 || av.failed',
      roles: ['av', 'sandbox'],
      line: 5,
      ...same,
    },
  ])
})

test('rules of several files are evaluated in the order of the files', () => {
  const file = (path: string, verdict: string) => ({
    path,
    text: `- id: ${path}\n  when: "true"\n  verdict: ${verdict}\n`,
  })

  const ruleset = loadRuleset([file('b', 'bad'), file('a', 'good')], { roles: [] })

  assert.equal(outcomeOf(ruleset), 'bad by b')
})

test('the version follows content, order and roles, and nothing else', () => {
  const one = { path: '1', text: '- id: a\n  when: "true"\n  verdict: bad\n' }
  const two = { path: '2', text: '- id: b\n  when: "true"\n  verdict: good\n' }
  const version = (files: readonly (typeof one)[], roles: string[] = []) => loadRuleset(files, { roles }).version

  assert.equal(version([one, two]), version([{ ...one, path: 'elsewhere' }, two]))
  const different = [
    version([one, two]),
    version([two, one]),
    version([one]),
    version([{ ...one, text: `${one.text}${two.text}` }]),
    version([one, two], ['av']),
  ]
  assert.equal(new Set(different).size, different.length)
})

test('a condition may be written as true, without quotes', () => {
  assert.equal(outcomeOf(loadText('- id: a\n  when: true\n  verdict: good\n')), 'good by a')
})

test("a rule's own test that fails is told with its place, what was expected and what came", () => {
  const ruleset = loadText(
    [
      '- id: a',
      '  when: sample.size > 10 && av.score > 5.0',
      '  verdict: bad',
      '  tests:',
      '    - { facts: { sample: { size: 11 } }, reports: { av: { score: 6 } }, expect: bad }',
      '    - { facts: { sample: { size: 11 } }, reports: { av: { score: 5 } }, expect: bad }',
      '    - { facts: { sample: { size: 10 } }, expect: none }',
      '    - { facts: { sample: { size: 11 } }, expect: pending }',
      '    - { facts: { sample: { size: 11 } }, reports: { av: failed }, expect: failed }',
      '    - { facts: { sample: { size: 11 } }, reports: { av: none }, expect: unanalysed }',
      '    - { facts: { sample: { size: 11 } }, reports: { av: { families: [x] } }, expect: none }',
    ].join('\n'),
    { failingCases: 'tell' },
  )

  assert.deepEqual(
    ruleset.test().map(({ line, passed, expected, got, detail }) => ({ line, passed, expected, got, detail })),
    [
      { line: 5, passed: true, expected: 'bad', got: 'bad', detail: '' },
      { line: 6, passed: false, expected: 'bad', got: 'none', detail: '' },
      { line: 7, passed: true, expected: 'none', got: 'none', detail: '' },
      { line: 8, passed: true, expected: 'pending', got: 'pending', detail: 'av' },
      { line: 9, passed: true, expected: 'failed', got: 'failed', detail: 'av failed' },
      { line: 10, passed: true, expected: 'unanalysed', got: 'unanalysed', detail: '' },
      { line: 11, passed: false, expected: 'none', got: 'failed', detail: 'the report does not say av.score' },
    ],
  )
})

test('explaining tells rule by rule what was looked at and why it applied or not', () => {
  const ruleset = rulesetOf(
    ['sample.size > 1000', 'bad'],
    ['av.score > 5.0 || sandbox.link == "x"', 'bad'],
    ['lookup.score > 5.0 && sample.names.exists(n, n.value == "notes.txt")', 'suspicious'],
    ['sample.depth == 0', 'suspicious'],
    ['true', 'ignored'],
  )
  const roles = { av: FAILED, sandbox: reported({ score: 1 }), lookup: { state: 'unmapped' } } as const

  const { trace } = evaluate(ruleset, { roles }, true)

  assert.deepEqual(
    trace?.map(({ rule, result, decided, detail, looked }) => ({
      rule,
      result,
      decided,
      detail,
      looked: looked.map(({ path, value }) => `${path}: ${value}`),
    })),
    [
      { rule: 'r1', result: 'did not apply', decided: false, detail: undefined, looked: ['sample.size: 100'] },
      {
        rule: 'r2',
        result: 'failed',
        decided: false,
        detail: 'av failed',
        looked: ['av.score: av failed', 'sandbox.link: the report does not say sandbox.link'],
      },
      {
        rule: 'r3',
        result: 'unanalysed',
        decided: false,
        detail: undefined,
        looked: [
          'lookup.score: not analysed: no analyzer',
          'sample.names: [{"value":"notes.txt","origin":"disposition.filename"}]',
        ],
      },
      { rule: 'r4', result: 'applied', decided: false, detail: undefined, looked: ['sample.depth: 0'] },
      { rule: 'r5', result: 'not reached', decided: false, detail: undefined, looked: [] },
    ],
  )
})

test('explaining names the bad rule that overrules a report, and shortens long values', () => {
  const ruleset = rulesetOf(['sandbox.score < 1.0', 'good'], ['sample.name.size() > 500', 'bad'])
  const roles = { sandbox: reported({ score: 0 }) }

  const { outcome, trace } = evaluate(ruleset, { sample: { name: 'n'.repeat(600) }, roles }, true)

  assert.equal(outcome.kind === 'decided' && outcome.rule, 'r2')
  assert.deepEqual(
    trace?.map(({ result, decided }) => [result, decided]),
    [
      ['applied', false],
      ['applied', true],
    ],
  )
  assert.equal(trace?.[1]?.looked[0]?.value.length, 201)
})

test('evaluating leaves the facts as they are and keeps nothing between samples', () => {
  const ruleset = rulesetOf(['sample.names.exists(n, n.value == "x") || sample.names[0].value == "y"', 'bad'])
  const names = Object.freeze([Object.freeze({ value: 'x', origin: 'o' })])

  assert.equal(outcomeOf(ruleset, { sample: { names } }), 'bad by r1')
  assert.equal(outcomeOf(ruleset), 'unknown by (none)')
  assert.equal(outcomeOf(ruleset, { sample: { names } }), 'bad by r1')
})

test('a rule is asked about attachments, and about texts and messages only where it says so', () => {
  const ruleset = loadText(
    [
      '- id: usual',
      '  when: sandbox.score > 5.0',
      '  verdict: bad',
      '- id: texts',
      '  samples: [body]',
      '  when: sample.size > 50',
      '  verdict: suspicious',
    ].join('\n'),
  )

  assert.deepEqual(
    (['attachment', 'body', 'message'] as const).map((role) => [ruleset.looksAt(role), role]),
    [
      [true, 'attachment'],
      [true, 'body'],
      [false, 'message'],
    ],
  )
  assert.equal(outcomeOf(ruleset, { sample: { role: 'attachment' } }), 'pending(sandbox)')
  assert.equal(outcomeOf(ruleset, { sample: { role: 'body' } }), 'suspicious by texts')
  assert.equal(outcomeOf(ruleset, { sample: { role: 'body', size: 1 } }), 'ignored by (none)')
  assert.equal(outcomeOf(ruleset, { sample: { role: 'message' } }), 'ignored by (none)')
})
