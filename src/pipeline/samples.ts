/** The samples of a message about which the rules are asked. */
import type { Reading, Sample } from '../core/index.ts'
import type { Ruleset } from '../rules/index.ts'

/** The path of a message as a sample of its own; no reading gives it to a part. */
export const MESSAGE_PATH = 'message'

/** Every attachment; its texts, and the message itself, where some rule looks at such. */
export function samplesOf(reading: Reading, ruleset: Pick<Ruleset, 'looksAt'>): readonly Sample[] {
  const bodies = ruleset.looksAt('body') ? reading.bodies : []
  const isWhole = reading.message.sha256 !== '' && ruleset.looksAt('message')
  return [...reading.attachments, ...bodies, ...(isWhole ? [wholeMessage(reading)] : [])]
}

function wholeMessage({ message, anomalies }: Reading): Sample {
  return {
    ...message,
    role: 'message',
    name: '',
    names: [],
    path: MESSAGE_PATH,
    depth: 0,
    declaredType: 'message/rfc822',
    charset: '',
    disposition: '',
    readings: [],
    anomalies,
  }
}
