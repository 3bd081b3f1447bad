/** Delimiter lines, what stands outside the parts, where a header ends, line ends (RFC 2046 section 5.1, RFC 5322 section 2.1). */
import { attachment, between, entity, message, multipart, placed, textPart } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'
import { B, lines, type Shape, type ShapeRow, shapeCase, shapes } from '../shape.ts'

const HEAD = [`Content-Type: multipart/mixed; boundary="${B}"`]

/** A multipart with that text between header and end. */
function body(write: Shape): Shape {
  return (file, text) => entity(HEAD, write(file, text))
}

const GUESS = 'a program that recognises delimiter lines'
const DELIMITERS: readonly ShapeRow[] = [
  [
    'trailing-blank',
    'RFC 2046 section 5.1.1: blanks may follow',
    body((f, t) => lines(`--${B} \t`, t, `--${B}  `, f, `--${B}-- `, '')),
  ],
  [
    'trailing-junk',
    'Camel and MIME-tools compare the beginning',
    body((f, t) => lines(`--${B}`, t, `--${B} more`, f, `--${B}--`, '')),
  ],
  [
    'trailing-junk-glued',
    'a program that compares the beginning',
    body((f, t) => lines(`--${B}`, t, `--${B}more`, f, `--${B}--`, '')),
  ],
  ['leading-blank', GUESS, body((f, t) => lines(`--${B}`, t, ` --${B}`, f, ` --${B}--`, ''))],
  ['leading-tab', GUESS, body((f, t) => lines(`--${B}`, t, `\t--${B}`, f, `--${B}--`, ''))],
  [
    'other-case',
    'PHP compares without case',
    body((f, t) => lines(`--${B}`, t, `--${B.toUpperCase()}`, f, `--${B}--`, '')),
  ],
  ['more-dashes', GUESS, body((f, t) => lines(`---${B}`, t, `---${B}`, f, `---${B}--`, ''))],
  [
    'close-one-dash',
    'GMime, JSMime and others take it for a delimiter or for none',
    body((f, t) => lines(`--${B}`, t, `--${B}`, f, `--${B}-`, '')),
  ],
  [
    'close-with-junk',
    'Camel compares the beginning',
    body((f, t) => lines(`--${B}`, t, `--${B}`, f, `--${B}--more`, '')),
  ],
  [
    'no-close',
    'everybody reads up to the end (RFC 2046 section 5.1.2)',
    body((f, t) => lines(`--${B}`, t, `--${B}`, f)),
  ],
  [
    'no-line-end-at-close',
    'the last line needs no line end',
    body((f, t) => lines(`--${B}`, t, `--${B}`, f, `--${B}--`)),
  ],
  ['nul-after', 'C programs end the line there', body((f, t) => lines(`--${B}`, t, `--${B}\0`, f, `--${B}--`, ''))],
  [
    'two-in-a-row',
    'an empty part, then the file',
    body((f, t) => lines(`--${B}`, t, `--${B}`, `--${B}`, f, `--${B}--`, '')),
  ],
  [
    'close-first',
    'a closing delimiter before the first part closes nothing',
    body((f, t) => lines(`--${B}--`, `--${B}`, t, `--${B}`, f, `--${B}--`, '')),
  ],
]

