import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUILT_SAMPLES } from '../../facts/type/samples/index.ts'
import { carried, ends, loaded, report, withExpressions } from './harness.ts'

const EXE = BUILT_SAMPLES.find(({ type }) => type === 'application/vnd.microsoft.portable-executable')?.genuine[0]
const exe = { name: 'a.exe', bytes: EXE ?? assert.fail('no program') }

test('-> fail makes the outcome failed, and only where it applies', (t) => {
  const ruleset = loaded(carried(t, withExpressions('sample.filename == "a.exe" -> fail')).items)

  assert.equal(ends(ruleset, exe), 'failed(rule-error)')
  assert.equal(ends(ruleset, { ...exe, name: 'b.exe' }), 'unknown by (none)')
})

test('the first expression that holds decides', (t) => {
  const text = withExpressions(
    'sample.file_size > 1000000 -> bad',
    '"application/x-dosexec" == filereport.type_by_content -> unknown',
    'sample.file_size > 0 -> bad',
  )

  const ruleset = loaded(carried(t, text).items)

  assert.equal(ends(ruleset, { ...exe, name: 'a.txt' }), 'unknown by peekabooav-expression-2')
  assert.equal(ends(ruleset, { name: 'a.txt', bytes: 'words' }), 'bad by peekabooav-expression-3')
})

test('nobody passes by what the sender says, however it is said', (t) => {
  const passing = [
    'True',
    'sample.filename == "a.exe"',
    'sample.type_declared == "image/png" and sample.content_disposition == "inline"',
    '{sample.type_declared, filereport.type_by_name} <= {"image/png"}',
    '"image/png" in filereport.mime_types',
    'sample.filename == "a.exe" or filereport.type_by_content == "image/png"',
    'not sample.filename == "b"',
    '{sample.type_declared} & filereport.mime_types <= {"image/png"}',
    'not {sample.type_declared} isdisjoint {"image/png", "application/x-dosexec"}',
    'sample.filename == "a.exe" and not olereport.has_office_macros',
    'sample.filename == "a.exe" and olereport.has_office_macros == False',
    'knownreport.worst == None',
  ]
  for (const condition of passing) {
    for (const result of ['ignore', 'good', 'unknown']) {
      const { items, problems } = carried(t, withExpressions(`${condition} -> ${result}`, 'True -> bad'))
      assert.deepEqual(problems, [], condition)
      for (const name of ['a.exe', 'a.png']) {
        const sent = { ...exe, name, declared: 'image/png', disposition: 'inline' }
        assert.equal(ends(loaded(items), sent), 'bad by peekabooav-expression-2', `${condition} -> ${result}`)
      }
    }
  }
})

test('a rule that refuses and cannot be carried over leaves a question, which nothing later lets pass', (t) => {
  const refusing = [
    'sample.content == "x"',
    'filereport.type_as_text == "x"',
    '/(?=a)b/ == sample.filename',
    'cuckooreport.requested_domains == ["a.example"]',
    'cortexreport.VirusTotalQueryReport.level == "malicious"',
    'sample.filename < 5',
    '~sample.file_size == 1',
    'filereport.type_by_content == /application.*/',
    '["a"] == ["a"]',
  ]
  for (const condition of refusing) {
    const { items, problems } = carried(t, withExpressions(`${condition} -> bad`, 'sample.file_size > 0 -> good'))
    assert.deepEqual(problems, [], condition)
    assert.equal(items.find(({ what }) => what.endsWith('.0'))?.how, 'guarded', condition)
    assert.equal(ends(loaded(items), { name: 'a.txt', bytes: 'words' }), 'unanalysed(peekabooav)', condition)
  }
})

test('a result that is looked up is a question', (t) => {
  const { items } = carried(t, withExpressions('sample.file_size > 0 -> knownreport.worst_result'))

  assert.equal(ends(loaded(items), exe), 'unanalysed(peekabooav)')
})

test('rules that were off by default and have no fact are guarded, macros only where there can be any', (t) => {
  const text =
    '[rules]\nrule.1: office_macro\nrule.2: office_macro_with_suspicious_keyword\n[office_macro_with_suspicious_keyword]\nkeyword.1: AutoOpen\n'
  const { items } = carried(t, text)

  assert.deepEqual(
    items.slice(1).map(({ how }) => how),
    ['guarded', 'guarded'],
  )
  assert.equal(ends(loaded(items), exe), 'unanalysed(peekabooav)')
  assert.equal(ends(loaded(items), { name: 'a.doc', bytes: 'only words\n' }), 'unknown by (none)')
})

test('a list of domains is guarded, each of them', (t) => {
  const text =
    '[rules]\nrule.1: requests_evil_domain\n[requests_evil_domain]\ndomain.1: a.example\ndomain.2: b.example\n'
  const { items } = carried(t, text)

  assert.equal(items.filter(({ how }) => how === 'guarded').length, 2)
  assert.equal(ends(loaded(items), exe, report(0)), 'unanalysed(peekabooav)')
})

test('a list that must have entries, a rule that nobody has and numbers that are none are refused with their line', (t) => {
  const text =
    '[rules]\nrule.1: file_type_on_whitelist\nrule.2: cuckoo_scor\nrule.3: file_larger_than\nrule.4: file_larger_than\n[file_larger_than]\nbytes: -3\n'
  const { problems } = carried(t, text)

  assert.deepEqual(problems.map(({ place, message }) => [place.line, message.replace(/:.*/, '')]).sort(), [
    [2, 'the rule file_type_on_whitelist needs whitelist.1 in [file_type_on_whitelist]'],
    [3, 'there is no rule "cuckoo_scor"'],
    [5, 'the rule file_larger_than is enabled twice'],
    [7, '[file_larger_than] bytes'],
    [7, '[file_larger_than] bytes'],
  ])
})

test('without a list of rules the switches of old versions count', (t) => {
  const text =
    '[known]\nenabled: yes\n[cuckoo_score]\nhigher_than: 6\n[requests_evil_domain]\nenabled: no\ndomain.1: a.example\n'
  const { items, problems } = carried(t, text)

  assert.deepEqual(problems, [])
  assert.deepEqual(
    items.map(({ what, how }) => `${what}: ${how}`),
    [
      'the test strings: changed',
      'rule known: changed',
      '[cuckoo_score] higher_than: exact',
      '[requests_evil_domain] enabled: moot',
      '[requests_evil_domain] domain.1: moot',
    ],
  )
})
