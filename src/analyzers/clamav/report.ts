import type { Progress } from '../analyzer.ts'
import { familyOf, findingOf, isLimit, isTimeLimit } from './finding.ts'
import type { Answer } from './wire.ts'

/** Who scanned what. */
export interface ScannedBy {
  readonly analyzer: string
  readonly instance: string
  readonly version: string
  readonly size: number
}

/** What the answer of a proper session means; a limit that was reached is a failure: clamd did not look at everything. */
export function reportOf(answer: Exclude<Answer, { kind: 'error' }>, by: ScannedBy): Progress {
  if (answer.kind === 'found' && isLimit(answer.signature)) {
    const detail = `${by.instance}: a limit of clamd was reached, not all of it was scanned: ${answer.signature}`
    const cause = isTimeLimit(answer.signature) ? 'analyzer-failed' : 'analyzer-limit'
    return { state: 'failed', cause, detail, mayRetry: false }
  }
  const finding = answer.kind === 'found' ? findingOf(answer.signature) : undefined
  const family = finding ? familyOf(finding.id) : ''
  const report = {
    analyzer: by.analyzer,
    version: by.version,
    score: finding?.severity ?? 0,
    findings: finding ? [{ ...finding, family }] : [],
    families: family === '' ? [] : [family],
    evidence: [`${by.size} bytes of this digest were scanned by ${by.version} at ${by.instance}`],
  }
  return { state: 'reported', report }
}
