/** The line that `extract --json` prints for each file, derived from what `core/` declares; its JSON schema is published in `docs/`. */
import {
  type Anomaly,
  anomalySchema,
  type Field,
  type Fields,
  list,
  type Reading,
  readingSchema,
  record,
  type Sample,
  sampleSchema,
  text,
  type Value,
} from '../core/index.ts'

const { name, names, size, sha256, type, path, readings, anomalies } = sampleSchema.fields
const attachmentSchema = record({ name, names, size, sha256, type, path, readings, anomalies }, sampleSchema.doc)
const bodySchema = record(
  {
    type: text('text/plain or text/html'),
    charset: sampleSchema.fields.declaredCharset,
    size,
    sha256: text('SHA-256 of the decoded bytes, before any conversion of characters'),
  },
  'a text that clients show as the message itself',
)

/** One line of `extract --json`. */
export const extractSchema = record(
  {
    file: text('the file as it was named on the command line'),
    attachments: list(attachmentSchema, readingSchema.fields.attachments.doc),
    bodies: list(bodySchema, 'the texts shown as the message itself'),
    anomalies: list(anomalySchema, readingSchema.fields.anomalies.doc),
    unscannable: text(
      'what ended the reading: a limit, or the cause where the file could not be read at all; else empty',
    ),
  },
  'what is in one message',
)
export type ExtractLine = Value<typeof extractSchema>

/** The line of a message that was read, whole or up to a limit. */
export function extractLine(file: string, reading: Reading): ExtractLine {
  return {
    file,
    attachments: reading.attachments.map((sample) => ({
      name: sample.name,
      names: sample.names,
      size: sample.size,
      sha256: sample.sha256,
      type: sample.type,
      path: sample.path,
      readings: sample.readings,
      anomalies: sample.anomalies,
    })),
    bodies: reading.bodies.filter(({ depth }) => depth === 0).map(bodyOf),
    // The bodies of the published line have none of their own.
    anomalies: [...reading.anomalies, ...reading.bodies.flatMap(({ anomalies }) => anomalies)],
    unscannable: reading.unscannable,
  }
}

function bodyOf({ declaredType, declaredCharset: charset, size, sha256 }: Sample): Value<typeof bodySchema> {
  return { type: declaredType.includes('/') ? declaredType : 'text/plain', charset, size, sha256 }
}

/** The line of a file that could not be read at all; `cause` is `unreadable` or a cause of the table in `core/`. */
export function failureLine(file: string, cause: string): ExtractLine {
  const anomaly: Anomaly = { name: cause, severity: 'unscannable', offset: -1 }
  return { file, attachments: [], bodies: [], anomalies: [anomaly], unscannable: cause }
}

/** The published JSON schema (2020-12) of a line. */
export function extractJsonSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'One line of peekaboo extract --json',
    ...jsonSchemaOf(extractSchema),
  }
}

function jsonSchemaOf(field: Field): object {
  const { doc: description } = field
  switch (field.kind) {
    case 'text':
      return { type: 'string', description }
    case 'whole':
      return { type: 'integer', description }
    case 'number':
      return { type: 'number', description }
    case 'flag':
      return { type: 'boolean', description }
    case 'list':
      return { type: 'array', description, items: jsonSchemaOf(field.of) }
    case 'record':
      return { type: 'object', description, ...fieldsOf(field.fields), additionalProperties: false }
    default:
      return field satisfies never
  }
}

function fieldsOf(fields: Fields): object {
  const entries = Object.entries(fields)
  return {
    properties: Object.fromEntries(entries.map(([key, field]) => [key, jsonSchemaOf(field)])),
    required: entries.flatMap(([key, field]) => (field.optional ? [] : [key])),
  }
}
