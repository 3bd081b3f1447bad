/**
 * What may be odd about the form of a message or part: one table, each with its severity and the sentence that `extract --explain`
 * and the docs show. Rules name anomalies by these names, so a name once given stays.
 */
import type { Anomaly, Severity } from './facts.ts'
import { LIMITS, type Limit } from './limit.ts'

/** How odd, and why it matters, in one sentence. */
export interface AnomalyKind {
  readonly severity: Severity
  readonly meaning: string
}

/** What may be odd about a container or a member of one; no reading of a message has it. */
export const CONTAINER_FAULTS = {
  truncated: unscannable('the data of a container or member ends too early'),
  corrupt: unscannable('the data of a container or member is damaged'),
  unsupported: unscannable('the format or the method of a container is recognised, but cannot be opened'),
  unopened: unscannable('a limit was reached before this member was read'),
  'crc-mismatch': suspicious('the bytes do not have the checksum that the container claims'),
  'size-mismatch': suspicious('the bytes are more or fewer than the container claims'),
  'prefixed-data': note('data lies before the container'),
  'appended-data': note('data lies after the container'),
  'several-directories': suspicious('the container has several directories: programs differ in what they see'),
  'no-directory': unscannable('the directory of the container is missing or damaged; members were found without it'),
  'header-mismatch': suspicious("the directory and the member's own header disagree"),
  'name-mismatch': suspicious('the container gives one member several names'),
  'hidden-member': suspicious('a member that the directory does not list'),
  'duplicate-name': note('two members have the same path'),
  overlap: suspicious('members share the same bytes'),
  'unsafe-path': suspicious('the path would lead out of the folder that it is unpacked to'),
  link: note('the member is a link to another place'),
  device: suspicious('the member is a device file'),
  'several-volumes': unscannable('a part of an archive in several volumes'),
  'password-budget': unscannable('there were more candidates for a password than may be tried'),
  'detached-data': note('data that no part of the format refers to'),
} as const satisfies Record<string, AnomalyKind>

/** What an opener may say of a container or a member. */
export type ContainerFault = keyof typeof CONTAINER_FAULTS

