import { causeOf, type Reading } from '../core/index.ts'
import type { Inspection } from '../inspector/index.ts'
import type { KeptMessage } from './kept-message.ts'

/**
 * The reading of a message whose bytes were all written. When the process that read it was lost, it is read once more from the kept
 * bytes: a message is not deferred because something else killed a process. What kills two processes is the message's own doing.
 */
export async function readWhole(inspection: Inspection, kept: KeptMessage, again: () => Inspection): Promise<Reading> {
  try {
    const reading = await inspection.finish()
    if (kept.fault) throw kept.fault
    return reading
  } catch (error) {
    if (!isLost(error) || kept.fault) throw error
    return readAgain(again(), kept)
  }
}

async function readAgain(inspection: Inspection, kept: KeptMessage): Promise<Reading> {
  for await (const chunk of kept.stream()) if (!inspection.write(chunk)) await inspection.drained()
  return inspection.finish()
}

/** Whether the reader is gone, or was before it began: a connection to one that was started anew ends in this way. */
export function isLost(error: unknown): boolean {
  const cause = causeOf(error)
  return cause === 'inspector-crashed' || cause === 'inspector-unavailable'
}
