/** Character references of HTML, as far as they can hide a URI. */

const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi
/** The named ones that stand for a character of ASCII that a URI may have. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  colon: ':',
  semi: ';',
  comma: ',',
  sol: '/',
  equals: '=',
  plus: '+',
  percnt: '%',
  period: '.',
  num: '#',
  quest: '?',
  excl: '!',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  rsqb: ']',
  ast: '*',
  dollar: '$',
  commat: '@',
  bsol: '\\',
  hat: '^',
  lowbar: '_',
  grave: '`',
  lcub: '{',
  rcub: '}',
  verbar: '|',
  tab: '\t',
  newline: '\n',
  nbsp: '\xa0',
}

/** Replaces character references, but leaves those that stand for one of the characters in `except`. */
export function decodeReferences(text: string, except = ''): string {
  if (!text.includes('&')) return text
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    const character = name === undefined ? numbered(decimal, hex) : NAMED[name.toLowerCase()]
    return character === undefined || except.includes(character) ? whole : character
  })
}

/** One character a byte: what is beyond ASCII comes out as UTF-8. */
function numbered(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  if (code === 0 || code > 0x10ffff) return undefined
  return Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1')
}
