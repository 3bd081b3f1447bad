/**
 * The life of one message: bytes go to the inspector and are kept; when all are there it is read, looked up, judged, held while
 * analyses run, told as a story and answered. Every fault becomes a decision by the profile; nothing is thrown at the caller.
 */
import {
  type Answer,
  causeOf,
  Fault,
  type Limit,
  type MessageFacts,
  type Outcome,
  type Reading,
  type Sample,
} from '../core/index.ts'
import type { Inspection, WantedReading } from '../inspector/index.ts'
import { answerAt, dispositionOf, headerFor, replyFor } from '../policy/index.ts'
import type { Ruleset } from '../rules/index.ts'
import type { Known, StoryDraft } from '../store/store.ts'
import { describeError } from '../telemetry/index.ts'
import { type Around, aroundOf } from './around.ts'
import type { Case } from './case.ts'
import { allOutcomes, type Conclusion, conclude, wholeOutcomes } from './conclude.ts'
import type { PipelineDeps } from './deps.ts'
import { judge } from './judge.ts'
import type { KeptMessage } from './kept-message.ts'
import { lookUp, saveNewFacts } from './known.ts'
import { settleKnown } from './known-good.ts'
import { KnownPasswords } from './known-passwords.ts'
import { messageFacts } from './message-facts.ts'
import { type Opening, openContainers, openingKeys } from './opening.ts'
import type { Decision, Envelope, Examination } from './pipeline.ts'
import { rolesAtFirst } from './questions.ts'
import { readWhole } from './read-whole.ts'
import { newRef } from './ref.ts'
import { casesOf, samplesOf } from './samples.ts'
import { StopWatch } from './stop-watch.ts'
import { identityOf, storyKey } from './story-key.ts'
import { disabledNow, switchedThen } from './switched.ts'
import { isShownItself } from './view.ts'

export class MessageExamination implements Examination {
  #ref = newRef()
  readonly #deps: PipelineDeps
  readonly #kept: KeptMessage
  /** The reader at work; none before the message is large or whole, and none when it is read. */
  #inspection: Inspection | undefined
  readonly #watch: StopWatch
  /** Those that were in force when the message began: it is judged, told and logged by them. */
  readonly #ruleset: Ruleset
  /** Its rules that were disabled then. */
  readonly #disabled: ReadonlyMap<string, string>
  #ended = false

  constructor(deps: PipelineDeps) {
    this.#deps = deps
    this.#watch = new StopWatch(deps.clock)
    this.#kept = deps.keeper.begin()
    this.#ruleset = deps.ruleset()
    this.#disabled = disabledNow(deps.switches?.disabledRules)
  }

  get ref(): string {
    return this.#ref
  }