const OUTSIDE: readonly ShapeRow[] = [
  ['epilogue', 'a program that looks for MIME headers anywhere, as ClamAV', body((f, t) => between(B, [t]) + f)],
  [
    'epilogue-after-delimiter',
    'a program that goes on after the close',
    body((f, t) => `${between(B, [t])}--${B}\r\n${f}\r\n--${B}--\r\n`),
  ],
  [
    'early-close',
    'a program that goes on after the close',
    body((f, t) => lines(`--${B}`, t, `--${B}--`, '', `--${B}`, f, `--${B}--`, '')),
  ],
  [
    'epilogue-other-boundary',
    'a program that recognises delimiter lines',
    body((f, t) => `${between(B, [t])}${between('=_new', [f])}`),
  ],
  [
    'preamble',
    'a program that looks for MIME headers anywhere, as ClamAV',
    body((f, t) => `${f}\r\n${between(B, [t])}`),
  ],
  [
    'preamble-other-boundary',
    'a program that recognises delimiter lines',
    body((f, t) => `${between('=_new', [f])}${between(B, [t])}`),
  ],
  [
    'preamble-text',
    'the preamble is passed over (RFC 2046 section 5.1.1)',
    body((f, t) => `This is a message in parts.\r\n${between(B, [t, f])}`),
  ],
  ['no-text', 'a multipart of one part', body((f) => between(B, [f]))],
  ['empty-parts', 'parts of nothing', body((f, t) => between(B, ['', t, '\r\n', f, '']))],
]

/** The part with something else where the blank line is between header and body. */
function divided(divider: string): Shape {
  return body((file, text) => between(B, [text, file.replace('\r\n\r\n', divider)]))
}

const DIVIDERS: readonly ShapeRow[] = [
  ['cr-cr', 'Python and JSMime', divided('\r\n\r\r\n')],
  ['crcr-only', 'Python and JSMime end a line at each CR', divided('\r\r')],
  ['lf-lf', 'a line may end in LF', divided('\n\n')],
  ['lf-cr', 'postal-mime', divided('\n\r\n')],
  ['crlf-crcrlf', 'postal-mime', divided('\r\n\r\r\n')],
  ['blank-with-space', 'a program that trims lines', divided('\r\n \r\n')],
  ['blank-with-tab', 'a program that trims lines', divided('\r\n\t\r\n')],
  ['no-blank-line', 'Python and GMime end the header at the first line that is no field', divided('\r\n')],
  [
    'junk-line',
    'some end the header there, the others pass over the line',
    body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\r\nno field\r\n\r\n')])),
  ],
  [
    'header-after-blank-line',
    'a program that passes over blank lines before the header',
    body((f, t) => between(B, [t, `\r\n${f}`])),
  ],
  [
    'header-after-two-blank-lines',
    'a program that passes over blank lines before the header',
    body((f, t) => between(B, [t, `\r\n\r\n${f}`])),
  ],
  [
    'blank-line-within',
    'a program that goes on where fields follow the blank line',
    body((f, t) => between(B, [t, f.replace('\r\n', '\r\n\r\n')])),
  ],
]

/** The whole message with other line ends. */
function reended(name: string, why: string, change: (message: string) => string): CaseSpec[] {
  return (['base64', '7bit'] as const).flatMap((encoding) => {
    const spec = shapeCase(`${name}-${encoding}`, why, encoding, (f, t) => change(placed(multipart([t, f]))))
    const nested = shapeCase(`${name}-${encoding}-nested`, why, encoding, (f, t) =>
      placed(
        entity(
          ['Content-Type: message/rfc822', 'Content-Disposition: attachment; filename="old.eml"'],
          change(placed(multipart([t, f]))),
        ),
      ),
    )
    if (encoding === 'base64') return [spec, nested]
    // What the content's own line ends become.
    const expect = (content: Buffer) => [
      { bytes: Buffer.from(change(content.toString('latin1')), 'latin1'), names: ['enclosed.txt'] },
    ]
    return [
      { ...spec, expect },
      { ...nested, expect },
    ]
  })
}

const LINE_ENDS = [
  ...reended('lf', 'a line may end in LF: everybody', (text) => text.replaceAll('\r\n', '\n')),
  ...reended('cr', 'Python and JSMime end a line at CR', (text) => text.replaceAll('\r\n', '\r')),
  ...reended('crcrlf', 'programs that take CR CR LF for one line end, or for two', (text) =>
    text.replaceAll('\r\n', '\r\r\n'),
  ).filter(
    // With two line ends for each one the header has one field only.
    ({ name }) => name.includes('base64'),
  ),
]

