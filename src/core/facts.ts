/**
 * Everything that is measured of a sample and of its message, declared once (see `schema.ts`). Rules see `sample.*` and `message.*`
 * exactly as declared here. What later work measures is added here and nowhere else.
 */
import { flag, list, number, optional, record, text, type Value, whole } from './schema.ts'

export const SEVERITIES = ['note', 'suspicious', 'unscannable'] as const
/** How odd an anomaly is: worth a note, worth a rule, or the reason why something counts as not read. */
export type Severity = (typeof SEVERITIES)[number]

export const anomalySchema = record(
  {
    name: text('stable name, such as cte-duplicate'),
    severity: text('note, suspicious or unscannable'),
    offset: whole('byte in the message where it was seen, -1 where no place can be named'),
  },
  'something odd about the form of a message or part',
)

export const nameSchema = record(
  { value: text('the decoded name'), origin: text('where it stood, such as disposition.filename or type.name') },
  'one name that some mail client would show',
)

export const linkSchema = record(
  {
    scheme: text('how it leads there, in small letters: file, search-ms and so on; unc for \\\\host\\share'),
    host: text('the machine that it leads to, empty where it leads to none or to a file of this one'),
    target: text('the address, its first 300 characters'),
    via: text(
      'where it stood: href, src, css and so on; text where it only stands there; rel.TYPE in Office packages; rtf.template',
    ),
    isMoniker: flag('whether a ! follows a file name, behind which Windows looks for an object'),
    count: whole('how many addresses of this scheme the content has'),
  },
  'an address that leads elsewhere than to a page',
)

/** What follows from the bytes alone: the same for the same sha256, whoever sent it. This is what the store keeps. */
export const contentSchema = record(
  {
    sha256: text('SHA-256 of the decoded bytes, 64 lower-case hex digits'),
    size: whole('decoded size in bytes'),
    type: text('media type that the content shows, application/octet-stream where none is known'),
    types: list(text('a media type'), 'all media types that the content shows (a polyglot has several)'),
    groups: list(text('a group'), 'what those types are: executable, script, office, archive, image, text and so on'),
    charset: text('character set that the content shows, empty where it is no text'),
    testString: text('eicar or peekaboo where the content is that harmless test file, else empty'),
    links: list(
      linkSchema,
      'where it leads but to pages, mail addresses and telephone numbers: up to four of each kind; of templates and linked objects of documents pages too',
    ),
  },
  'what is true of the bytes of a sample',
)

export const ROLES_IN_MESSAGE = ['attachment', 'body', 'message'] as const
/** What a sample is to its message: apart from the text, the text itself, or the message with everything in it. */
export type RoleInMessage = (typeof ROLES_IN_MESSAGE)[number]

export const sampleSchema = record(
  {
    ...contentSchema.fields,
    role: text(
      `${ROLES_IN_MESSAGE.join(', ')}: what clients show apart, a text that they show as the message, all of its bytes`,
    ),
    name: text('the name that most clients show, empty where there is none'),
    names: list(nameSchema, 'every name that some client would show'),
    path: text(
      'place in the message: part numbers joined by dots, as IMAP numbers them; 2.1 is the first part of the second',
    ),
    depth: whole('how many messages and containers lie around it; 0 is a part of the message itself'),
    declaredType: text('media type that the sender declared, lower case, empty where none'),
    declaredCharset: text('character set that the sender declared, lower case, empty where none'),
    disposition: text('attachment, inline or empty, as the sender declared'),
    readings: list(text('a reading'), 'the readings of the message in which this content appears'),
    anomalies: list(anomalySchema, 'what is odd about the part'),
    mismatches: list(text('a mismatch'), 'where a name or the declared type says something else than the content'),
  },
  'one attachment, embedded message, container member or text of the message, or the message itself',
)

export const headerSchema = record(
  { name: text('its name, in small letters'), value: text('its value, decoded and on one line') },
  'one field of the header of the message',
)

const authResult = {
  method: text('what was tried: dkim, spf, dmarc, arc and so on, in small letters'),
  result: text('how it ended: pass, fail, none and so on, in small letters'),
  domain: text('the domain that it is about, in small letters, empty where none is told'),
}

export const authResultSchema = record(authResult, 'one result of an Authentication-Results field (RFC 8601)')

/** What the header of a message says, found out only where some rule looks at it. */
export const headerFactsSchema = record(
  {
    fields: list(headerSchema, 'the fields in their order'),
    isCut: flag('whether there were more'),
    from: list(text('an address'), 'addresses of all From fields'),
    replyTo: list(text('an address'), 'addresses of all Reply-To fields'),
    auth: list(
      record({ ...authResult, server: text('who says so, in small letters') }, 'one result, whoever claims it'),
      'results of all Authentication-Results fields',
    ),
  },
  'what the header of the message says',
)

