/** Names given twice, in several forms, in broken syntax, with characters that hide what they are. */
import type { CaseClass, CaseSpec } from '../case.ts'
import { inBothFields, namedCase, type ParameterRow } from '../naming.ts'

const EVIL = 'evil.exe'
const OCTETS = 'Content-Type: application/octet-stream'

const PLAIN = 'the plain form is shown by Python, GMime and Camel'
const EXT = 'the extended form is shown by mailparser, postal-mime and JSMime (RFC 2231 section 5)'
const FORMS: readonly ParameterRow[] = [
  ['extended-evil', EXT, (word) => `${word}="notes.txt"; ${word}*=utf-8''evil%2Eexe`, [EVIL]],
  ['plain-evil', PLAIN, (word) => `${word}="evil.exe"; ${word}*=utf-8''notes%2Etxt`, [EVIL]],
  ['extended-first-evil', EXT, (word) => `${word}*=utf-8''evil%2Eexe; ${word}="notes.txt"`, [EVIL]],
  ['plain-last-evil', PLAIN, (word) => `${word}*=utf-8''notes%2Etxt; ${word}="evil.exe"`, [EVIL]],
  ['pieces-evil', EXT, (word) => `${word}="notes.txt"; ${word}*0="evil"; ${word}*1=".exe"`, [EVIL]],
  ['plain-beside-pieces-evil', PLAIN, (word) => `${word}="evil.exe"; ${word}*0="notes"; ${word}*1=".txt"`, [EVIL]],
  [
    'extended-beside-pieces-evil',
    EXT,
    (word) => `${word}*=utf-8''evil%2Eexe; ${word}*0="notes"; ${word}*1=".txt"`,
    [EVIL],
  ],
  ['two-extended-first-evil', EXT, (word) => `${word}*=utf-8''evil%2Eexe; ${word}*=utf-8''notes%2Etxt`, [EVIL]],
  ['two-extended-last-evil', EXT, (word) => `${word}*=utf-8''notes%2Etxt; ${word}*=utf-8''evil%2Eexe`, [EVIL]],
]

const FIRST = 'the first is shown by mailparser, Python, GMime and Camel'
const LAST = 'the last is shown by MIME-tools and PHP'
const TWICE: readonly ParameterRow[] = [
  ['first-evil', FIRST, (word) => `${word}="evil.exe"; ${word}="notes.txt"`, [EVIL]],
  ['last-evil', LAST, (word) => `${word}="notes.txt"; ${word}="evil.exe"`, [EVIL]],
  [
    'middle-evil',
    'some program shows each of them',
    (word) => `${word}="notes.txt"; ${word}="evil.exe"; ${word}="more.txt"`,
    [EVIL],
  ],
  ['other-case-last-evil', LAST, (word) => `${word}="notes.txt"; ${word.toUpperCase()}="evil.exe"`, [EVIL]],
  ['empty-then-evil', LAST, (word) => `${word}=""; ${word}="evil.exe"`, [EVIL]],
  ['evil-then-empty', FIRST, (word) => `${word}="evil.exe"; ${word}=""`, [EVIL]],
]

