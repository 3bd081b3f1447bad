import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MISSING_ROLE } from '../../../src/cli/import/losses.ts'
import type { Ruleset } from '../../../src/rules/index.ts'
import { assertGenerated, table } from '../../generated.ts'
import { content, DOC, EXE, PLAIN, ROWS, type Row } from './classes.ts'
import { carried, ends, loaded, report, sampleOf } from './harness.ts'
import { SAMPLE_RULESET } from './samples.ts'

function imported(t: TestContext): Ruleset {
  const { items, problems } = carried(t, SAMPLE_RULESET)
  assert.deepEqual(problems, [])
  return loaded(items)
}

function wordFor(ruleset: Ruleset, sent: Row): string {
  const end = ends(ruleset, sent)
  return end === 'pending(sandbox)' ? 'sandbox' : end.replace(/ by .*/, '')
}

test('each attachment class ends as with PeekabooAV or, where it was a hole, in the sandbox; the page says which', (t) => {
  const ruleset = imported(t)
  const rows = ROWS.map((one) => {
    const is = wordFor(ruleset, one)
    return [
      one.what,
      one.name ?? '',
      one.declared || 'nothing',
      one.was,
      is,
      is === one.was ? 'reproduced' : 'changed: a hole',
    ]
  })

  for (const [what, , , was, is] of rows) assert.ok(is === was || is === 'sandbox', `${what}: ${was} → ${is}`)
  assert.equal(
    rows.filter((one) => one.at(-1) === 'reproduced').length,
    6 + ROWS.filter(({ was }) => was === 'sandbox').length,
  )
  const head = ['attachment', 'name', 'declared type', 'PeekabooAV', 'imported', '']
  assertGenerated('docs/import.md', 'reach', table(head, rows))
})

test('the sample ruleset converts completely: what is lost is the macro alone, and it stays a question', (t) => {
  const { items, problems } = carried(t, SAMPLE_RULESET)

  assert.deepEqual(problems, [])
  assert.deepEqual(
    items.flatMap(({ how, what }) => (how === 'guarded' || how === 'left-out' || how === 'unknown' ? [what] : [])),
    ['[expressions] expression.3'],
  )
})

test('the sandbox decides as it did: by signature, by score, and by its failure', (t) => {
  const ruleset = imported(t)
  const exe = { name: 'a.exe', bytes: content(EXE) }

  assert.equal(ends(ruleset, exe, report(4)), 'bad by peekabooav-cuckoo-score')
  assert.equal(
    ends(ruleset, exe, report(0, 'Creates a process that somehow hides')),
    'bad by peekabooav-cuckoo-evil-sig-1',
  )
  assert.equal(ends(ruleset, exe, report(3.9, 'Sleeps')), 'unknown by (none)')
  assert.equal(ends(ruleset, exe, { state: 'failed', cause: 'analyzer-failed' }), 'failed(analyzer-failed)')
  assert.equal(ends(ruleset, exe, { state: 'unmapped' }), 'unanalysed(sandbox)')
})

test('a pattern with parentheses does not match its own text, as before, and the comment says so', (t) => {
  const { items } = carried(t, SAMPLE_RULESET)
  const exe = { name: 'a.exe', bytes: content(EXE) }

  assert.equal(
    ends(loaded(items), exe, report(0, 'Collects facts about the host (ipconfig, systeminfo)')),
    'unknown by (none)',
  )
  const note = items.find(({ rule }) => rule?.id === 'peekabooav-cuckoo-evil-sig-2')?.notes?.join()
  assert.match(note ?? '', /parentheses/)
})

test('a document that may have macros and a middling score is never delivered for want of the fact', (t) => {
  const ruleset = loaded(
    carried(t, SAMPLE_RULESET.replace('rule.7: cuckoo_score\n', '').replace('rule.8', 'rule.7')).items,
  )
  const doc = { name: 'X.DOC', bytes: content(DOC) }

  assert.equal(ends(ruleset, doc, report(4.5)), `unanalysed(${MISSING_ROLE})`)
  assert.equal(ends(ruleset, doc, report(4)), 'unknown by (none)')
  assert.equal(ends(ruleset, { name: 'a.doc', bytes: content('application/pdf') }, report(4.5)), 'unknown by (none)')
})

test('what is odd in a way that hides things is let pass by no imported rule', (t) => {
  const ruleset = imported(t)
  const odd = (severity: string) => ({ anomalies: [{ name: 'cte-duplicate', severity, offset: 1 }] })
  const text = sampleOf({ name: 'a.txt', bytes: PLAIN, declared: 'text/plain' })

  assert.match(ends(ruleset, { ...text, ...odd('note') }), /^ignored by/)
  assert.equal(ends(ruleset, { ...text, ...odd('suspicious') }), 'pending(sandbox)')
})

test('the test files are found whatever the imported rules let pass', (t) => {
  const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')

  assert.equal(ends(imported(t), { name: 'a.txt', bytes: eicar }), 'bad by peekabooav-test-string')
})
