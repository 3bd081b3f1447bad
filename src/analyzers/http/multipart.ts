/** A multipart/form-data body (RFC 7578) whose one file is streamed, checked on the way, and never held as a whole. */
import { createHash, randomUUID } from 'node:crypto'

/** The sample's bytes could not be had, or are not those that were asked about: no fault of the service. */
export class SampleFault extends Error {}

/** A body of known length. */
export interface Body {
  readonly type: string
  readonly length: number
  readonly pieces: () => AsyncIterable<Uint8Array>
}

/** The file of a form. */
export interface FormFile {
  readonly field: string
  readonly name: string
  readonly size: number
  readonly sha256: string
  readonly bytes: () => AsyncIterable<Uint8Array>
}

/** The form; its pieces end with a `SampleFault` before the closing boundary when the bytes are not those of the file. */
export function formBody(fields: Readonly<Record<string, string>>, file: FormFile): Body {
  const boundary = `peekaboo-${randomUUID()}`
  const texts = Object.entries(fields).map(([name, value]) => part(boundary, `name="${plain(name)}"`, '') + value)
  const about = `name="${plain(file.field)}"; filename="${plain(file.name)}"`
  const head = Buffer.from([...texts, part(boundary, about, 'application/octet-stream')].join('\r\n'))
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: head.length + file.size + tail.length,
    async *pieces() {
      yield head
      yield* checked(file)
      yield tail
    },
  }
}

async function* checked({ bytes, size, sha256 }: FormFile): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256')
  let seen = 0
  const source = bytes()[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await source.next().catch((error: unknown) => {
        throw new SampleFault('the bytes of the sample could not be had', { cause: error })
      })
      if (next.done) break
      seen += next.value.length
      if (seen > size) break
      hash.update(next.value)
      if (next.value.length > 0) yield next.value
    }
  } finally {
    source.return?.().catch(() => undefined)
  }
  if (seen !== size || hash.digest('hex') !== sha256) throw new SampleFault(`the bytes are not those of ${sha256}`)
}

function part(boundary: string, about: string, type: string): string {
  const typeLine = type === '' ? '' : `Content-Type: ${type}\r\n`
  return `--${boundary}\r\nContent-Disposition: form-data; ${about}\r\n${typeLine}\r\n`
}

/** Names are our own; whatever could end the header is dropped all the same. */
function plain(name: string): string {
  return name.replace(/["\\\r\n]/g, '_')
}