/** What reading one message yields (`inspector` phase 1). */
export const readingSchema = record(
  {
    attachments: list(sampleSchema, 'every attachment of the message, in order'),
    bodies: list(sampleSchema, 'the texts shown as the message itself, and (with a depth) as messages within'),
    anomalies: list(anomalySchema, 'what is odd about the message'),
    unscannable: text('the limit that ended the reading, empty when the message was read whole'),
    subject: text('decoded Subject, empty where none'),
    messageId: text('Message-ID as it stands, empty where none'),
    header: optional(headerFactsSchema),
  },
  'what was found in a message',
)

export const DIRECTIONS = ['inbound', 'outbound', 'local'] as const
/** Where a message goes. */
export type Direction = (typeof DIRECTIONS)[number]

/** The fields of a message that come from its header: whoever asks for none of them spares reading them. */
export const HEADER_FACTS = ['headers', 'headersCut', 'from', 'replyTo', 'auth'] as const

export const messageSchema = record(
  {
    sender: text('envelope sender without angle brackets, empty for the null sender'),
    recipients: list(text('an address'), 'envelope recipients without angle brackets'),
    clientAddress: text('IP address of the client, empty for local mail'),
    helo: text('name that the client gave'),
    authenticated: flag('whether the client logged in'),
    size: whole('size in bytes'),
    subject: text('decoded Subject'),
    attachments: whole('number of attachments'),
    anomalies: list(anomalySchema, 'what is odd about the message'),
    direction: text(
      `${DIRECTIONS.join(', ')}: as the listener says, else local from this machine itself, outbound from who logged in, else inbound`,
    ),
    headers: list(
      headerSchema,
      'the fields of its header in their order, the first 200 and 64 KiB; whoever sent it may have written any of them',
    ),
    headersCut: flag('whether there were more fields, addresses or results than are told, or they could not be read'),
    from: list(text('an address'), 'addresses of all From fields, the first 100; anybody may write any'),
    replyTo: list(text('an address'), 'addresses of all Reply-To fields, the first 100'),
    auth: list(
      authResultSchema,
      'results of Authentication-Results fields of the servers in milter.authServers alone, which must remove those that strangers write in their name; the first 100',
    ),
  },
  'the message that a sample came with',
)

export const neighbourSchema = record(
  {
    override: text(
      'allow or deny where an operator decided about these bytes, which comes before every rule; else empty',
    ),
    overrideReason: text('why the operator decided so'),
    path: text('its place, as sample.path'),
    name: text('the name that most clients show, empty where there is none'),
    type: text('media type that its content shows'),
    groups: list(text('a group'), 'what its types are, as sample.groups'),
  },
  'another sample of the same message',
)

export const treeSchema = record(
  {
    parents: list(neighbourSchema, 'the containers and messages around the sample, the outermost first'),
    siblings: list(
      neighbourSchema,
      'all that lies directly in the same container or message, the sample too, in order: the first 1,000',
    ),
    siblingCount: whole('how many there are of these'),
    position: whole('which of these the sample is, from 1'),
  },
  'where the sample lies among the others of its message',
)

export const historySchema = record(
  {
    known: flag('whether an earlier message had these bytes'),
    count: whole('how many earlier messages had them; tries of one message count once'),
    firstSeenHours: whole('whole hours since the first of them, 0 where there is none'),
    lastSeenHours: whole('whole hours since the last of them, or the last try of this one; 0 where there is none'),
    worstScore: optional(number('the highest score of any report about these bytes that is still kept')),
    families: list(text('a malware family'), 'the families that those reports name, the first 20'),
  },
  'earlier messages with the same attachment, or with the attachment that a member lies in; not known while the store is away',
)

/** The roots that a rule may name besides the roles. */
export const FACTS = { sample: sampleSchema, message: messageSchema, tree: treeSchema, history: historySchema } as const

export type Anomaly = Value<typeof anomalySchema>
export type Link = Value<typeof linkSchema>
export type Name = Value<typeof nameSchema>
export type Content = Value<typeof contentSchema>
export type Sample = Value<typeof sampleSchema>
export type Reading = Value<typeof readingSchema>
export type HeaderField = Value<typeof headerSchema>
export type HeaderFacts = Value<typeof headerFactsSchema>
export type AuthResult = Value<typeof authResultSchema>
export type MessageFacts = Value<typeof messageSchema>
export type Neighbour = Value<typeof neighbourSchema>
export type TreeFacts = Value<typeof treeSchema>
export type HistoryFacts = Value<typeof historySchema>

/** Of a sample that stands alone. */
export const NO_TREE: TreeFacts = { parents: [], siblings: [], siblingCount: 0, position: 0 }
