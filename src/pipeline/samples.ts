/** The samples of a message about which the rules are asked. */
import type { Reading, Sample } from '../core/index.ts'
import type { Ruleset } from '../rules/index.ts'
import type { KeptMessage } from './kept-message.ts'
import { identityOf } from './story-key.ts'

/** The path of a message as a sample of its own; no reading gives it to a part. */
export const MESSAGE_PATH = 'message'
const TYPE = 'message/rfc822'

/** Every attachment; its texts, and the message itself, where some rule looks at such. */
export async function samplesOf(
  reading: Reading,
  kept: KeptMessage,
  ruleset: Pick<Ruleset, 'looksAt'>,
): Promise<readonly Sample[]> {
  const bodies = ruleset.looksAt('body') ? reading.bodies : []
  // A message of which no digest is to be had could not be kept, and that fails elsewhere.
  const whole = ruleset.looksAt('message') ? [wholeMessage(reading, kept.size, await identityOf(kept))] : []
  return [...reading.attachments, ...bodies, ...whole]
}

function wholeMessage({ anomalies }: Reading, size: number, sha256: string): Sample {
  return {
    sha256,
    size,
    ...{ type: TYPE, types: [TYPE], groups: [], charset: '', testString: '' },
    ...{ role: 'message', name: '', names: [], path: MESSAGE_PATH, depth: 0, declaredType: TYPE, declaredCharset: '' },
    ...{ disposition: '', readings: [], anomalies, mismatches: [] },
  }
}