type HeadRow = readonly [name: string, why: string, head: readonly string[], names: readonly string[]]
const CD = 'Content-Disposition: attachment;'
const FIELDS: readonly HeadRow[] = [
  ['first-field-evil', FIRST, [OCTETS, `${CD} filename="evil.exe"`, `${CD} filename="notes.txt"`], [EVIL]],
  ['last-field-evil', LAST, [OCTETS, `${CD} filename="notes.txt"`, `${CD} filename="evil.exe"`], [EVIL]],
  ['first-type-evil', FIRST, [`${OCTETS}; name="evil.exe"`, `${OCTETS}; name="notes.txt"`], [EVIL]],
  ['last-type-evil', LAST, [`${OCTETS}; name="notes.txt"`, `${OCTETS}; name="evil.exe"`], [EVIL]],
  [
    'type-evil',
    'Outlook shows the name of the type',
    [`${OCTETS}; name="evil.exe"`, `${CD} filename="notes.txt"`],
    [EVIL],
  ],
  [
    'disposition-evil',
    'most show the name of the disposition',
    [`${OCTETS}; name="notes.txt"`, `${CD} filename="evil.exe"`],
    [EVIL],
  ],
  ['empty-disposition-type-evil', 'an empty name is none', [`${OCTETS}; name="evil.exe"`, `${CD} filename=""`], [EVIL]],
  ['inline-then-attachment', LAST, [OCTETS, 'Content-Disposition: inline', `${CD} filename="evil.exe"`], [EVIL]],
  [
    'description',
    'some show it where there is no name',
    [OCTETS, 'Content-Disposition: attachment', 'Content-Description: evil.exe'],
    [EVIL],
  ],
  [
    'description-beside-name',
    'Apple Mail and others show it',
    [OCTETS, `${CD} filename="notes.txt"`, 'Content-Description: evil.exe'],
    [EVIL],
  ],
  [
    'location',
    'RFC 2557 section 4.2: some take the name from it',
    [OCTETS, 'Content-Disposition: attachment', 'Content-Location: evil.exe'],
    [EVIL],
  ],
  [
    'location-address',
    'RFC 2557 section 4.2: some take the name from it',
    [OCTETS, 'Content-Location: http://www.src.test/files/evil.exe'],
    [EVIL, 'http://www.src.test/files/evil.exe'],
  ],
  ['name-in-disposition', 'some take either word in either field', [OCTETS, `${CD} name="evil.exe"`], [EVIL]],
  ['filename-in-type', 'some take either word in either field', [`${OCTETS}; filename="evil.exe"`], [EVIL]],
  [
    'space-before-colon',
    'obsolete syntax (RFC 5322 section 4.5)',
    [OCTETS, 'Content-Disposition : attachment; filename="evil.exe"'],
    [EVIL],
  ],
  [
    'no-disposition-word',
    'Python and PHP read the parameter',
    [OCTETS, 'Content-Disposition: filename="evil.exe"'],
    [EVIL],
  ],
  [
    'no-disposition-word-no-type',
    'Python and PHP read the parameter',
    ['Content-Disposition: filename="evil.exe"'],
    [EVIL],
  ],
  ['semicolon-first', 'programs read the parameters', [OCTETS, 'Content-Disposition: ; filename="evil.exe"'], [EVIL]],
  [
    'missing-semicolon',
    'a program that looks for filename=',
    [OCTETS, 'Content-Disposition: attachment filename="evil.exe"'],
    [EVIL],
  ],
  [
    'comma-separator',
    'a program that looks for filename=',
    [OCTETS, 'Content-Disposition: attachment, filename="evil.exe"'],
    [EVIL],
  ],
  ['no-blank', 'blanks may be left out', [OCTETS, 'Content-Disposition:attachment;filename="evil.exe"'], [EVIL]],
]

const SYNTAX: readonly ParameterRow[] = [
  ['token', 'RFC 2045 section 5.1', (word) => `${word}=evil.exe`, [EVIL]],
  ['unclosed-quote', 'most read up to the end of the line', (word) => `${word}="evil.exe`, [EVIL]],
  ['unopened-quote', 'most drop the mark', (word) => `${word}=evil.exe"`, [EVIL, 'evil.exe"']],
  [
    'unquoted-blank',
    'mailparser, postal-mime and GMime read up to the semicolon',
    (word) => `${word}=my evil.exe`,
    ['my evil.exe'],
  ],
  ['unquoted-blank-cut', 'Python ends at the blank', (word) => `${word}=evil.exe and more`, [EVIL]],
  [
    'escaped-quote-hides',
    'a program that knows no quoted pairs',
    (word) => `${word}="a\\"; ${word}=evil.exe; x="b"`,
    [EVIL],
  ],
  ['escaped-letters', 'quoted pairs (RFC 5322 section 3.2.4)', (word) => `${word}="ev\\il.exe"`, [EVIL, 'ev\\il.exe']],
  ['single-quotes', 'some take them for quotation marks', (word) => `${word}='evil.exe'`, [EVIL, "'evil.exe'"]],
  ['blanks-around-equals', 'obsolete syntax', (word) => `${word} = "evil.exe"`, [EVIL]],
  ['tab-folded', 'folding (RFC 5322 section 2.2.3)', (word) => `\r\n\t${word}="evil.exe"`, [EVIL]],
  ['folded-in-value', 'unfolding keeps the blank', (word) => `${word}="evil\r\n .exe"`, ['evil .exe', EVIL]],
  ['comment-after', 'comments (RFC 2045 section 5.1)', (word) => `${word}="evil.exe" (harmless)`, [EVIL]],
  ['comment-glued', 'comments (RFC 2045 section 5.1)', (word) => `${word}=evil.exe(harmless)`, [EVIL]],
  ['comment-before-value', 'comments (RFC 2045 section 5.1)', (word) => `${word}=(harmless)evil.exe`, [EVIL]],
  ['comment-before-word', 'comments (RFC 2045 section 5.1)', (word) => `(harmless) ${word}=evil.exe`, [EVIL]],
  ['junk-after-quote', 'most end at the quotation mark', (word) => `${word}="evil.exe"junk`, [EVIL]],
  ['junk-joined', 'some join', (word) => `${word}="evil".exe`, [EVIL]],
  ['two-quoted', 'some join', (word) => `${word}="evil" ".exe"`, [EVIL]],
  ['trailing-semicolon', 'an empty parameter is passed over', (word) => `${word}="evil.exe";`, [EVIL]],
  ['two-semicolons', 'an empty parameter is passed over', (word) => `; ${word}="evil.exe"`, [EVIL]],
  ['unquoted-equals', 'most read up to the semicolon', (word) => `${word}=a=evil.exe`, ['a=evil.exe']],
  ['unquoted-brackets', 'most read up to the semicolon', (word) => `${word}=evil[1].exe`, ['evil[1].exe']],
  ['unquoted-slash', 'most read up to the semicolon', (word) => `${word}=a/evil.exe`, [EVIL, 'a/evil.exe']],
  ['semicolon-in-quotes', 'RFC 2045 section 5.1', (word) => `${word}="a;evil.exe"`, ['a;evil.exe']],
  ['upper-case-word', 'parameter names have no case', (word) => `${word.toUpperCase()}="evil.exe"`, [EVIL]],
  ['after-broken-parameter', 'programs pass over what is no parameter', (word) => `junk; ${word}="evil.exe"`, [EVIL]],
  ['after-unclosed-quote', 'some look for the word anywhere', (word) => `x="y; ${word}=evil.exe`, [EVIL]],
  ['backslash-at-end', 'quoted pairs need a second character', (word) => `${word}="evil.exe\\`, [EVIL, 'evil.exe\\']],
]

