/** Ordinary mails: the structures of many programs, each with texts and files in turn. */

import type { Expected } from '../generate/case.ts'
import { sha256 } from '../read.ts'
import type { FileOf, Program, Scene } from './build.ts'
import { FILES } from './files.ts'
import { FURTHER_TEXTS } from './further-texts.ts'
import { apple } from './program/apple.ts'
import { desktop } from './program/desktop.ts'
import { groups } from './program/group.ts'
import { machines } from './program/machine.ts'
import { reports } from './program/report.ts'
import { services } from './program/service.ts'
import { web } from './program/web.ts'
import { wrapped } from './program/wrapped.ts'
import { TEXTS, type Text } from './texts.ts'

export interface OrdinaryMail {
  readonly name: string
  readonly program: string
  readonly message: Buffer
  /** All attachments, each with the names that are right for it; of several, any. */
  readonly attachments: readonly Expected[]
  /** Digests of what may be an attachment as well. */
  readonly allowed: readonly string[]
  /** Anomalies, besides notes, that it has of right. */
  readonly oddities: readonly string[]
}

/** The programs and what else sends mail. */
export const PROGRAMS: readonly Program[] = [
  ...desktop,
  ...apple,
  ...web,
  ...machines,
  ...reports,
  ...groups,
  ...wrapped,
  ...services,
]

/** All of them. */
export function ordinaryMails(): readonly OrdinaryMail[] {
  return [
    ...PROGRAMS.flatMap((program, which) => [
      ...Array.from({ length: program.share }, (_, turn) => ordinaryMail(program, sceneOf(which, turn))),
      ...TRICKY.flatMap((name) => trickyMail(program, which, name)),
    ]),
    ...FURTHER_TEXTS.flatMap((text, t) => furtherMails(text, t)),
  ]
}

/** Each text by every third program, and by those that send it as it stands. */
function furtherMails(text: Text, t: number): readonly OrdinaryMail[] {
  return PROGRAMS.flatMap((program, which) => {
    const isPlain = /^(mutt|no-mime|html-only|list-footer-in-text|signed-inline)$/.test(program.name)
    const files = Array.from({ length: (which + t) % 2 }, (_, i) => fileAt(which * 3 + t * 5 + i))
    return isPlain || (which + t) % 3 === 0 ? [ordinaryMail(program, { text, files, turn: 60 + (t % 6) })] : []
  })
}

/** Texts that look most like something else: every program sends each of them. */
const TRICKY = ['quoted-headers', 'begin-sentence', 'certificate', 'source-code', 'yaml']

function trickyMail(program: Program, which: number, name: string): readonly OrdinaryMail[] {
  const t = TEXTS.findIndex((text) => text.name === name)
  const text = TEXTS[t]
  if (text === undefined) throw new Error(`there is no text ${name}`)
  const files = Array.from({ length: (which + t) % 3 }, (_, i) => fileAt(which * 5 + t * 7 + i))
  // A turn that no share reaches, so that no two mails have one name.
  return [ordinaryMail(program, { text, files, turn: 42 + ((which + t * 3) % 7) })]
}

/** Every text and every file comes by, in other company each time. */
function sceneOf(which: number, turn: number): Scene {
  const text = TEXTS[(which * 7 + turn * 5) % TEXTS.length]
  if (text === undefined) throw new Error('there are no texts')
  const count = (which + turn) % 4
  return { text, files: Array.from({ length: count }, (_, i) => fileAt(which * 3 + turn * 4 + i)), turn }
}

function fileAt(index: number): FileOf {
  const file = FILES[index % FILES.length]
  if (file === undefined) throw new Error('there are no files')
  return file
}

function ordinaryMail(program: Program, scene: Scene): OrdinaryMail {
  const { raw, attachments } = program.write(scene)
  return {
    name: `${program.name}-${scene.turn}-${scene.text.name}`,
    program: program.name,
    message: Buffer.from(raw, 'latin1'),
    attachments,
    oddities: program.oddities ?? [],
    allowed: raw.includes('Content-Type: text/html') ? dataOf(scene.text.text) : [],
  }
}

/**
 * A data: address in an HTML page brings a file, wherever in the page it stands: who only searches for the word finds it where no
 * browser would show it too, which does no harm. In other texts nobody opens it.
 */
function dataOf(text: string): readonly string[] {
  return [...text.matchAll(/data:[a-z/]+(;base64)?,([A-Za-z0-9+/=]+)/g)].map(([, base64, data = '']) =>
    sha256(Buffer.from(data, base64 === undefined ? 'latin1' : 'base64')),
  )
}
