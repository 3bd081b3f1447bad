/** Is this a message? By type, by name, or because its first bytes are the header of one. */

/** Bytes of the content that are looked at. */
export const SNIFF_BYTES = 1024

/** Of the types message/… those whose content is fields and no message (RFC 3464, 3798, 3885, 5438, 5965, 6533). */
const NO_MESSAGE =
  /^message\/((global-)?(delivery-status|disposition-notification)|feedback-report|tracking-status|imdn\+xml)$/
const KNOWN =
  /^(received|return-path|message-id|mime-version|content-type|content-transfer-encoding|date|from|to|subject|delivered-to|dkim-signature|reply-to|sender|cc|x-mailer)$/
/** People quote From, To, Date and Subject in plain text; these only a mail program writes. */
const TELLING = /^(received|return-path|message-id|mime-version|content-type|content-transfer-encoding|dkim-signature)$/

/** A field, one that goes on, or what an mbox has before them. */
const BEGINNING = /^(?:[ \t]|From |[!-9;-~]+[ \t]*:)/

/** Whether type or name say that the part is a message. */
export function isDeclaredMessage(type: string, name: string): boolean {
  return (type.startsWith('message/') && !NO_MESSAGE.test(type)) || /\.(eml|mht|mhtml)$/i.test(name)
}

/** Whether the content begins with the header of a message: header lines only, two known ones, one that only mail programs write. */
export function looksLikeMessage(start: Uint8Array): boolean {
  const head = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, SNIFF_BYTES)).toString('latin1')
  if (!BEGINNING.test(head)) return false
  const lines = head.split(/\r?\n/)
  // The last line may be cut.
  if (start.length >= SNIFF_BYTES) lines.pop()
  const names = new Set<string>()
  for (const line of lines) {
    if (line === '') break
    if (/^[ \t]/.test(line) || /^From /.test(line)) continue
    const name = /^([!-9;-~]+)[ \t]*:/.exec(line)?.[1]?.toLowerCase()
    if (name === undefined) return false
    if (KNOWN.test(name)) names.add(name)
  }
  return names.size >= 2 && [...names].some((name) => TELLING.test(name))
}
