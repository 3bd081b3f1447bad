import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oddLines, outcomeText, sampleLines } from '../../src/cli/outcome-text.ts'
import { styleFor } from '../../src/cli/style.ts'
import type { Anomaly, StorySample } from '../../src/core/index.ts'
import { sample } from '../fakes/inspector.ts'

const plain = styleFor({ write: () => true }, { NO_COLOR: '1' })

function anomaly(name: string, severity: Anomaly['severity'] = 'note'): Anomaly {
  return { name, severity, offset: 1 }
}

function told(changes: Partial<StorySample>): StorySample {
  return {
    sample: sample('a.exe'),
    outcome: { kind: 'decided', verdict: 'bad', rule: 'program', reason: 'it is one' },
    disposition: 'reject',
    reports: {},
    ...changes,
  }
}

test('a sample tells how grave its rule calls it, the tags, what is odd and what differs', () => {
  const odd = {
    anomalies: [anomaly('bare-lf'), anomaly('name-bidi', 'suspicious')],
    mismatches: ['name png is executable'],
  }
  const outcome = {
    kind: 'decided',
    verdict: 'bad',
    rule: 'program',
    reason: 'it is one',
    severity: 'high',
    tags: ['attack.t1036'],
  } as const

  const lines = sampleLines(told({ sample: sample('a.exe', odd), outcome }), plain).map((line) => line.trim())

  assert.deepEqual(lines.slice(2), [
    'bad by rule program: it is one → reject',
    'severity high, attack.t1036',
    'odd: name-bidi (suspicious), bare-lf',
    'differs: name png is executable',
  ])
})

test('a sample with which nothing is odd, by a rule without severity, tells nothing more', () => {
  const lines = sampleLines(told({}), plain)

  assert.equal(lines.length, 3)
})

test('an anomaly that is seen often is told once with its number, and of very many the gravest', () => {
  const often = Array.from({ length: 40 }, () => anomaly('bare-cr'))
  const many = Array.from({ length: 20 }, (_, i) => anomaly(`odd-${i}`))

  assert.deepEqual(oddLines(often, plain), ['odd: bare-cr ×40'])
  const [line] = oddLines([...many, anomaly('limit', 'unscannable')], plain)
  assert.match(line ?? '', /^odd: limit \(unscannable\), odd-0, .*, 9 more$/)
})

test('a role without an analyzer is told in words, in the outcome and among the roles', () => {
  const outcome = { kind: 'unanalysed', why: 'role', role: 'sandbox', rule: 'macros' } as const

  const text = sampleLines(told({ outcome, reports: { sandbox: 'unmapped', av: 'failed: analyzer-down' } }), plain)

  assert.match(text.join('\n'), /rule macros needs the role sandbox, which no analyzer has/)
  assert.match(text.join('\n'), /sandbox: no analyzer has this role\n +av: failed: analyzer-down/)
})

test('what an analyzer may not be given is told in words', () => {
  const text = (why: 'upload' | 'password') => {
    return outcomeText({ kind: 'unanalysed', why, role: 'sandbox', rule: 'macros' }, plain)
  }

  assert.match(
    text('upload'),
    /^unanalysed\(upload\): rule macros needs sandbox, which .* may not be given them \(upload\)$/,
  )
  assert.match(
    text('password'),
    /^unanalysed\(password\): rule macros needs sandbox, .* told the password \(sharePasswords\)$/,
  )
})
