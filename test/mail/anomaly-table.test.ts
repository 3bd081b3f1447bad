import assert from 'node:assert/strict'
import test from 'node:test'
import { ANOMALIES, anomaly, LIMITS, SEVERITIES } from '../../src/core/index.ts'
import { assertGenerated, table } from '../generated.ts'

test('docs/anomalies.md lists every anomaly with its severity and meaning', () => {
  const rows = Object.entries(ANOMALIES).map(([name, { severity, meaning }]) => [`\`${name}\``, severity, meaning])

  assertGenerated('docs/anomalies.md', 'anomalies', table(['name', 'severity', 'what it means'], rows))
})

test('every anomaly has a severity that rules know, and a sentence without a full stop', () => {
  for (const [name, { severity, meaning }] of Object.entries(ANOMALIES)) {
    assert.match(name, /^[a-z][a-z0-9-]+$/)
    assert.ok(SEVERITIES.includes(severity), name)
    assert.match(meaning, /^\S.{10,}[^.]$/, name)
  }
})

test('every limit has an anomaly that makes the message unscannable', () => {
  for (const limit of Object.keys(LIMITS) as (keyof typeof LIMITS)[])
    assert.deepEqual(anomaly(`limit-${limit}`, 7), { name: `limit-${limit}`, severity: 'unscannable', offset: 7 })
})
