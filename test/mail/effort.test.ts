/** What the dearest mails that we know of cost: counted in steps, which are the same on every machine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContentMeter } from '../../src/facts/index.ts'
import { TolerantReading } from '../../src/mail/otherwise/reading.ts'
import { openStrict } from '../../src/mail/strict/strict-reading.ts'
import { makeMail, WORST } from '../bench/mail-corpus.ts'
import { limits } from './read.ts'

const MOST_STEPS = 1_200_000
const options = { limits, newMeter: createContentMeter }
const DEAREST = [
  'names in three charsets',
  'names in two forms',
  'odd names in two encodings',
  'parts between three boundaries',
  'parts of no boundary',
]

for (const name of DEAREST) {
  const mail = makeMail(WORST, name)

  test(`a megabyte of ${name} costs the strict reading little more than a million steps`, () => {
    const { message, findings } = openStrict(options)
    message.write(mail)
    message.end()

    assert.ok(findings.budget.used < MOST_STEPS, `${findings.budget.used}`)
    assert.ok(findings.leaves.length > 1)
  })

  test(`a megabyte of ${name} costs the tolerant reading little more than a million steps`, () => {
    const reading = new TolerantReading(options, mail)

    assert.ok(reading.steps < MOST_STEPS, `${reading.steps}`)
    assert.ok(!reading.isComplete)
  })
}
