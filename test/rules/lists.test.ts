import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '../../src/core/index.ts'
import { loadFiles, loadText, outcomeOf, refusedFiles } from './harness.ts'

const HASH = 'ab'.repeat(32)

/** Whether a rule with this condition applies, where these lists are. */
function applies(lists: string, when: string, sample: Partial<Sample>, sender = 'a@example.org'): boolean {
  const ruleset = loadText(
    `lists:\n  x: ${lists}\nrules:\n  - { id: r, verdict: bad, when: ${JSON.stringify(when)} }\n`,
  )
  return outcomeOf(ruleset, { sample, message: { sender } }) === 'bad by r'
}

test('a list of strings holds exactly its entries, or regardless of case', () => {
  assert.ok(applies('[text/html, text/plain]', 'sample.type in lists.x', { type: 'text/html' }))
  assert.ok(!applies('[text/html]', 'sample.type in lists.x', { type: 'text/HTML' }))
  assert.ok(!applies('[text/html]', 'sample.type in lists.x', { type: 'text/htm' }))
  assert.ok(applies('{ strings: [Straße, invoice], ignoreCase: true }', 'sample.name in lists.x', { name: 'STRASSE' }))
  assert.ok(applies('{ strings: [invoice], ignoreCase: true }', 'sample.name in lists.x', { name: 'ınvoıce' }))
})

test('the entries of a list of strings can be looked at one by one', () => {
  assert.ok(applies("['.exe', '.scr']", 'lists.x.exists(e, sample.name.endsWithIgnoreCase(e))', { name: 'a.SCR' }))
  assert.ok(!applies("['.exe', '.scr']", 'lists.x.exists(e, sample.name.endsWithIgnoreCase(e))', { name: 'a.txt' }))
})

test('a list of patterns holds what any of them is found in', () => {
  assert.ok(applies(`{ patterns: ['^inv.*\\.exe$', zip] }`, 'sample.name in lists.x', { name: 'invoice.exe' }))
  assert.ok(applies('{ patterns: [ZIP], ignoreCase: true }', 'sample.name in lists.x', { name: 'a.zip.b' }))
  assert.ok(!applies('{ patterns: [ZIP] }', 'sample.name in lists.x', { name: 'a.zip.b' }))
})

test('a list of hashes does not mind how digests are written', () => {
  assert.ok(applies(`{ hashes: ['${HASH.toUpperCase()}'] }`, 'sample.sha256 in lists.x', { sha256: HASH }))
  assert.ok(!applies(`{ hashes: ['${HASH}'] }`, 'sample.sha256 in lists.x', { sha256: `${HASH.slice(2)}cd` }))
})

test('a list of domains holds addresses in them and below them, and nothing that only ends alike', () => {
  const domains = '{ domains: [example.org, "*.gov.example", .bücher.example] }'
  const found = (sender: string) => applies(domains, 'message.sender in lists.x', {}, sender)

  for (const inside of [
    'a@example.org',
    'a@MAIL.Example.ORG.',
    'a@x.y.gov.example',
    'gov.example',
    'a@xn--bcher-kva.example',
  ])
    assert.ok(found(inside), inside)
  assert.ok(found('a@bücher.example'))
  for (const outside of ['a@badexample.org', 'a@example.org.evil.test', 'example.org@evil.test', 'a@org', ''])
    assert.ok(!found(outside), outside)
  assert.ok(found(`a@${'x.'.repeat(100_000)}example.org`))
})

test('entries stand in files, with comments, beside entries written in the rules', () => {
  const ruleset = loadFiles(
    {
      'site/a.yaml':
        'lists:\n  bad: { hashes: { file: bad.sha256 } }\n  names: [one, { file: more/names.txt }]\nrules:\n' +
        '  - { id: hash, verdict: bad, when: sample.sha256 in lists.bad }\n' +
        '  - { id: name, verdict: suspicious, when: sample.name in lists.names }\n',
    },
    {
      'site/bad.sha256': `\ufeff# known\r\n${HASH}  invoice.exe\r\n\r\n`,
      'site/more/names.txt': '  two words \n#three\n',
    },
  )

  assert.equal(outcomeOf(ruleset, { sample: { sha256: HASH } }), 'bad by hash')
  assert.equal(outcomeOf(ruleset, { sample: { name: 'two words' } }), 'suspicious by name')
  assert.equal(outcomeOf(ruleset, { sample: { name: 'one' } }), 'suspicious by name')
  assert.equal(outcomeOf(ruleset, { sample: { name: '#three' } }), 'unknown by (none)')
  assert.deepEqual(
    ruleset.lists.map(({ name, kind, size, line }) => [name, kind, size, line]),
    [
      ['bad', 'hashes', 1, 2],
      ['names', 'strings', 2, 3],
    ],
  )
})

test('the version of a ruleset follows the files that its lists stand in', () => {
  const rules = { 'a.yaml': 'lists: { x: { strings: { file: x.txt } } }\n' }

  assert.notEqual(loadFiles(rules, { 'x.txt': 'a\n' }).version, loadFiles(rules, { 'x.txt': 'b\n' }).version)
})

const RULE = 'rules:\n  - { id: r, verdict: bad, when: sample.name in lists.x }\n'

