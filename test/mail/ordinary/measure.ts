/** Reads an ordinary mail and tells in which points that differs from what is in it. */
import type { Sample } from '../../../src/core/index.ts'
import { read, sha256 } from '../read.ts'
import type { OrdinaryMail } from './mails.ts'

/** What is wrong, in words; nothing where the mail is read as it is. */
export async function faultsOf(mail: OrdinaryMail): Promise<readonly string[]> {
  const { attachments, anomalies, unscannable } = await read(mail.message)
  const left: (Sample | undefined)[] = [...attachments]
  const missed = mail.attachments.filter(({ bytes, names }) => {
    const digest = sha256(bytes)
    const at = left.findIndex((sample) => sample?.sha256 === digest && names.includes(sample.name))
    if (at >= 0) left[at] = undefined
    return at < 0
  })
  const odd = [...anomalies, ...attachments.flatMap((sample) => sample.anomalies)]
  return [
    ...missed.map(({ bytes, names }) => `missed: ${bytes.length} bytes of ${names.join(' or ')}`),
    ...left.flatMap((sample) =>
      sample === undefined || mail.allowed.includes(sample.sha256)
        ? []
        : [`invented: ${sample.size} bytes of "${sample.name}" at ${sample.path} by ${sample.readings.join()}`],
    ),
    ...odd
      .filter(({ name, severity }) => severity !== 'note' && !mail.oddities.includes(name))
      .map(({ name, offset }) => `anomaly: ${name} at ${offset}`),
    ...(unscannable === '' ? [] : [`unscannable: ${unscannable}`]),
  ]
}
