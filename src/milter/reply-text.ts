// The text of SMFIR_REPLYCODE. One form passes every MTA: CRLF between lines, the same code on each, an enhanced code of
// the same class, `%` doubled (Postfix deletes a single one, Sendmail then drops the whole text), no control characters,
// libmilter's limits of 980 bytes a line and 32 lines.

/** An SMTP reply of ours; `text` may have several lines, and what is too long is folded. */
export interface SmtpText {
  readonly code: number
  readonly enhanced?: string
  readonly text?: string
}

/** Longest line of a reply text, code included (libmilter MAXREPLYLEN). */
export const MAX_LINE_BYTES = 980
/** Most lines of a reply text (libmilter MAXREPLIES). */
export const MAX_LINES = 32

const DEFAULT_TEXT = { '4': 'Service unavailable - try again later', '5': 'Command rejected' } as const

/** Renders a reply; throws a RangeError on a code or enhanced code that an MTA would turn into its own error. */
export function renderReplyText(smtp: SmtpText, digit: '4' | '5'): string {
  const code = String(smtp.code)
  if (!/^[45]\d\d$/.test(code) || code[0] !== digit) {
    throw new RangeError(`milter: reply code ${code} must be ${digit}xx here`)
  }
  if (smtp.enhanced !== undefined && !isEnhanced(smtp.enhanced, digit)) {
    throw new RangeError(
      `milter: enhanced code ${JSON.stringify(smtp.enhanced)} must look like ${digit}.x.x to go with ${code}`,
    )
  }
  const enhanced = smtp.enhanced === undefined ? '' : `${smtp.enhanced} `
  const room = MAX_LINE_BYTES - code.length - 1 - enhanced.length
  const lines = linesOf(smtp.text ?? '', digit).flatMap((line) => foldLine(line, room))
  const kept = lines.slice(0, MAX_LINES)
  return kept.map((line, i) => `${code}${i < kept.length - 1 ? '-' : ' '}${enhanced}${line}`).join('\r\n')
}

function isEnhanced(enhanced: string, digit: string): boolean {
  return enhanced[0] === digit && /^[45]\.\d{1,3}\.\d{1,3}$/.test(enhanced)
}

function linesOf(text: string, digit: '4' | '5'): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) =>
    line
      .replace(/\t/g, ' ')
      .replace(/[\0-\x1f\x7f]/g, '')
      .trimEnd(),
  )
  while (lines.at(-1) === '') lines.pop()
  return lines.length === 0 ? [DEFAULT_TEXT[digit]] : lines
}

/** Cuts at the last space that fits, else between two characters; a doubled `%` stays together. */
function foldLine(line: string, room: number): string[] {
  if (Buffer.byteLength(line) + line.length <= room && !line.includes('%')) return [line]
  const lines: string[] = []
  let current = ''
  let bytes = 0
  for (const character of line) {
    const escaped = character === '%' ? '%%' : character
    const size = Buffer.byteLength(escaped)
    if (bytes + size > room) {
      const space = current.lastIndexOf(' ')
      const cut = space > 0 ? space : current.length
      lines.push(current.slice(0, cut))
      current = current.slice(cut).trimStart()
      bytes = Buffer.byteLength(current)
    }
    current += escaped
    bytes += size
  }
  return [...lines, current]
}