/** Every anomaly there is. */
export const ANOMALIES = {
  // Fields
  'cte-duplicate': suspicious('several Content-Transfer-Encodings differ, and programs differ in which they take'),
  'cte-malformed': suspicious(
    'the Content-Transfer-Encoding is not one known word alone, and some programs find one in it',
  ),
  'cte-unknown': suspicious('the Content-Transfer-Encoding is none that RFC 2045 knows'),
  'cte-on-composite': suspicious(
    'a multipart or message is declared as encoded, which RFC 2045 forbids and some programs obey',
  ),
  'cte-mismatch': suspicious('the content is not in the encoding that is declared, or in one where none is'),
  'ct-duplicate': suspicious('several Content-Types differ, and programs differ in which they take'),
  'ct-malformed': note('the Content-Type is no type with subtype'),
  'cd-duplicate': suspicious('several Content-Dispositions differ, and programs differ in which they take'),
  'header-malformed': note('a line of the header is no field, or programs differ in whether it is one'),
  'header-control-char': suspicious('NUL or a bare CR stands in the header, and programs cut, drop or keep it'),
  // Boundaries and structure
  'boundary-ambiguous': suspicious('more than one value may be taken for the boundary'),
  'boundary-missing': suspicious('a multipart has no boundary, or none of its parts was found'),
  'boundary-odd': note(
    'the boundary has more than 70 bytes or bytes that are no ASCII text, or it and an outer one begin alike',
  ),
  'boundary-reused': suspicious('the boundary of an inner multipart is that of an outer one'),
  'delimiter-odd': suspicious('a line is almost a delimiter, and some programs take it for one'),
  'unclosed-multipart': note('a multipart ends without its closing delimiter'),
  'content-outside-parts': suspicious('the header of a part or encoded content stands where no part is'),
  'header-body-ambiguous': suspicious('where the header ends and the content begins is read differently'),
  'bare-cr': suspicious('CR without LF stands where some programs end a line'),
  'bare-lf': note('lines end in LF without CR'),
  'mixed-line-ends': note('some lines end in CR LF, some in LF'),
  'line-too-long': note('a line has more than 998 bytes and will be broken on its way'),
  // Content as encoded
  'base64-padding-inside': suspicious('padding stands inside base64, where programs stop, go on or pass it over'),
  'base64-junk': suspicious('bytes that are no base64 letters stand inside base64'),
  'base64-url': suspicious('letters of the URL alphabet stand inside base64, which programs drop or decode'),
  'base64-trailing-data': suspicious('something stands behind the end of base64'),
  'base64-partial': note('base64 ends within a group of four letters'),
  'qp-broken': note('= in quoted-printable is followed neither by two hex digits nor by a line end'),
  'uu-inline': note('a uuencoded file stands inside the content'),
  'yenc-inline': note('a yEnc encoded file stands inside the content'),
  binhex: note('a BinHex encoded file stands inside the content'),
  // Names
  'name-conflict': suspicious('programs show names with different extensions'),
  'name-malformed': note(
    'the syntax of the name is broken: a quote is not closed, a semicolon missing, a percent sign alone',
  ),
  'name-2231-odd': suspicious('the pieces of the name have gaps, come twice, or stand beside a whole one'),
  'name-raw-8bit': note('the name has 8-bit bytes without a character set'),
  'name-bad-charset': note('the character set of the name is unknown or not the one that it is in'),
  'name-control-char': suspicious('the name holds control characters'),
  'name-bidi': suspicious('the name holds characters that turn the direction of text'),
  'name-invisible': suspicious('the name holds characters that are not seen, or many blanks'),
  'name-path': note('the name holds a path'),
  'name-ntfs-stream': suspicious('the name holds a colon, behind which Windows sees a stream'),
  'name-too-long': note('the name is longer than file systems allow'),
  'name-trailing': note('the name ends in dots or blanks, which Windows drops'),
  'name-double-extension': suspicious('the extension that counts hides behind another one or behind blanks'),
  // Kinds of content
  'partial-message': unscannable('the message is one piece of a larger one, which only the recipient puts together'),
  'external-body': suspicious('the content is not in the message but would be fetched'),
  encrypted: unscannable('the content is encrypted'),
  'smime-opaque': note('the content is wrapped in an S/MIME signature'),
  tnef: note('the content is wrapped in TNEF (winmail.dat)'),
  'tnef-broken': suspicious('the content is wrapped in TNEF (winmail.dat) that is broken'),
  'message-disguised': suspicious('a message is declared to be something else'),
  'data-uri': suspicious('a file stands in a data: address'),
  'html-smuggling': suspicious('a script in HTML builds a file out of what it carries'),
  // Containers and their members
  ...CONTAINER_FAULTS,
  // Readings
  'parser-disagreement': suspicious('mailparser and the strict reading differ in what the parts are'),
  'parser-error': suspicious('mailparser gave up; the strict reading was read to its end'),
  'unclaimed-content': suspicious('encoded content or the header of a part stands where neither reading sees a part'),
  ...limitKinds(),
} as const satisfies Record<string, AnomalyKind>

/** The name of an anomaly. */
export type AnomalyName = keyof typeof ANOMALIES

function note(meaning: string): AnomalyKind {
  return { severity: 'note', meaning }
}
function suspicious(meaning: string): AnomalyKind {
  return { severity: 'suspicious', meaning }
}
function unscannable(meaning: string): AnomalyKind {
  return { severity: 'unscannable', meaning }
}

function limitKinds(): Record<`limit-${Limit}`, AnomalyKind> {
  const kinds = Object.entries(LIMITS).map(([limit, meaning]) => [`limit-${limit}`, unscannable(meaning)])
  return Object.fromEntries(kinds)
}

/** An anomaly with the severity that the table gives it; the offset is -1 where no place can be named. */
export function anomaly(name: AnomalyName, offset: number): Anomaly {
  return { name, severity: ANOMALIES[name].severity, offset }
}
