/** Messages (RFC 5322), mailboxes (RFC 4155) and web pages saved as messages (RFC 2557). */

/** Fields that no other text begins with. */
const TELLING =
  /^(?:received|return-path|message-id|mime-version|content-type|content-transfer-encoding|dkim-signature|delivered-to|snapshot-content-location)[ \t]*:/i
const FIELD = /^[!-9;-~]{1,80}[ \t]*:/
/** What stands before a message in a mailbox, also where it was quoted. */
const SEPARATOR = /^>?From \S[^\r\n]{0,300}\d\d:\d\d/
const MONTH = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b/i
const MAX_LINES = 300
const LINE_END = /\r\n|\n|\r/g

/** Types of messages; none where the text is none. Bytes that no header may have do not keep programs from reading it. */
export function messageTypes(text: string): string[] {
  const isMailbox = SEPARATOR.test(text)
  const from = isMailbox || /^>?From /.test(text) ? endOfLine(text, 0).next : 0
  const fields = fieldsOf(text, from)
  if (fields.length < 2 || !(fields.some((line) => TELLING.test(line)) || isLetterHead(fields))) return []
  if (isMailbox && !text.startsWith('>')) return ['application/mbox', 'message/rfc822']
  const isPage = fields.some((line) => /^snapshot-content-location[ \t]*:|^from[ \t]*:\s*"?<?saved by/i.test(line))
  const isRelated = fields.some((line) => /^content-type[ \t]*:\s*multipart\/related/i.test(line))
  const isSent = fields.some((line) => /^(?:to|received|message-id|return-path)[ \t]*:/i.test(line))
  return isPage || (isRelated && !isSent) ? ['application/x-mimearchive', 'message/rfc822'] : ['message/rfc822']
}

/** Whether a text that is no text in any set of characters may begin with a header all the same. */
export function mayBeMessage(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 200).replaceAll('\0', '').trimStart()
  return FIELD.test(start) || start.startsWith('From ')
}

/** A header without any field of a mail program: who wrote to whom, and when or about what. What people quote has `Sent`. */
function isLetterHead(fields: readonly string[]): boolean {
  const contentOf = (name: string): string => {
    const line = fields.find(
      (field) => field.toLowerCase().startsWith(name) && field.charAt(name.length).match(/[ \t:]/),
    )
    return line === undefined ? '' : line.slice(line.indexOf(':') + 1)
  }
  if (contentOf('from') === '' || contentOf('sent') !== '') return false
  const date = contentOf('date')
  if (/\d/.test(date) && MONTH.test(date))
    return ['to', 'subject', 'cc', 'reply-to'].some((name) => contentOf(name) !== '')
  return contentOf('from').includes('@') && contentOf('to').includes('@') && contentOf('subject') !== ''
}

/** The fields of a header block, folded lines joined to the first; none where the block begins otherwise. */
function fieldsOf(text: string, from: number): readonly string[] {
  const fields: string[] = []
  let at = from
  for (let count = 0; count < MAX_LINES && at < text.length; count++) {
    const { end, next } = endOfLine(text, at)
    const line = text.slice(at, end).replaceAll('\0', '')
    const isFolded = /^[ \t]/.test(line) && fields.length > 0
    if (isFolded) fields[fields.length - 1] += line.slice(0, 300)
    else if (FIELD.test(line)) fields.push(line.slice(0, 1000))
    else break
    at = next
  }
  return fields
}

/** Where a line ends, and the next begins: a carriage return alone ends one too. */
function endOfLine(text: string, from: number): { readonly end: number; readonly next: number } {
  LINE_END.lastIndex = from
  const match = LINE_END.exec(text)
  return match === null
    ? { end: text.length, next: text.length }
    : { end: match.index, next: match.index + match[0].length }
}
