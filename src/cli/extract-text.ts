/** What is in one message, for a person. */
import { ANOMALIES, type Anomaly, CAUSES, LIMITS } from '../core/index.ts'
import { type ShowPlace, showNothing } from './extract-excerpt.ts'
import type { ExtractLine } from './extract-line.ts'
import { harmless, type Style } from './style.ts'

/** Sentences for names of anomalies and for what ended a reading. */
const MEANINGS: Readonly<Record<string, string>> = {
  ...CAUSES,
  ...LIMITS,
  ...Object.fromEntries(Object.entries(ANOMALIES).map(([name, { meaning }]) => [name, meaning])),
  unreadable: 'the file could not be read',
}

/** One block of lines for a file; with `explain` also names, readings and anomalies, and what `show` has of their places. */
export function extractText(line: ExtractLine, style: Style, explain: boolean, show: ShowPlace = showNothing): string {
  const { file, attachments, bodies, unscannable } = line
  const lines = [`${style.bold(harmless(file))}: ${counted(attachments.length, 'attachment')}`]
  if (unscannable !== '') lines.push(`  ${style.red('not read whole')}: ${meaningOf(unscannable)}`)
  for (const one of attachments) lines.push(...attachmentLines(one, explain, show))
  if (explain) {
    lines.push(
      ...bodies.map(
        ({ type, charset, size, sha256 }) => `  body ${harmless(type)} ${harmless(charset)} ${size} bytes ${sha256}`,
      ),
    )
    lines.push(...anomalyLines('  ', line.anomalies, show))
  }
  return `${lines.join('\n')}\n`
}

function attachmentLines(
  one: ExtractLine['attachments'][number],
  explain: boolean,
  show: ShowPlace,
): readonly string[] {
  const { path, name, type, size, sha256 } = one
  const lines = [
    `  ${path}  ${name === '' ? '(no name)' : harmless(name)}  ${harmless(type)}  ${size} bytes  ${sha256}`,
  ]
  if (!explain) return lines
  lines.push(...one.names.map(({ value, origin }) => `      name ${harmless(value)} (${harmless(origin)})`))
  lines.push(`      seen by ${one.readings.map(harmless).join(', ')}`)
  return [...lines, ...anomalyLines('      ', one.anomalies, show)]
}

function anomalyLines(indent: string, anomalies: readonly Anomaly[], show: ShowPlace): readonly string[] {
  return anomalies.flatMap(({ name, severity, offset }) => {
    const place = offset < 0 ? '' : ` at byte ${offset}`
    const meaning = Object.hasOwn(MEANINGS, name) ? `: ${MEANINGS[name]}` : ''
    const excerpt = offset < 0 ? '' : show(offset)
    const line = `${indent}odd: ${harmless(name)} (${harmless(severity)})${place}${meaning}`
    return excerpt === '' ? [line] : [line, `${indent}     "${excerpt}"`]
  })
}

/** The sentence for the name of an anomaly, or of what ended a reading. */
export function meaningOf(unscannable: string): string {
  return (Object.hasOwn(MEANINGS, unscannable) ? MEANINGS[unscannable] : undefined) ?? harmless(unscannable)
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
