import { createHash } from 'node:crypto'
import type { Analyzer, Progress, Submission } from '../../src/analyzers/analyzer.ts'

/** A submission of these bytes, in pieces. */
export function submission(content: Uint8Array | string, changes: Partial<Submission> = {}): Submission {
  const bytes = Buffer.from(content)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    sha256,
    size: bytes.length,
    fileName: sha256,
    type: 'application/octet-stream',
    marker: `${sha256.slice(0, 16)}-1`,
    bytes: async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
    },
    ...changes,
  }
}

/** Hands a sample over and asks until its analysis has ended. */
export async function analyse(analyzer: Analyzer, one: Submission): Promise<Exclude<Progress, { state: 'running' }>> {
  const { signal } = new AbortController()
  const id = await analyzer.submit(one, signal)
  for (;;) {
    const [progress] = await analyzer.poll([id], signal)
    if (progress && progress.state !== 'running') return progress
  }
}
