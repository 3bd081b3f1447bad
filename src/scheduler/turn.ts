/** What was delivered before an analyzer called it bad: somebody should fetch it back, so the log names the mails. */
import { type Disposition, SCAN_LISTENER, type Story } from '../core/index.ts'
import { type Held, isLetGo } from '../store/store.ts'

const DELIVERED: ReadonlySet<Disposition> = new Set(['accept', 'tag', 'redirect'])

/** A mail that was delivered with the sample. */
export interface DeliveredMail {
  readonly ref: string
  readonly messageId: string
  readonly sender: string
  readonly recipients: readonly string[]
  /** When it was first seen, Unix milliseconds. */
  readonly at: number
}

/** A sample was called bad, and these mails had been delivered with it. */
export interface Turned {
  readonly analyzer: string
  readonly sha256: string
  readonly score: number
  readonly families: readonly string[]
  readonly link: string
  readonly messages: readonly DeliveredMail[]
}

/**
 * The mails among these stories that were delivered although they carried the digest, at once or after they were held; not those that were
 * known to be bad, as in monitor mode.
 */
export function deliveredWith(
  sha256: string,
  stories: readonly Story[],
  held: ReadonlyMap<string, readonly Held[]>,
): readonly DeliveredMail[] {
  const mails = stories.filter(({ listener }) => listener !== SCAN_LISTENER)
  return mails.flatMap((story) => {
    const isReleased = held.get(story.ref)?.some(isLetGo) ?? false
    const isDelivered = isReleased || story.tries.some(({ answer }) => DELIVERED.has(answer.disposition))
    const wasBad = ({ outcome }: Pick<Story, 'outcome'>) => outcome.kind === 'decided' && outcome.verdict === 'bad'
    const isKnown = story.samples.some((one) => one.sample.sha256 === sha256 && wasBad(one))
    const { ref, messageId, sender, recipients, firstSeen: at } = story
    return isDelivered && !isKnown ? [{ ref, messageId, sender, recipients, at }] : []
  })
}
