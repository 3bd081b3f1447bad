/** What is in one message, for a person. */
import { type Anomaly, LIMITS } from '../core/index.ts'
import type { ExtractLine } from './extract-line.ts'
import { harmless, type Style } from './style.ts'

/** One block of lines for a file; with `explain` also names, readings and anomalies. */
export function extractText(line: ExtractLine, style: Style, explain: boolean): string {
  const { file, attachments, bodies, unscannable } = line
  const lines = [`${style.bold(harmless(file))}: ${counted(attachments.length, 'attachment')}`]
  if (unscannable !== '') lines.push(`  ${style.red('not read whole')}: ${meaningOf(unscannable)}`)
  for (const one of attachments) lines.push(...attachmentLines(one, explain))
  if (explain) {
    lines.push(
      ...bodies.map(
        ({ type, charset, size, sha256 }) => `  body ${harmless(type)} ${harmless(charset)} ${size} bytes ${sha256}`,
      ),
    )
    lines.push(...anomalyLines('  ', line.anomalies))
  }
  return `${lines.join('\n')}\n`
}

function attachmentLines(one: ExtractLine['attachments'][number], explain: boolean): readonly string[] {
  const { path, name, type, size, sha256 } = one
  const lines = [
    `  ${path}  ${name === '' ? '(no name)' : harmless(name)}  ${harmless(type)}  ${size} bytes  ${sha256}`,
  ]
  if (!explain) return lines
  lines.push(...one.names.map(({ value, origin }) => `      name ${harmless(value)} (${harmless(origin)})`))
  lines.push(`      seen by ${one.readings.map(harmless).join(', ')}`)
  return [...lines, ...anomalyLines('      ', one.anomalies)]
}

function anomalyLines(indent: string, anomalies: readonly Anomaly[]): readonly string[] {
  return anomalies.map(({ name, severity, offset }) => {
    const place = offset < 0 ? '' : ` at byte ${offset}`
    return `${indent}odd: ${harmless(name)} (${harmless(severity)})${place}`
  })
}

function meaningOf(unscannable: string): string {
  return Object.hasOwn(LIMITS, unscannable) ? LIMITS[unscannable as keyof typeof LIMITS] : harmless(unscannable)
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
