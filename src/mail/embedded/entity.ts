/** Whether bytes are a MIME entity, so that they are to be read as a part and not kept as a file. */

const HEADER_LINE = /^[!-9;-~]{1,80}[ \t]*:/
/** Fields of a MIME entity or a message; a text of other fields may be anything. */
const KNOWN_FIELD = /^(content-[a-z-]+|mime-version|received|return-path|from|to|date|subject|message-id)[ \t]*:/im

/** Whether the bytes begin with the header of a MIME entity (RFC 2045 section 3) or of a message. */
export function looksLikeEntity(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 2048).replace(/^(\r?\n)+/, '')
  const head = start.split(/\r?\n\r?\n/, 1)[0] ?? ''
  return HEADER_LINE.test(start) && KNOWN_FIELD.test(head)
}
