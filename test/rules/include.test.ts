import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadFiles, outcomeOf, refusedFiles } from './harness.ts'

const rule = (id: string, verdict = 'bad') => `- { id: ${id}, verdict: ${verdict}, when: "true" }\n`

test('what a file includes comes before its own rules, and each file once', () => {
  const ruleset = loadFiles(
    {
      'site/10.yaml': `include: [../shared/a.yaml, b.yaml]\nrules:\n${rule('own')}`,
      'site/20.yaml': 'include: [/abs/c.yaml, ./b.yaml]\n',
      'site/b.yaml': rule('b'),
    },
    {
      'shared/a.yaml': rule('a'),
      '/abs/c.yaml': `include: [../shared/../abs/d.yaml]\nrules:\n${rule('c')}`,
      '/abs/d.yaml': rule('d'),
    },
  )

  assert.deepEqual(
    ruleset.rules.map(({ id, file }) => [id, file]),
    [
      ['a', 'shared/a.yaml'],
      ['b', 'site/b.yaml'],
      ['own', 'site/10.yaml'],
      ['d', '/abs/d.yaml'],
      ['c', '/abs/c.yaml'],
    ],
  )
})

test('what shipped files include is shipped too', () => {
  const ruleset = loadFiles({ 'shipped/a.yaml': 'include: [more/b.yaml]\n' }, { 'shipped/more/b.yaml': rule('b') })

  assert.deepEqual(
    ruleset.rules.map(({ shipped }) => shipped),
    [true],
  )
})

test('a file that is not there, or includes itself, is refused at the place that names it', () => {
  assert.deepEqual(refusedFiles({ 'a.yaml': 'include: [no.yaml]\n' }), [
    'a.yaml:1:11: no.yaml cannot be read: there is no such file; names are meant from the folder of this file',
  ])
  assert.deepEqual(
    refusedFiles({ 'a.yaml': 'include: [d/b.yaml]\n' }, { 'd/b.yaml': '# circle\ninclude: [../a.yaml]\n' }),
    ['d/b.yaml:2:11: the file includes itself: a.yaml → d/b.yaml → a.yaml; '],
  )
})

test('files that include each other without end are refused at a limit', () => {
  const files = Array.from({ length: 40 }, (_, i) => [`${i}.yaml`, `include: [${i + 1}.yaml]\n`])

  assert.deepEqual(refusedFiles({ '0.yaml': 'include: [1.yaml]\n' }, Object.fromEntries(files)), [
    '15.yaml:1:11: more than 16 files within each other, or 1000 in all; include fewer',
  ])
})

test('an included file that is wrong is told with its own place', () => {
  assert.deepEqual(
    refusedFiles({ 'a.yaml': 'include: [b.yaml]\n' }, { 'b.yaml': '- id: x\n  wen: "true"\n  verdict: bad\n' }),
    ['b.yaml:2:3: a rule has no key "wen"; did you mean "when"?', 'b.yaml:1:3: the rule has no when; write when: …'],
  )
})

test('a site may not name a role that only rules of the filter may name unconfigured', () => {
  const context = { roles: ['av'], spareRoles: ['av', 'sandbox'] }
  const uses = (role: string) => `- { id: ${role}, verdict: bad, when: ${role}.score > 5.0 }\n`

  const ruleset = loadFiles({ 'shipped/a.yaml': uses('sandbox'), 'site.yaml': uses('av') }, {}, context)

  assert.equal(outcomeOf(ruleset), 'pending(sandbox,av)')
  assert.deepEqual(refusedFiles({ 'site.yaml': uses('sandbox') }, {}, context), [
    'site.yaml:1:38: the role "sandbox" is not configured; write roles: { sandbox: ANALYZER } or { sandbox: none }',
  ])
})