const CUT = 'C programs end the name there, JSMime drops it, mailparser keeps it'
const SHOWN = 'as it stands, or as a file system makes it'
const utf8 = (text: string) => Buffer.from(text).toString('latin1')
const encoded = (text: string) => (word: string) => `${word}*=utf-8''${encodeURIComponent(text)}`
const plain = (text: string) => (word: string) => `${word}="${utf8(text)}"`
const both = (name: string, why: string, text: string, names: readonly string[]): readonly ParameterRow[] => [
  [`${name}-raw`, why, plain(text), names],
  [`${name}-encoded`, why, encoded(text), names],
]
const CHARACTERS: readonly ParameterRow[] = [
  ...both('nul', CUT, 'evil.exe\0.txt', [EVIL]),
  ...both('nul-within', CUT, 'evil\0.exe', [EVIL, 'evil\0.exe']),
  ['line-end-encoded', 'kept, dropped or a blank', encoded('evil\r\n.exe'), ['evil\r\n.exe', EVIL, 'evil .exe']],
  ...both('right-to-left', 'shown as annexe.txt', 'ann\u202etxt.exe', ['ann\u202etxt.exe']),
  ...both('isolate', 'bidi controls are kept', '\u2066evil.exe\u2069', ['\u2066evil.exe\u2069', EVIL]),
  ...both('zero-width', 'not seen', 'evil.e\u200bxe', ['evil.e\u200bxe', EVIL]),
  ...both('soft-hyphen', 'not seen', 'evil.\u00adexe', ['evil.\u00adexe', EVIL]),
  ...both('trailing-dot', 'Windows drops it', 'evil.exe.', ['evil.exe.', EVIL]),
  ...both('trailing-blanks', 'Windows drops them', 'evil.exe  ', ['evil.exe  ', EVIL]),
  ...both('windows-path', SHOWN, 'C:\\temp\\evil.exe', [EVIL, 'C:\\temp\\evil.exe', 'C:tempevil.exe']),
  ...both('unix-path', SHOWN, '../../tmp/evil.exe', [EVIL, '../../tmp/evil.exe']),
  ...both('stream', 'Windows sees a stream behind the colon', 'evil.exe:notes.txt', [EVIL, 'evil.exe:notes.txt']),
  ...both('stream-data', 'Windows sees a stream behind the colon', 'evil.exe::$DATA', [EVIL, 'evil.exe::$DATA']),
  ...both('many-blanks', 'what is behind them is not seen', `notes.txt${' '.repeat(120)}.exe`, [
    `notes.txt${' '.repeat(120)}.exe`,
    'notes.txt .exe',
  ]),
  ...both('double-extension', SHOWN, 'notes.txt.exe', ['notes.txt.exe']),
  ...both('long', 'nobody cuts it', `${'a'.repeat(400)}.exe`, [`${'a'.repeat(400)}.exe`]),
  ...both('full-width-dot', SHOWN, 'evil\uff0eexe', ['evil\uff0eexe', EVIL]),
  ...both('leading-dot', SHOWN, '.evil.exe', ['.evil.exe']),
  ...both('device', SHOWN, 'CON.exe', ['CON.exe']),
  ...both('escape', 'a terminal obeys it', 'evil\x1b[2J.exe', ['evil\x1b[2J.exe', 'evil[2J.exe', 'evil[2J.exe']),
  ...both('emoji', 'beyond the basic plane', 'evil \u{1f4c4}.exe', ['evil \u{1f4c4}.exe']),
  ...both('decomposed', 'as it stands, or composed', 'U\u0308bersicht.exe', ['U\u0308bersicht.exe', 'Übersicht.exe']),
]

const fields = FIELDS.map((row): CaseSpec => namedCase(...row))

export const nameForms: readonly CaseClass[] = [
  { name: 'name-form', cases: inBothFields(FORMS) },
  { name: 'name-duplicate', cases: inBothFields(TWICE) },
  { name: 'name-field', cases: fields },
  { name: 'name-syntax', cases: inBothFields(SYNTAX) },
  { name: 'name-character', cases: inBothFields(CHARACTERS) },
]
