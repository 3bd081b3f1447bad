/** Ordinary mail against the rules that come with the filter, where no analyzer is there to be asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ordinaryMails } from '../mail/ordinary/mails.ts'
import { read } from '../mail/read.ts'
import { outcomeOf } from './harness.ts'
import { NO_ROLES, shippedRules } from './shipped.ts'

/** What is told: of these the corpus has only the first bytes right, or a rule names them. */
const TOLD = [
  'suspicious by html-attachment: page.html text/html',
  // Not even the beginning of a format.
  'unknown by final-unknown: data.bin application/octet-stream',
  'unknown by final-unknown: smime.p7s application/octet-stream',
  // Compound files without any stream.
  'unknown by final-unknown: figures.xls application/x-ole-storage',
  'unknown by final-unknown: отчёт.doc application/x-ole-storage',
]

test('of ordinary mail nothing is refused, and nothing told but what a rule names', async () => {
  const ruleset = shippedRules()
  const told = new Set<string>()
  let count = 0
  for (const { message } of ordinaryMails()) {
    const { attachments, bodies, anomalies } = await read(message)
    for (const sample of [...attachments, ...bodies]) {
      count++
      const outcome = outcomeOf(ruleset, { sample, message: { anomalies }, roles: NO_ROLES })
      if (!outcome.startsWith('ignored')) told.add(`${outcome}: ${sample.name} ${sample.type}`)
    }
  }

  assert.ok(count > 1000)
  assert.deepEqual([...told].sort(), [...TOLD].sort())
})
