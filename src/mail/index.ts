/** Message bytes → attachments, names, anomalies; by two readings, of which either may see what the other does not. */
export { type Extraction, extractBytes } from './extract.ts'
export type { MailLimits } from './limits.ts'
export { createMessageReader, type MessageReader } from './reader.ts'
