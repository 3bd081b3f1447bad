/** What lies within the decoded content of a part: files that mail programs, browsers or calendars take out of it. */

/** What the message says about the content; it decides nothing alone. */
export interface Hint {
  /** Media type, lower case. */
  readonly type: string
  readonly name: string
}

/** The formats that are taken apart, by which `kind` a file came out of which. */
export type EmbeddedKind =
  | 'uuencode'
  | 'xxencode'
  | 'begin-base64'
  | 'yenc'
  | 'binhex'
  | 'applesingle'
  | 'macbinary'
  | 'smime'
  | 'pgp'
  | 'data-uri'
  | 'script'
  | 'calendar'
  | 'mbox'

/**
 * What is odd about a file within: it cannot be read without a key, it is compressed in a way that is not undone here, it would be
 * larger than is unpacked (`bytes` then is its beginning), or there are more files than are taken out (`bytes` then is empty).
 */
export type EmbeddedAnomaly = 'encrypted' | 'compression-unknown' | 'decoded-bytes' | 'parts'

/** One file within the content of a part. */
export interface Embedded {
  readonly kind: EmbeddedKind
  /** As the format gives it, empty where it gives none. */
  readonly name: string
  readonly bytes: Buffer
  /** Media type, where the format gives one. */
  readonly type?: string
  /** The bytes are a MIME entity: header, blank line, body. */
  readonly isMessage?: boolean
  readonly anomaly?: EmbeddedAnomaly
}

/** What the taking apart of one content may still cost: files in all, and bytes that come out of compression. */
export interface Budget {
  files: number
  inflatedBytes: number
}

/** One format: the files in a content that holds it. */
export interface Format {
  extract(content: Buffer, hint: Hint, budget: Budget): Iterable<Embedded>
}
