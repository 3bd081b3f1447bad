/** Uploads samples to the given URL and prints by how many bytes its resident memory grew over the first, small one. */
import { createHash } from 'node:crypto'
import { HttpClient } from '../../src/analyzers/http/client.ts'
import { formBody } from '../../src/analyzers/http/multipart.ts'
import { systemClock } from '../../src/telemetry/index.ts'

const PIECE = 65_536
const [url = '', bytes = '0'] = process.argv.slice(2)
const http = new HttpClient({ url, clock: systemClock, connectMs: 10_000, stallMs: 60_000, totalMs: 120_000 })
let highest = 0

async function upload(size: number): Promise<void> {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE, 'x')
  for (let at = 0; at < size; at += PIECE) hash.update(piece)
  const pieces = async function* () {
    for (let at = 0; at < size; at += PIECE) {
      highest = Math.max(highest, process.memoryUsage.rss())
      yield piece
    }
  }
  const file = { field: 'file', name: 'x', size, sha256: hash.digest('hex'), bytes: pieces }
  const { signal } = new AbortController()
  await http.call({ method: 'POST', path: '/', body: formBody({ custom: 'm' }, file), maxBytes: 1000, signal })
}

// What is loaded and compiled once is no cost of a sample.
for (let i = 0; i < 3; i += 1) await upload(64 * PIECE)
highest = 0
const before = process.memoryUsage.rss()
await upload(Number(bytes))
http.close()
process.stdout.write(String(highest - before))