const MIXED_ENDS: readonly ShapeRow[] = [
  [
    'delimiter-after-cr',
    'Python and JSMime: CR ends the line before the delimiter',
    body((f, t) => `--${B}\r\n${t}\r--${B}\r\n${f}\r\n--${B}--\r\n`),
  ],
  ['delimiter-after-lf', 'a line may end in LF', body((f, t) => `--${B}\r\n${t}\n--${B}\n${f}\n--${B}--\n`)],
  [
    'delimiter-ends-in-cr',
    'Python, JSMime, Camel and PHP',
    body((f, t) => `--${B}\r${t}\r\n--${B}\r${f}\r\n--${B}--\r`),
  ],
  [
    'header-ends-in-cr',
    'Python and JSMime',
    body((f, t) => between(B, [t, f.replace(/^([\s\S]*?)\r\n\r\n/, (head) => head.replaceAll('\r\n', '\r'))])),
  ],
  [
    'header-ends-in-lf',
    'a line may end in LF',
    body((f, t) => between(B, [t, f.replace(/^([\s\S]*?)\r\n\r\n/, (head) => head.replaceAll('\r\n', '\n'))])),
  ],
]

/** Whole messages with something before or within the header. */
const WHOLE: readonly (readonly [name: string, why: string, change: (text: string) => string])[] = [
  ['byte-order-mark', 'all but Python pass over it', (text) => `\xef\xbb\xbf${text}`],
  [
    'mbox-from-first',
    'a message cut from an mbox file',
    (text) => `From alex@src.test Mon Mar  2 09:12:44 2026\r\n${text}`,
  ],
  [
    'mbox-from-within',
    'the line is no field and is passed over',
    (text) => text.replace('From: ', '>From alex@src.test Mon Mar  2 09:12:44 2026\r\nFrom: '),
  ],
  ['leading-blank-line', 'a program that passes over blank lines before the header', (text) => `\r\n${text}`],
  ['leading-folded-line', 'a folded line without a field', (text) => ` folded\r\n${text}`],
  ['no-final-line-end', 'truncated at the end', (text) => text.trimEnd()],
]
const whole = WHOLE.flatMap(([name, why, change]) =>
  (['base64', 'quoted-printable', '7bit'] as const).map((encoding) =>
    shapeCase(`${name}-${encoding}`, why, encoding, (f, t) => change(message(multipart([t, f])))),
  ),
)

const APPLE_DOUBLE: CaseSpec[] = (['multipart/appledouble', 'multipart/x-appledouble', 'multipart/mixed'] as const).map(
  (type) => ({
    name: `appledouble-${type.slice(10)}`,
    why: 'RFC 1740 section 4: the second part is the data fork',
    names: ['letter.doc'],
    build(content) {
      const header = attachment(
        '._letter.doc',
        Buffer.from('\0\x05\x16\x07\0\x02\0\0'.padEnd(60, '\0'), 'latin1'),
        'application/applefile',
      )
      const pair = multipart([header, attachment('letter.doc', content)]).replace('multipart/mixed', type)
      return placed(multipart([textPart(), pair]))
    },
  }),
)

/** Shapes that other classes combine with their own. */
export const structureShapes: readonly ShapeRow[] = [...DELIMITERS, ...OUTSIDE]

export const structures: readonly CaseClass[] = [
  { name: 'delimiter-line', cases: shapes(DELIMITERS) },
  { name: 'outside-parts', cases: shapes(OUTSIDE) },
  { name: 'head-body', cases: shapes(DIVIDERS, ['single', 'rfc822']) },
  { name: 'line-ends', cases: [...LINE_ENDS, ...shapes(MIXED_ENDS, ['single', 'rfc822'])] },
  { name: 'whole-message', cases: whole },
  { name: 'apple-double', cases: APPLE_DOUBLE },
]
