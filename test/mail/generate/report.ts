/**
 * Tells how many of the generated cases are read as intended.
 *
 *     node test/mail/generate/report.ts                     one line for each class, then the cases that are not reached
 *     node test/mail/generate/report.ts --class cte         only classes whose name has that in it
 *     node test/mail/generate/report.ts --case padding      only cases whose name has that in it, with what was found in each
 *     node test/mail/generate/report.ts --write DIR         also writes each message to DIR/class--name.eml
 *     node test/mail/generate/report.ts --list              only names and reasons
 *
 * E: bytes and an accepted name. e: the bytes, under another name. t: only as text of the message. -: not found.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sha256 } from '../read.ts'
import type { Case } from './case.ts'
import { allCases } from './cases.ts'
import { type Measured, measure, namesOf } from './measure.ts'

const LETTERS = { full: 'E', bytes: 'e', body: 't', lost: '-' } as const

const { values } = parseArgs({
  options: {
    class: { type: 'string', default: '' },
    case: { type: 'string', default: '' },
    write: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
})
const chosen = allCases().filter((one) => one.class.includes(values.class) && one.name.includes(values.case))
if (values.write !== undefined) writeAll(chosen, values.write)
if (values.list) for (const one of chosen) console.log(`${one.name}\n    ${one.why}`)
else {
  const measured: Measured[] = []
  for (const one of chosen) measured.push(await measure(one))
  if (values.case !== '') for (const one of measured) explain(one)
  summarize(measured)
}

function writeAll(cases: readonly Case[], folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, message } of cases) writeFileSync(join(folder, `${name.replaceAll('/', '--')}.eml`), message)
}

function summarize(measured: readonly Measured[]): void {
  for (const [name, own] of Map.groupBy(measured, (one) => one.case.class)) {
    const count = (letter: string) => own.filter(({ grade }) => LETTERS[grade] === letter).length
    console.log(`${name.padEnd(24)} E ${count('E')}/${own.length}  e ${count('e')}  t ${count('t')}  - ${count('-')}`)
    for (const { grade, case: one } of own) if (grade !== 'full') console.log(`    ${LETTERS[grade]} ${one.name}`)
  }
  const full = measured.filter(({ grade }) => grade === 'full').length
  const bytes = measured.filter(({ grade }) => grade === 'full' || grade === 'bytes').length
  console.log(`all: ${full} of ${measured.length} full, ${bytes} with bytes`)
}

function explain({ case: one, grade, reading }: Measured): void {
  console.log(`${LETTERS[grade]} ${one.name}\n    why: ${one.why}`)
  for (const { bytes, names } of one.expected)
    console.log(`    expected ${sha256(bytes).slice(0, 12)} ${bytes.length} bytes ${JSON.stringify(names)}`)
  for (const sample of reading.attachments)
    console.log(
      `    sample   ${sample.sha256.slice(0, 12)} ${sample.size} bytes at ${sample.path} ${JSON.stringify(namesOf(sample))} ${sample.readings}`,
    )
  for (const { sha256: digest, size, type } of reading.bodies)
    console.log(`    body     ${digest.slice(0, 12)} ${size} bytes ${type}`)
  for (const { name, offset } of [...reading.anomalies, ...reading.attachments.flatMap((each) => each.anomalies)])
    console.log(`    anomaly  ${name} at ${offset}`)
  if (reading.unscannable !== '') console.log(`    unscannable: ${reading.unscannable}`)
}
