/**
 * Whether a clamd says it when a limit of its own is reached, and whether it takes what we would send: found out by a file that goes beyond
 * a limit and costs nothing, and by one as large as any that we send. Its configuration cannot be asked for.
 */
import { createHash, randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Submission } from '../analyzer.ts'
import { HungUp } from './connection.ts'
import { isLimit } from './finding.ts'
import type { Scanned } from './scan.ts'

/** Deeper than any MaxRecursion: clamd takes 100 at most. */
const LAYERS = 120
const MOST_TRIES = 5
const PIECE = Buffer.alloc(65_536)

/** What an operator should change; empty where there is nothing. Rejects where the scans came to nothing. */
export async function limitWarnings(
  scan: (sample: Submission) => Promise<Scanned>,
  maxSize: number,
): Promise<readonly string[]> {
  const warnings: string[] = []
  const deep = await scan(sampleOf(nested()))
  if (!reachedLimit(deep)) {
    warnings.push('it says OK to what goes beyond its limits: write "AlertExceedsMax yes" into its clamd.conf')
  }
  const { answer } = await scanTold(scan, zeros(maxSize))
  const size = `${maxSize} bytes`
  if (answer.kind === 'error' && answer.isFinal) {
    warnings.push(`it does not take ${size}, our maxSize: raise its StreamMaxLength, or lower maxSize`)
  } else if (answer.kind === 'found' && isLimit(answer.signature)) {
    warnings.push(`it does not scan ${size}, our maxSize: raise its MaxFileSize and MaxScanSize, or lower maxSize`)
  }
  return warnings
}

/** Where clamd hangs up over a large stream its reason is lost now and then: it is asked again. */
async function scanTold(scan: (sample: Submission) => Promise<Scanned>, sample: Submission): Promise<Scanned> {
  for (let tries = 1; ; tries++) {
    try {
      return await scan(sample)
    } catch (error) {
      if (!(error instanceof HungUp) || tries === MOST_TRIES) throw error
    }
  }
}

function reachedLimit({ answer }: Scanned): boolean {
  return answer.kind === 'found' && isLimit(answer.signature)
}

/** A text within layers of gzip: new each time, since clamd remembers what it found harmless. */
function nested(): Buffer {
  let bytes: Buffer = Buffer.from(`peekaboo: a harmless text ${randomUUID()}\n`)
  for (let layer = 0; layer < LAYERS; layer++) bytes = gzipSync(bytes)
  return bytes
}

function sampleOf(content: Buffer): Submission {
  return submissionOf(content.length, () => [content])
}

function zeros(size: number): Submission {
  return submissionOf(size, function* () {
    for (let left = size; left > 0; left -= PIECE.length) yield PIECE.subarray(0, Math.min(left, PIECE.length))
  })
}

function submissionOf(size: number, pieces: () => Iterable<Buffer>): Submission {
  const hash = createHash('sha256')
  for (const piece of pieces()) hash.update(piece)
  const sha256 = hash.digest('hex')
  return {
    ...{ sha256, size, fileName: sha256, type: 'application/octet-stream', marker: '' },
    bytes: async function* () {
      yield* pieces()
    },
  }
}
