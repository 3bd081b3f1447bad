/**
 * Tells which ordinary mails are not read as they are.
 *
 *     node test/mail/ordinary/report.ts                  counts for each program, then the mails with faults
 *     node test/mail/ordinary/report.ts --case NAME      only mails whose name has that in it
 *     node test/mail/ordinary/report.ts --write DIR      also writes each message to DIR/name.eml
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ordinaryMails } from './mails.ts'
import { faultsOf } from './measure.ts'

const { values } = parseArgs({ options: { case: { type: 'string', default: '' }, write: { type: 'string' } } })
const mails = ordinaryMails().filter(({ name }) => name.includes(values.case))
if (values.write !== undefined) {
  mkdirSync(values.write, { recursive: true })
  for (const { name, message } of mails) writeFileSync(join(values.write, `${name}.eml`), message)
}
let right = 0
for (const mail of mails) {
  const faults = await faultsOf(mail)
  if (faults.length === 0) right++
  else console.log([mail.name, ...faults].join('\n    '))
}
console.log(`${right} of ${mails.length} ordinary mails are read as they are`)
