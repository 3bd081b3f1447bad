/** What a person reads of marked-up text. */

const ENTITIES: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The text of a page, or of what is written as one: without tags, with entities resolved; what ends a line in it ends one. */
export function withoutMarkup(html: string): string {
  return html
    .replace(/<(?:style|script)\b[^>]{0,1000}>[^<]{0,20000}/gi, ' ')
    .replace(/<(?:br|p|div|tr|li|h\d)\b[^<>]{0,2000}>/gi, '\n')
    .replace(/<\/?(?:td|th|dt|dd)\b[^<>]{0,2000}>/gi, ' ')
    .replace(/<[^<>]{0,2000}>/g, '')
    .replace(/&(?:(nbsp|amp|lt|gt|quot|apos)|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi, (_, name, decimal, hex) =>
      name === undefined ? fromCode(decimal, hex) : (ENTITIES[String(name).toLowerCase()] ?? ''),
    )
}

function fromCode(decimal: string | undefined, hex: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
