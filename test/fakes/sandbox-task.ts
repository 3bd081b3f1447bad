import { testStrings } from '../../src/analyzers/test-strings.ts'

/** What the fakes of all sandboxes know of a task. */
export interface FakeTask {
  readonly id: number
  sha256: string
  readonly custom: string
  readonly content: string
  status: string
  /** What the report says; anything that JSON can hold. */
  report: Record<string, unknown>
  /** Digest of the container that the file came out of. */
  readonly parent?: string
}

/** The score that a fake gives to a content: what says `malware` is bad, and the test file. */
export function scoreOf(content: string): number {
  return content.includes('malware') || content.includes(testStrings.bad) ? 8.5 : 0
}
