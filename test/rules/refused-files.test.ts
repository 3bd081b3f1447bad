import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadRuleset, RulesetError } from '../../src/rules/index.ts'
import { loadText, problemsOf } from './harness.ts'

function told(text: string): string[] {
  return problemsOf(text).map(({ line, column, message, remedy }) => `${line}:${column}: ${message}; ${remedy}`)
}

const good = '- id: a\n  when: "true"\n  verdict: bad\n'

const CASES: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  [
    'a file that is no list',
    'id: a\nwhen: "true"\n',
    [
      '1:1: a rule file must be a list of rules, or a map of include, lists, define, off, rules, not a rule; begin each rule with "- "',
    ],
  ],
  ['a rule that is no map', '- a\n', ['1:3: a rule must be a map of keys, not "a"; ']],
  [
    'a rule without id, condition and verdict',
    '- reason: x\n',
    [
      '1:3: the rule has no id; write id: …',
      '1:3: the rule has no when; write when: …',
      '1:3: the rule has no verdict; write verdict: …',
    ],
  ],
  ['an unknown key', `${good}  tets: []\n`, ['4:3: a rule has no key "tets"; did you mean "tests"?']],
  [
    'a key twice',
    '- id: a\n  id: b\n',
    ['2:3: this is no YAML that can be read: map keys must be unique; write each key once'],
  ],
  [
    'an unknown verdict',
    '- id: a\n  when: "true"\n  verdict: bda\n',
    ['3:12: "bda" is no verdict; did you mean "bad"?'],
  ],
  [
    'a failure as a verdict',
    '- id: a\n  when: "true"\n  verdict: failed\n',
    ['3:12: "failed" is no verdict; write one of: bad, suspicious, good, ignored, unknown'],
  ],
  [
    'an id with blanks',
    '- id: A b\n  when: "true"\n  verdict: bad\n',
    ['1:7: "A b" is no id; use up to 64 small letters, digits, dots and dashes'],
  ],
  ['a condition that is empty', '- id: a\n  when:\n  verdict: bad\n', ['2:8: when must be text, not nothing; ']],
  ['a condition that is a list', '- id: a\n  when: [x]\n  verdict: bad\n', ['2:9: when must be text, not a list; ']],
  [
    'a hole in a reason that names an unknown field',
    `${good}  reason: 'it''s {{sample.nme}}'\n`,
    ['4:27: sample has no field "nme"; did you mean "name"?'],
  ],
  [
    'a condition that YAML reads as something else',
    `- id: a\n  when: 'x' in sample.types\n  verdict: bad\n`,
    [
      '2:13: this is no YAML that can be read: unexpected scalar at node end; a condition that begins with a quote or a bracket stands in double quotes, or on lines of its own after >',
    ],
  ],
  [
    'a second document',
    `${good}---\n${good}`,
    [
      '4:1: this is no YAML that can be read: source contains multiple documents; put the rules of the second document into a file of their own',
    ],
  ],
  [
    'a tab as indentation',
    '- id: a\n\twhen: "true"\n',
    ['2:2: this is no YAML that can be read: unexpected scalar at node end; indent with spaces'],
  ],
  [
    'a tag',
    '- !!js/function x\n',
    ['1:3: this is no YAML that can be read: unresolved tag: tag:yaml.org,2002:js/function; '],
  ],
  [
    'a kind of sample that is none',
    `${good}  samples: [attachment, bodies]\n`,
    ['4:25: "bodies" is no kind of sample; write some of: attachment, body, message'],
  ],
  [
    'a merge of maps',
    `${good}  <<: { reason: x }\n`,
    [
      '4:3: a rule has no key "<<"; its keys are: id, samples, when, verdict, reason, severity, tags, before, after, instead, tests',
    ],
  ],
]

for (const [what, text, problems] of CASES) {
  test(`${what} is refused, with its place and a remedy`, () => {
    assert.deepEqual(told(text), problems)
  })
}

test('a bomb of aliases is refused at its first alias', () => {
  const levels = Array.from({ length: 30 }, (_, i) => `- &a${i + 1} [${`*a${i},`.repeat(9)}]`)

  assert.deepEqual(told(['- &a0 [x]', ...levels].join('\n')), [
    '2:8: the alias *a0 is not taken in rule files; write it out',
  ])
})

