import type { LoadResult } from './load.ts'
import type { Measurement } from './measure.ts'

/** What is wrong with what came back: every mail must be answered, and each peer lets every mail of the corpus pass. */
export function lossesOf(measurements: readonly Measurement[]): string[] {
  return measurements.flatMap(({ peer, sessions, round, load }) => {
    const problem = problemOf(load)
    return problem === undefined ? [] : [`${peer}, ${sessions} sessions, round ${round + 1}: ${problem}`]
  })
}

function problemOf(load: LoadResult): string | undefined {
  const passed = (load.replies.accept ?? 0) + (load.replies.continue ?? 0)
  if (load.lost > 0 || load.answered !== load.messages) return `${load.lost} of ${load.messages} messages LOST`
  if (passed !== load.messages) return `${load.messages - passed} of ${load.messages} messages DID NOT PASS`
  return undefined
}

/** What a peer said it saw, against what it was sent. */
export function miscountOf(peer: string, output: string, sent: { messages: number; attachments: number }): string[] {
  const seen = peer === 'filter' ? seenInLog(output) : seenAtTheEnd(output)
  if (seen === undefined) return [`${peer} did not end as it should: it DID NOT SAY what it saw`]
  const wrong = [
    ...(seen.messages === sent.messages ? [] : [`${seen.messages} of ${sent.messages} messages`]),
    ...(seen.digests === undefined || seen.digests === sent.messages ? [] : [`${seen.digests} digests`]),
    ...(seen.attachments === undefined || seen.attachments === sent.attachments
      ? []
      : [`${seen.attachments} of ${sent.attachments} attachments`]),
  ]
  return wrong.map((text) => `${peer} says that it SAW ${text}`)
}

interface Seen {
  readonly messages: number
  readonly digests?: number
  readonly attachments?: number
}

/** Peers print one line of JSON when they end. */
function seenAtTheEnd(output: string): Seen | undefined {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  return line.startsWith('{"messages":') ? (JSON.parse(line) as Seen) : undefined
}

/** The filter logs one line for each message. */
function seenInLog(output: string): Seen {
  const lines = output.split('\n').filter((line) => line.endsWith('"msg":"message"}'))
  const counts = lines.map((line) => (JSON.parse(line) as { attachments: number }).attachments)
  return { messages: lines.length, attachments: counts.reduce((sum, count) => sum + count, 0) }
}
