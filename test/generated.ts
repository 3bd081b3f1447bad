/** Tables in the docs that a test has measured: compared with what the file says, or written when `UPDATE_DOCS` is set. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The same in a third as many lines: each third of the rows stands beside the one before. */
export function tableInThirds(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const third = Math.ceil(rows.length / 3)
  const empty = head.map(() => '')
  const lines = rows.slice(0, third).map((row, i) => {
    return [...row, ...(rows[third + i] ?? empty), ...(rows[2 * third + i] ?? empty)]
  })
  return table([...head, ...head, ...head], lines)
}

/** Fails when the part between `<!-- name:begin -->` and `<!-- name:end -->` of a file is not this text. */
export function assertGenerated(file: string, name: string, text: string): void {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url))
  const whole = readFileSync(path, 'utf8')
  const [begin, end] = [`<!-- ${name}:begin -->\n`, `<!-- ${name}:end -->`]
  const [before = '', rest = ''] = whole.split(begin)
  const [written = '', after = ''] = rest.split(end)
  if (process.env.UPDATE_DOCS) writeFileSync(path, `${before}${begin}${text}\n${end}${after}`)
  else
    assert.equal(
      written.trim(),
      text.trim(),
      `${file}: the part ${name} is not what was measured; UPDATE_DOCS=1 rewrites it`,
    )
}
