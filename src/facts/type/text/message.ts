/** Messages (RFC 5322), mailboxes (RFC 4155) and web pages saved as messages (RFC 2557). */

/** Fields that no other text begins with. */
const TELLING =
  /^(?:received|return-path|message-id|mime-version|content-type|content-transfer-encoding|dkim-signature|delivered-to|snapshot-content-location)[ \t]*:/i
const FIELD = /^[!-9;-~]{1,80}[ \t]*:/
const SEPARATOR = /^From \S[^\r\n]{0,300}\d\d:\d\d/
const MAX_LINES = 300

/** Types of messages; none where the text is none. */
export function messageTypes(text: string): string[] {
  const isMailbox = SEPARATOR.test(text)
  const from = text.startsWith('From ') ? text.indexOf('\n') + 1 : 0
  const fields = fieldsOf(text, from)
  if (fields.length < 2 || !fields.some((line) => TELLING.test(line))) return []
  if (isMailbox) return ['application/mbox', 'message/rfc822']
  const isPage = fields.some((line) => /^snapshot-content-location[ \t]*:|^from[ \t]*:\s*"?<?saved by/i.test(line))
  const isRelated = fields.some((line) => /^content-type[ \t]*:\s*multipart\/related/i.test(line))
  const isSent = fields.some((line) => /^(?:to|received|message-id|return-path)[ \t]*:/i.test(line))
  return isPage || (isRelated && !isSent) ? ['application/x-mimearchive', 'message/rfc822'] : ['message/rfc822']
}

/** The fields of a header block, folded lines joined to the first; none where the block begins otherwise. */
function fieldsOf(text: string, from: number): readonly string[] {
  const fields: string[] = []
  let at = from
  for (let count = 0; count < MAX_LINES && at < text.length; count++) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end).replace(/\r$/, '')
    const isFolded = /^[ \t]/.test(line) && fields.length > 0
    if (isFolded) fields[fields.length - 1] += line.slice(0, 300)
    else if (FIELD.test(line)) fields.push(line.slice(0, 1000))
    else break
    if (end < 0) break
    at = end + 1
  }
  return fields
}