  write(chunk: Uint8Array): boolean {
    if (!this.#inspection && !this.#ended && this.#kept.isLargeWith(chunk)) this.#beginReading()
    const kept = this.#kept.write(chunk)
    return (this.#inspection?.write(chunk) ?? true) && kept
  }

  /** A reader that failed is no reason to stop taking bytes: `finish` will say so. */
  async drained(): Promise<void> {
    await Promise.all([this.#kept.drained(), this.#inspection?.drained().catch(() => undefined)])
  }

  async finish(envelope: Envelope, signal: AbortSignal): Promise<Decision> {
    const decision = await this.#finish(envelope, signal)
    this.#deps.onDecided?.(decision, envelope)
    return decision
  }

  async #finish(envelope: Envelope, signal: AbortSignal): Promise<Decision> {
    try {
      if (envelope.brake?.mode === 'tempfail') return await this.#braked(envelope)
      if (envelope.limit && envelope.profile.mode === 'enforce')
        return await this.#undeliverable(envelope.limit, envelope)
      return await this.#examine(envelope, signal)
    } catch (error) {
      this.#deps.log.error({ ref: this.#ref, cause: describeError(error) }, 'message could not be examined')
      return this.#decision(this.#failed(error, envelope), envelope)
    } finally {
      this.abort()
    }
  }

  answered(decision: Decision, envelope: Envelope): void {
    this.#deps.stories.answered(decision.ref, envelope.queueId, decision.answer)
  }

  abort(): void {
    if (this.#ended) return
    this.#ended = true
    this.#inspection?.abort()
    this.#kept.release()
  }

  async #examine(envelope: Envelope, signal: AbortSignal): Promise<Decision> {
    this.#watch.step('receive')
    const reading = await this.#read(envelope, signal)
    this.#watch.step('read')
    if ('fault' in reading) return this.#unread(reading.fault, envelope)
    return this.#judged(await this.#prepared(reading, envelope, signal), envelope, signal)
  }

  /** Nobody looks at it. Its story is told and not continued: what is told to come later by us must not grow old by it. */
  async #braked(envelope: Envelope): Promise<Decision> {
    const conclusion = { ...this.#failed(new Fault('braked'), envelope), disposition: 'tempfail' as const }
    return this.#told(conclusion, unlooked(envelope))
  }

  /** Nobody looks at it either. A profile that would take what is unscannable cannot take this. */
  async #undeliverable(limit: Limit, envelope: Envelope): Promise<Decision> {
    const { unscannable } = envelope.profile
    const disposition = unscannable === 'tempfail' || unscannable === 'discard' ? unscannable : 'reject'
    const outcome: Outcome = { kind: 'unscannable', limit }
    return this.#told({ outcome, disposition, samples: [], membersLeftOut: 0 }, unlooked(envelope))
  }

  /** A reading ends with the client's patience or the deadline; that the filter stops is no reason to leave it unfinished. */
  async #read(envelope: Envelope, signal: AbortSignal): Promise<Reading | { readonly fault: unknown }> {
    const giveUp = () => {
      if (causeOf(signal.reason) !== 'shutting-down') this.#inspection?.abort(new Fault('deadline'))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      if (this.#kept.fault) throw this.#kept.fault
      return await readWhole(this.#inspection ?? this.#beginReading(), this.#kept, () => this.#beginAgain(signal))
    } catch (fault) {
      const { queueId } = envelope
      this.#deps.log.warn({ ref: this.#ref, queueId, cause: describeError(fault) }, 'message not read')
      return { fault }
    } finally {
      signal.removeEventListener('abort', giveUp)
      this.#inspection?.abort()
      this.#inspection = undefined
    }
  }

  /**
   * A small message is given to a reader only when it is whole: whoever sends half of one occupies nobody. A large one is read while
   * it comes, so that its end does not take long.
   */
  #beginReading(): Inspection {
    const inspection = this.#deps.inspector.read(undefined, this.#wanted)
    for (const chunk of this.#kept.inMemory) inspection.write(chunk, true)
    this.#inspection = inspection
    return inspection
  }

  get #wanted(): WantedReading {
    return { header: this.#ruleset.asks('header') }
  }

  #beginAgain(signal: AbortSignal): Inspection {
    if (signal.aborted) throw new Fault('deadline')
    this.#inspection = this.#deps.inspector.read(undefined, this.#wanted)
    return this.#inspection
  }

  /** Nothing is known of the message but that it could not be read: its identity is that of its bytes. */
  async #unread(fault: unknown, envelope: Envelope): Promise<Decision> {
    const key = storyKey(envelope, [await identityOf(this.#kept)])
    const known = await lookUp(this.#deps, [], key, this.#ref)
    const conclusion = this.#failed(fault, envelope)
    return this.#told(conclusion, { story: known.story, age: ageOf(known), envelope, key, subject: '', messageId: '' })
  }

  /** What is waited for may take long: nothing of the reading is kept for it but what is judged and told. */
  async #prepared(reading: Reading, envelope: Envelope, signal: AbortSignal): Promise<Prepared> {
    const digests = reading.attachments.map((sample) => sample.sha256)
    const key = storyKey(envelope, digests.length > 0 ? digests : [await this.#textOf(reading)])
    const keysOf = this.#deps.openings.of(reading)
    const asked = [...digests, ...openingKeys(reading, keysOf)]
    const known = await lookUp(this.#deps, asked, key, this.#ref, this.#ruleset.asks('history'))
    this.#watch.step('lookup')
    const ground = { ...this.#deps, kept: this.#kept, ref: this.#ref, keysOf, tellsPasswords: this.#tellsPasswords }
    const { opening, isOpened, keep, passwords: told } = await openContainers(reading, known, ground, signal)
    const passwords = new KnownPasswords({ inspector: this.#deps.inspector, kept: this.#kept }, told)
    saveNewFacts(this.#deps, reading, known, keep, this.#ref)
    if (isOpened) this.#watch.step('open')
    const roles = rolesAtFirst(this.#deps.roles, this.#deps.declaredRoles)
    const message = messageFacts(envelope, reading, this.#kept.size, this.#deps.authServers)
    const samples = await samplesOf(reading, this.#kept, this.#ruleset, opening)
    const overrideFor = (sha256: string) => this.#deps.overrides?.overrideFor(sha256)
    const around = aroundOf(samples, known, this.#ruleset, this.#disabled, overrideFor)
    const cases = await casesOf(samples, opening, message, this.#ruleset, roles, overrideFor, around)
    const { brake, profileName } = envelope
    if (brake?.mode === 'accept-known') {
      // What is judged by the report of a file within is not known by its own.
      const own = cases.filter((one) => one.evaluation.needs.length > 0 && isShownItself(one.sample, opening))
      await settleKnown(own, profileName, brake, this.#deps)
    }
    const { subject, messageId } = reading
    const { story, now } = known
    const since = envelope.heldSince ?? story?.firstSeen ?? now
    const whole = wholeOutcomes(reading)
    return {
      cases,
      whole,
      story,
      age: ageOf(known),
      since,
      key,
      message,
      around,
      subject,
      messageId,
      opening,
      passwords,
    }
  }

  /** Whether an analyzer that rules may ask is told passwords. */
  get #tellsPasswords(): boolean {
    return [...this.#deps.roles.values()].some((name) => this.#deps.scheduler.viewOf(name)?.sharesPasswords)
  }

  async #judged(prepared: Prepared, envelope: Envelope, signal: AbortSignal): Promise<Decision> {
    const { cases, whole, since, opening, passwords } = prepared
    await judge(cases, whole, envelope, { ...this.#deps, kept: this.#kept, since, opening, passwords }, signal)
    this.#watch.step('judge')
    const outcomes = allOutcomes(cases, whole)
    return this.#told(conclude(cases, whole, envelope.profile), { ...prepared, envelope, outcomes })
  }

  /** What stands for a message without attachments: its texts, or else all of its bytes. */
  async #textOf({ bodies }: Reading): Promise<string> {
    return bodies.length > 0 ? bodies.map(({ sha256 }) => sha256).join(' ') : identityOf(this.#kept)
  }

  /** An old story that still has no verdict ends; then the story is written down. */
  async #told(conclusion: Conclusion, about: About): Promise<Decision> {
    const { envelope, story, age } = about
    if (story) this.#ref = story.ref
    const { outcome, disposition: now } = conclusion
    const outcomes = about.outcomes ?? [outcome]
    const disposition =
      story && now === 'tempfail' ? answerAt(outcomes, envelope.profile, age, outcome.kind === 'failed') : now
    const decision = this.#decision({ ...conclusion, disposition }, envelope, about.message)
    await this.#deps.stories.open(this.#draft(decision, about))
    this.#watch.step('story')
    return { ...decision, times: this.#watch.times(), ...(about.around && { around: about.around }) }
  }

  #decision(conclusion: Conclusion, { brake, answers, utf8 }: Envelope, message?: MessageFacts): Decision {
    const { disposition, outcome } = conclusion
    const about = { ref: this.#ref, outcome, brake: brake?.mode, utf8 }
    const smtp = replyFor(disposition, about, answers)
    const reply = smtp ? `${smtp.code} ${smtp.enhanced} ${smtp.text.replaceAll('\n', ' ')}` : ''
    const answer: Answer = { disposition, reply }
    const header = headerFor(about, disposition, answers)
    return {
      ...conclusion,
      message,
      ref: this.#ref,
      rules: this.#ruleset.version,
      disabledRules: [...this.#disabled.keys()],
      answer,
      smtp,
      header,
      times: this.#watch.times(),
    }
  }

  #failed(fault: unknown, envelope: Envelope): Conclusion {
    const cause = causeOf(fault)
    const outcome: Outcome = { kind: 'failed', cause, detail: describeError(fault) }
    return { outcome, disposition: dispositionOf(outcome, envelope.profile), samples: [], membersLeftOut: 0 }
  }

  #draft(decision: Decision, { envelope, key, subject, messageId }: About): StoryDraft {
    const { queueId, listener, profileName, profile, clientAddress, helo, sender, recipients, brake } = envelope
    return {
      ref: this.#ref,
      key,
      queueId,
      listener,
      profile: profileName,
      mode: profile.mode,
      clientAddress,
      helo,
      sender,
      recipients,
      subject,
      messageId,
      size: this.#kept.size,
      rulesetVersion: this.#ruleset.version,
      ...switchedThen(brake, this.#disabled),
      samples: decision.samples,
      ...(decision.membersLeftOut > 0 && { membersLeftOut: decision.membersLeftOut }),
      outcome: decision.outcome,
      answer: decision.answer,
    }
  }
}

/** What is told of a message beside its verdict. */
interface About {
  readonly message?: MessageFacts
  readonly around?: (sample: Sample) => Around
  readonly envelope: Envelope
  readonly key: string
  /** The story that this message continues. */
  readonly story: Known['story']
  /** How old that is, both times by the store's clock: it does not end early because ours was set. */
  readonly age: number
  /** All of which the conclusion was drawn; absent where it is one alone. */
  readonly outcomes?: readonly Outcome[]
  readonly subject: string
  readonly messageId: string
}

/** A message that was read, looked up and opened, ready to be judged. */
interface Prepared extends Omit<About, 'envelope'> {
  readonly cases: readonly Case[]
  readonly whole: readonly Outcome[]
  /** Store time at which its story began: what failed before is asked anew. */
  readonly since: number
  readonly opening: Opening
  readonly passwords: KnownPasswords
}

/** What is told of a message that nobody looks at. */
function unlooked(envelope: Envelope): About {
  return { story: undefined, age: 0, envelope, key: '', subject: '', messageId: '' }
}

function ageOf({ story, now }: Known): number {
  return story ? now - story.firstSeen : 0
}