test('a site adds to a list that came with the filter, or puts its own in its place', () => {
  const shipped = `lists:\n  x: [a, b]\n${RULE}`
  const name = (site: string, value: string) =>
    outcomeOf(loadFiles({ 'site.yaml': site, 'shipped/x.yaml': shipped }), { sample: { name: value } })

  assert.equal(name('lists: { x: { strings: [c], add: true } }', 'c'), 'bad by r')
  assert.equal(name('lists: { x: { strings: [c], add: true } }', 'a'), 'bad by r')
  assert.equal(name('lists: { x: { strings: [c], instead: true } }', 'c'), 'bad by r')
  assert.equal(name('lists: { x: { strings: [c], instead: true } }', 'a'), 'unknown by (none)')
})

test('a rule whose list the site changed is not refused because of its own cases, but tells them', () => {
  const shipped = `lists:\n  x: [a]\nrules:\n  - { id: r, verdict: bad, when: sample.name in lists.x, tests: [{ facts: { sample: { name: a } }, expect: bad }] }\n`

  const ruleset = loadFiles({ 's.yaml': 'lists: { x: { strings: [c], instead: true } }', 'shipped/x.yaml': shipped })

  assert.deepEqual(
    ruleset.test().map(({ passed }) => passed),
    [false],
  )
})

const REFUSED: readonly (readonly [what: string, files: Record<string, string>, problems: readonly string[]])[] = [
  [
    'a file of a list that is not there',
    { 'd/a.yaml': 'lists:\n  x: { hashes: { file: ../no.txt } }\n' },
    ['d/a.yaml:2:24: no.txt cannot be read: there is no such file; names are meant from the folder of this file'],
  ],
  [
    'an entry in a file that is none',
    { 'a.yaml': 'lists:\n  x: { hashes: { file: h.txt } }\n', 'h.txt': `${HASH}\n  abc  x\n` },
    ['h.txt:2:3: "abc" is no SHA-256 digest; only SHA-256 is measured: 64 hex digits'],
  ],
  [
    'a pattern that is not valid',
    { 'a.yaml': "lists:\n  x: { patterns: [ok, '('] }\n" },
    [
      'a.yaml:2:23: the pattern is not valid: missing closing ): `(`; patterns are RE2: no look-around, no back-references',
    ],
  ],
  [
    'a domain that is none',
    { 'a.yaml': 'lists:\n  x: { domains: [a..b] }\n' },
    ['a.yaml:2:18: "a..b" is no domain; write example.org; what lies below it is meant too'],
  ],
  [
    'a list of two kinds',
    { 'a.yaml': 'lists:\n  x: { hashes: [], strings: [] }\n' },
    ['a.yaml:2:3: the list must be of one kind; write one of strings, patterns, hashes, domains'],
  ],
  [
    'a kind that does not exist',
    { 'a.yaml': 'lists:\n  x: { domain: [a.example] }\n' },
    [
      'a.yaml:2:8: a list has no key "domain"; did you mean "domains"?',
      'a.yaml:2:3: the list must be of one kind; write one of strings, patterns, hashes, domains',
    ],
  ],
  [
    'a name that conditions could not write',
    { 'a.yaml': 'lists:\n  my-list: [a]\n' },
    ['a.yaml:2:3: "my-list" is no name of a list; use letters, digits and _, a letter first'],
  ],
  [
    'a list that is not there',
    { 'a.yaml': `lists: { xs: [a] }\n${RULE}` },
    ['a.yaml:3:55: lists has no field "x"; did you mean "xs"?'],
  ],
  [
    'a list that another file has',
    { 'a.yaml': 'lists: { x: [a] }\n', 'b.yaml': '\nlists: { x: [b] }\n' },
    ['b.yaml:2:10: the list "x" is taken; a.yaml:1 has it already; write add: true or instead: true to change it'],
  ],
  [
    'a change of a list that is not there',
    { 'a.yaml': 'lists: { xs: [a], x: { strings: [b], add: true } }\n' },
    ['a.yaml:1:19: there is no list "x" to change; did you mean "xs"?'],
  ],
  [
    'an addition of another kind',
    { 'a.yaml': 'lists: { x: [a] }\n', 'b.yaml': 'lists: { x: { domains: [a.example], add: true } }\n' },
    ['b.yaml:1:10: the list "x" is of strings, not domains; add the same kind'],
  ],
  [
    'a list of patterns looked at one by one',
    { 'a.yaml': 'lists: { x: { patterns: [a] } }\nrules:\n- { id: r, verdict: bad, when: "lists.x.size() > 1" }\n' },
    ['a.yaml:3:33: a list of patterns can only be asked whether a text is in it; write x in lists.x'],
  ],
  [
    'all lists as one value',
    { 'a.yaml': 'lists: { x: [a] }\nrules:\n- { id: r, verdict: bad, when: "[lists].size() > 1" }\n' },
    ['a.yaml:3:34: "lists" is no value of its own; write x in lists.NAME'],
  ],
]

for (const [what, files, problems] of REFUSED) {
  test(`${what} is refused, with its place and a remedy`, () => {
    const isRules = ([path]: [string, string]) => path.endsWith('.yaml')
    const named = Object.entries(files).filter((one) => !isRules(one))

    assert.deepEqual(
      refusedFiles(Object.fromEntries(Object.entries(files).filter(isRules)), Object.fromEntries(named)),
      problems,
    )
  })
}
