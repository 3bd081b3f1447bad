/** Texts in letters that every mail server takes. */

/** Letters that are more than a base letter with a mark. */
const SPELT: Readonly<Record<string, string>> = {
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  ø: 'o',
  Ø: 'O',
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
  '\u202f': ' ',
  '«': '"',
  '»': '"',
  '„': '"',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
}

/** The same text in ASCII; undefined where it has letters that cannot be written so. */
export function asciiOf(text: string): string | undefined {
  const spelt = text.normalize('NFC').replace(/[^ -~\n]/gu, (letter) => SPELT[letter] ?? letter)
  const plain = spelt.normalize('NFKD').replace(/\p{M}/gu, '')
  return /^[ -~\n]*$/.test(plain) ? plain : undefined
}
