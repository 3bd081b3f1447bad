import { createHash } from 'node:crypto'
import { Socket } from 'node:net'
import type { ContentMeter } from '../../../src/core/index.ts'
import { serveJobs } from '../../../src/inspector/parser.ts'
import { createMessageReader, extractBytes } from '../../../src/mail/index.ts'

const limits = JSON.parse(process.argv[2] ?? '{}')
function newMeter(): ContentMeter {
  const h = createHash('sha256')
  let size = 0
  return {
    write: (c) => {
      h.update(c)
      size += c.length
    },
    end: () => ({ sha256: h.digest('hex'), size, type: 'application/octet-stream', types: [], testString: '' }),
  }
}
serveJobs(
  new Socket({ fd: 3, readable: true, writable: true }),
  {
    async read(source) {
      const reader = createMessageReader({ limits, newMeter })
      for await (const chunk of source) if (!reader.write(chunk)) await reader.drained()
      return reader.end()
    },
    bytes: (path, source) => extractBytes({ path, limits }, source),
  },
  process.exit,
)
