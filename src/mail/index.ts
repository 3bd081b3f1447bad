/** Message bytes → attachments, names, anomalies; by several readings, of which each may see what the others do not. */
export { type Embedded, type EmbeddedKind, embeddedIn, mayEmbed } from './embedded/index.ts'
export { type Extraction, extractBytes } from './extract.ts'
export type { MailLimits } from './limits.ts'
export { createMessageReader, type MessageReader } from './reader.ts'
