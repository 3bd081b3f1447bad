/**
 * One round of the release over the hold queue of one Postfix. Runs as root, as only root may use postsuper(1), and decides nothing: it acts on
 * messages that carry our signed field for this host, this instance and this queue id, and does what the filter says.
 */
import type { Desk } from './desk.ts'
import { type MailQueue, QueueError } from './mail-queue.ts'
import { isNotifiable } from './notice.ts'
import { type Ticket, ticketOf } from './ticket.ts'
import { MAX_TICKETS, type Todo } from './wire.ts'

/** What a round needs. */
export interface RoundDeps {
  readonly host: string
  readonly instance: string
  readonly key: Buffer
  readonly queue: Pick<MailQueue, 'heldIds' | 'sealsOf' | 'message' | 'release' | 'remove' | 'submit'>
  readonly desk: Pick<Desk, 'seen' | 'examine' | 'notice' | 'did'>
}

/** What was done about one message, or why nothing could be. */
export interface Deed {
  readonly queueId: string
  readonly ref: string
  readonly did: 'released' | 'returned' | 'deleted' | 'waits' | 'failed'
  readonly problem?: string
}

interface Found {
  readonly ticket: Ticket
  readonly seal: string
}

/** Goes over the queue once; a message that fails does not keep the others waiting. Throws where nothing works. */
export async function releaseRound(deps: RoundDeps): Promise<readonly Deed[]> {
  const { instance, queue, desk } = deps
  const ids = await queue.heldIds()
  const deeds: Deed[] = []
  const found: Found[] = []
  for (const queueId of ids) {
    const one = await findSeal(queueId, deps)
    if (one && 'did' in one) deeds.push(one)
    else if (one) found.push(one)
  }
  const asked = found.sort((a, b) => a.ticket.at - b.ticket.at).slice(0, MAX_TICKETS)
  const mine = new Set(asked.map(({ ticket }) => ticket.queueId))
  const others = ids.filter((id) => !mine.has(id))
  // Somebody may have put a message there meanwhile; the filter waits some minutes before it calls one gone.
  const isWhole = others.length <= MAX_TICKETS
  const seals = asked.map(({ seal }) => seal)
  const { todos } = await desk.seen({ ask: 'seen', instance, seals, others: others.slice(0, MAX_TICKETS), isWhole })
  for (const [i, one] of asked.entries()) deeds.push(await takeCare(one, todos[i] ?? 'wait', deps))
  return deeds
}

/** The valid one of its fields; nothing where it has none of our name: then somebody else holds it. */
async function findSeal(queueId: string, { queue, key, host, instance }: RoundDeps): Promise<Found | Deed | undefined> {
  try {
    const seals = await queue.sealsOf(queueId)
    for (const seal of seals) {
      const ticket = ticketOf(key, seal)
      if (ticket && ticket.queueId === queueId && ticket.host === host && ticket.instance === instance)
        return { ticket, seal }
    }
    if (seals.length === 0) return undefined
    return failed(queueId, '', 'its field is not signed for this host, instance and queue id: look at it by hand')
  } catch (error) {
    if (!(error instanceof QueueError) || error.isGeneral) throw error
    // Whoever released it meanwhile has taken care of it.
    return /No such file/.test(error.message) ? undefined : failed(queueId, '', error.message)
  }
}

async function takeCare(found: Found, todo: Todo, deps: RoundDeps): Promise<Deed> {
  const { queueId, ref } = found.ticket
  try {
    const final = todo === 'examine' ? (await deps.desk.examine(found.seal, deps.queue.message(queueId))).todo : todo
    return { queueId, ref, did: await DEEDS[final](found, deps) }
  } catch (error) {
    if (!(error instanceof QueueError)) return failed(queueId, ref, wordsOf(error))
    await tell(found, 'failed', deps, error.message).catch(() => undefined)
    if (error.isGeneral) throw error
    return failed(queueId, ref, error.message)
  }
}

type DoIt = (found: Found, deps: RoundDeps) => Promise<Deed['did']>

const DEEDS: Readonly<Record<Exclude<Todo, 'examine'>, DoIt>> = {
  wait: async () => 'waits',
  release: async (found, deps) => {
    await deps.queue.release(found.ticket.queueId)
    await tell(found, 'released', deps)
    return 'released'
  },
  delete: async (found, deps) => {
    await deps.queue.remove(found.ticket.queueId)
    await tell(found, 'deleted', deps)
    return 'deleted'
  },
  return: async (found, deps) => {
    const { notice } = await deps.desk.notice(found.seal)
    if (!notice) return 'waits'
    if (!isNotifiable(notice.to)) throw new Error('the filter names nobody to send a notice to')
    if (!notice.isSent) await deps.queue.submit(notice.to, notice.text)
    // Deleted only when the notice is on its way, and known to be: a crash in between costs a second notice, never the mail.
    if (!notice.isSent) await tell(found, 'notified', deps)
    await deps.queue.remove(found.ticket.queueId)
    await tell(found, 'returned', deps)
    return 'returned'
  },
}

type What = 'released' | 'notified' | 'returned' | 'deleted' | 'failed'

async function tell({ seal }: Found, what: What, { desk }: RoundDeps, detail = ''): Promise<void> {
  await desk.did({ ask: 'did', seal, what, detail: detail.slice(0, 500) })
}

function failed(queueId: string, ref: string, problem: string): Deed {
  return { queueId, ref, did: 'failed', problem }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300)
}