test('YAML that is nested without end is refused, not followed', () => {
  for (const text of ['['.repeat(30_000), '- '.repeat(20_000), '{a: '.repeat(5000)]) {
    assert.match(told(text)[0] ?? '', /this is no YAML that can be read/)
  }
})

test('an id that another file has is refused, naming the other place', () => {
  const files = [
    { path: 'rules/10.yaml', text: good },
    { path: 'rules/20.yaml', text: `# my own\n${good}` },
  ]

  assert.throws(() => loadRuleset(files, { roles: [] }), {
    name: 'RulesetError',
    message: [
      'rules/20.yaml:2:7: the id "a" is taken; rules/10.yaml:1 has it already; write instead: a to take its place',
      '    - id: a',
      '          ^',
    ].join('\n'),
  })
})

test('a role that no condition could name is refused', () => {
  for (const role of ['my-sandbox', 'sample', 'in', '']) {
    assert.throws(
      () => loadText(good, { roles: [role] }),
      new RegExp(`^RulesetError: roles: the role "${role}" cannot be named`),
    )
  }
})

test('all problems of all files are told at once', () => {
  const text = '- id: a\n  when: sample.tpye == "x"\n  verdict: bda\n'
  const files = ['1.yaml', '2.yaml'].map((path) => ({ path, text }))

  assert.throws(
    () => loadRuleset(files, { roles: [] }),
    (error) =>
      error instanceof RulesetError &&
      error.problems.map(({ file, line }) => `${file}:${line}`).join() === '1.yaml:3,1.yaml:2,2.yaml:3,2.yaml:2',
  )
})

test('a file with Windows line ends and a byte order mark is read, and its places are right', () => {
  assert.deepEqual(told('\ufeff- id: a\r\n  when: sample.tpye == "x"\r\n  verdict: bad\r\n'), [
    '2:16: sample has no field "tpye"; did you mean "type"?',
  ])
})

test('a file without rules is a file without rules', () => {
  assert.deepEqual(loadText('').rules, [])
  assert.deepEqual(loadText('# nothing yet\n').rules, [])
})

const CASE_FILE = (one: string) => `${good}  tests:\n    - ${one}\n`
const REFUSED_CASES: readonly (readonly [what: string, one: string, problems: readonly string[]])[] = [
  [
    'an unknown fact',
    '{ facts: { sample: { sise: 3 } }, expect: bad }',
    ['5:28: sample has no key "sise"; did you mean "size"?'],
  ],
  [
    'an unknown root',
    '{ facts: { mesage: {} }, expect: bad }',
    ['5:18: facts has no key "mesage"; did you mean "message"?'],
  ],
  [
    'a wrong kind of value',
    '{ facts: { sample: { size: 1.5, type: 5, names: [{ value: true }], depth: x } }, expect: bad }',
    [
      '5:34: sample.size must be a whole number, not 1.5; ',
      '5:45: sample.type must be text, not 5; put it in quotes',
      '5:65: sample.names[0].value must be text, not true; put it in quotes',
      '5:81: sample.depth must be a whole number, not "x"; ',
    ],
  ],
  [
    'an unknown field of a report',
    '{ reports: { av: { scor: 3 } }, expect: bad }',
    ['5:26: av has no key "scor"; did you mean "score"?'],
  ],
  [
    'a role that is not configured',
    '{ reports: { sanbox: pending }, expect: bad }',
    ['5:20: reports has no key "sanbox"; did you mean "sandbox"?'],
  ],
  [
    'an unknown state of a role',
    '{ reports: { av: maybe }, expect: bad }',
    [
      '5:24: av must be a report or a word, not "maybe"; write a report such as { score: 5 }, or one of pending, failed, none, capped',
    ],
  ],
  [
    'a verdict that the rule cannot give',
    '{ expect: good }',
    ['5:17: this rule can never come to "good"; write expect: with one of: bad, none, pending, failed, unanalysed'],
  ],
  [
    'a test that expects nothing',
    '{ facts: {} }',
    ['5:7: the test does not say what it expects; write expect: with one of: bad, none, pending, failed, unanalysed'],
  ],
]

for (const [what, one, problems] of REFUSED_CASES) {
  test(`${what} in a rule's own test is refused, with its place and a remedy`, () => {
    assert.deepEqual(told(CASE_FILE(one)), problems)
  })
}
