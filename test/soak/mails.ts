/** The mails of a soak: each kind as often as a random number says, each mail other than all before it. */
import { type Random, seededRandom } from '../bench/random.ts'
import { eicar, type MailAttachment, mail, manyAttachments, nested } from '../postfix/mail.ts'

export type Kind = 'clean' | 'eicar' | 'nested' | 'large' | 'many' | 'broken'

/** One mail to send. */
export interface SoakMail {
  readonly serial: number
  readonly kind: Kind
  readonly isBad: boolean
  readonly message: Buffer
}

const KINDS: readonly Kind[] = [
  'clean',
  'clean',
  'clean',
  'clean',
  'eicar',
  'eicar',
  'nested',
  'large',
  'many',
  'broken',
]
const BAD: ReadonlySet<Kind> = new Set(['eicar', 'nested'])
const LARGE_BYTES = 1_500_000

/** The mail of that number. */
export function soakMail(seed: string, serial: number): SoakMail {
  const random = seededRandom(`${seed}/mail/${serial}`)
  const kind = KINDS[random.below(KINDS.length)] ?? 'clean'
  const message =
    kind === 'broken' ? broken(random) : mail({ subject: `${serial}`, attachments: contents(kind, random) })
  return { serial, kind, isBad: BAD.has(kind), message }
}

function contents(kind: Kind, random: Random): readonly MailAttachment[] {
  const notes = { name: 'notes.txt', type: 'text/plain', content: random.bytes(2000).toString('hex') }
  const bad = { name: 'eicar.com', content: eicar() }
  if (kind === 'eicar') return [notes, bad]
  if (kind === 'nested') return [nested(mail({ boundary: 'inner', attachments: [notes, bad] }))]
  if (kind === 'large') return [{ name: 'film.bin', content: random.bytes(random.below(LARGE_BYTES)) }]
  return kind === 'many' ? [notes, ...manyAttachments(300)] : [notes]
}

/** Two parts of a multipart of which a piece is missing; lines stay lines. */
function broken(random: Random): Buffer {
  const whole = mail({ attachments: contents('clean', random) })
    .toString('latin1')
    .split('\r\n')
  const from = 5 + random.below(whole.length - 6)
  return Buffer.from(whole.toSpliced(from, 1 + random.below(8)).join('\r\n'), 'latin1')
}
