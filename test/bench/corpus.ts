/**
 * The mails that the benchmark sends. They are generated, the same ones each time. `day` has the sizes and attachments of a
 * pilot's day in small: 250 passes of it are 15,000 mails with 35,000 attachments.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type File, pdf, png, zip } from './corpus-file.ts'
import { fileMail, htmlMail, textMail } from './corpus-mail.ts'
import { type Random, seededRandom } from './random.ts'

/** What a class of mails is called. */
export type CorpusName = 'day' | 'text4k' | 'att300' | 'att25m' | 'held4k'

/** One class of mails on disk. */
export interface Corpus {
  readonly name: CorpusName
  readonly files: readonly string[]
  readonly attachments: number
  readonly bytes: number
}

interface Mail {
  readonly bytes: Buffer
  readonly attachments: number
}

/** Generates a class of mails, one at a time: the large ones need not be in memory together. */
export function* generate(name: CorpusName, count?: number): Generator<Mail> {
  const random = seededRandom(`peekaboo bench ${name}`)
  if (name === 'day') yield* day(random)
  if (name === 'text4k') for (let n = 0; n < (count ?? 20); n++) yield { bytes: text(random, n), attachments: 0 }
  if (name === 'att300') yield withFiles(random, '300 files', many(random, 300))
  if (name === 'att25m') yield withFiles(random, 'one large file', [pdf(random, 'plan.pdf', 25_000_000)])
  if (name === 'held4k') for (let n = 0; n < (count ?? 1000); n++) yield small(random, n)
}

/** Writes a class of mails into a folder of its own under `folder`, which must not be in the tree. */
export async function writeCorpus(folder: string, name: CorpusName, count?: number): Promise<Corpus> {
  const files: string[] = []
  let attachments = 0
  let bytes = 0
  await mkdir(join(folder, name), { recursive: true })
  for (const mail of generate(name, count)) {
    const file = join(folder, name, `${String(files.length).padStart(4, '0')}.eml`)
    await writeFile(file, mail.bytes)
    files.push(file)
    attachments += mail.attachments
    bytes += mail.bytes.length
  }
  return { name, files, attachments, bytes }
}

function day(random: Random): Mail[] {
  const mails: Mail[] = []
  for (let n = 0; n < 20; n++) mails.push({ bytes: text(random, n), attachments: 0 })
  for (let n = 0; n < 24; n++) mails.push(office(random, n))
  for (let n = 0; n < 8; n++) mails.push(withFiles(random, `invoice ${n}`, [pdf(random, `invoice-${n}.pdf`, 150_000)]))
  for (let n = 0; n < 4; n++) mails.push(withFiles(random, `report ${n}`, [pdf(random, `report-${n}.pdf`, 1_000_000)]))
  for (let n = 0; n < 2; n++) mails.push(withFiles(random, `archive ${n}`, [zip(random, `archive-${n}.zip`, 285_000)]))
  mails.push(withFiles(random, '52 files', many(random, 52)))
  mails.push(withFiles(random, 'two plans', [pdf(random, 'a.pdf', 5_000_000), pdf(random, 'b.pdf', 5_000_000)]))
  return shuffled(random, mails)
}

function text(random: Random, n: number): Buffer {
  return textMail(random, `Protocol ${n}`, 3000)
}

function office(random: Random, n: number): Mail {
  const images = [1, 2, 3].map((image) => png(random, `image${image}-${n}.png`, 9000))
  return { bytes: htmlMail(random, `Newsletter ${n}`, 9000, images), attachments: 3 }
}

function small(random: Random, n: number): Mail {
  return { bytes: fileMail(random, `Small ${n}`, [pdf(random, `note-${n}.pdf`, 1200)], 600), attachments: 1 }
}

function many(random: Random, count: number): File[] {
  return Array.from({ length: count }, (_, n) => pdf(random, `file-${n}.pdf`, 500 + random.below(3000)))
}

function withFiles(random: Random, subject: string, files: readonly File[]): Mail {
  return { bytes: fileMail(random, subject, files), attachments: files.length }
}

function shuffled(random: Random, mails: Mail[]): Mail[] {
  for (let n = mails.length - 1; n > 0; n--) {
    const other = random.below(n + 1)
    const [a, b] = [mails[n], mails[other]]
    if (a !== undefined && b !== undefined) [mails[n], mails[other]] = [b, a]
  }
  return mails
}
