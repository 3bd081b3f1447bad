/** The tree of a file's members, for a person. */
import type { Anomaly } from '../core/index.ts'
import type { SampleTree, TreeMember } from '../inspector/index.ts'
import { meaningOf } from './extract-text.ts'
import { harmless, type Style } from './style.ts'

type Opened = SampleTree['root']

/** One block of lines for a file. */
export function factsText(file: string, tree: SampleTree, style: Style): string {
  const { sample, root, members, limit } = tree
  const lines = [`${style.bold(harmless(file))}  ${typesOf(sample.types)}  ${sample.size} bytes  ${sample.sha256}`]
  lines.push(...openedLines(root, '  ', style))
  for (const member of members) lines.push(...memberLines(member, style))
  if (limit !== '') lines.push(`  ${style.red('not opened whole')}: ${harmless(limit)}`)
  return `${lines.join('\n')}\n`
}

function memberLines(member: TreeMember, style: Style): string[] {
  const { depth, kind, content, storedPath, name, names, isEncrypted, opened, anomalies, declaredSize } = member
  const indent = '  '.repeat(depth)
  const shown = harmless(storedPath || name) || '(no name)'
  const marks = [kind === 'file' ? '' : kind, isEncrypted ? 'encrypted' : ''].filter((mark) => mark !== '')
  const what =
    content === undefined ? '' : `  ${typesOf(content.types)}  ${content.size} bytes  ${style.dim(content.sha256)}`
  const lines = [`${indent}${style.bold(shown)}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}${what}`]
  if (content !== undefined && declaredSize >= 0 && declaredSize !== content.size)
    lines.push(`${indent}  claims ${declaredSize} bytes`)
  for (const { value, origin } of names)
    if (value !== storedPath && value !== name) lines.push(`${indent}  name ${harmless(value)} (${harmless(origin)})`)
  lines.push(...anomalyLines(anomalies, `${indent}  `, style), ...openedLines(opened, `${indent}  `, style))
  return lines
}

function openedLines(
  { formats, anomalies, limit, isEncrypted, openedBy }: Opened,
  indent: string,
  style: Style,
): string[] {
  const lines = anomalyLines(anomalies, indent, style)
  if (isEncrypted)
    lines.push(
      `${indent}${openedBy === '' ? style.yellow('encrypted, still closed') : `encrypted, opened by a password (${harmless(openedBy)})`}`,
    )
  if (limit !== '') lines.push(`${indent}${style.red('limit')}: ${harmless(limit)}`)
  return formats.length > 0 ? [`${indent}opened as ${formats.map(harmless).join(', ')}`, ...lines] : lines
}

function anomalyLines(anomalies: readonly Anomaly[], indent: string, style: Style): string[] {
  return anomalies.map(({ name, severity, offset }) => {
    const place = offset < 0 ? '' : ` at byte ${offset}`
    return `${indent}${style.yellow('odd')}: ${harmless(name)} (${harmless(severity)})${place}: ${meaningOf(name)}`
  })
}

function typesOf(types: readonly string[]): string {
  return types.length === 0 ? 'application/octet-stream' : types.map(harmless).join(' + ')
}
