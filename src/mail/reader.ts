/** Reads one message in both ways at once, as its bytes arrive. */
import { type Anomaly, anomaly, type Limit, type Reading, type Sample } from '../core/index.ts'
import { Batch } from './batch.ts'
import { Budget } from './budget.ts'
import { headerFacts } from './header/header-facts.ts'
import type { MailLimits } from './limits.ts'
import { readsAlike } from './mailparser/alike.ts'
import { type MailparserContext, MailparserMessage } from './mailparser/mailparser-reader.ts'
import { Skeleton } from './mailparser/skeleton.ts'
import { type OtherReading, readOtherwise, withOthers } from './otherwise/otherwise.ts'
import { longLine } from './strict/fold.ts'
import { folded, foldedLimits, withFolded } from './strict/folded.ts'
import type { StrictMessage } from './strict/strict.ts'
import type { StrictFindings } from './strict/strict-context.ts'
import { openStrict, type ReaderOptions } from './strict/strict-reading.ts'
import { unite } from './union.ts'

export interface MessageReader {
  /** Takes the next bytes, which must not change afterwards; false asks to wait for `drained`. */
  write(chunk: Uint8Array): boolean
  drained(): Promise<void>
  /** All bytes were written: what was found. Never rejects; what ended the reading is in `unscannable`. */
  end(): Promise<Reading>
}

/** Multiparts within multiparts which mailparser's recursion surely survives. */
const MAILPARSER_STACK = 1000

/** A longer message with overlong lines is read tolerantly, or as it will be delivered, but not both. */
const LONGEST_FOLDED = 40 * 1024 * 1024

interface MailparserReading {
  readonly context: MailparserContext
  readonly message: MailparserMessage
}

/** Begins to read a message. */
export function createMessageReader(options: ReaderOptions): MessageReader {
  return new Reader(options, false)
}

class Reader implements MessageReader {
  readonly #options: ReaderOptions
  readonly #limits: MailLimits
  readonly #strict: StrictMessage
  readonly #findings: StrictFindings
  readonly #skeleton: Skeleton | undefined
  /** What mailparser sees alone may cost so much, in both of its readings. */
  readonly #mailparserBudget = new Budget()
  #mailparser: MailparserReading
  /** The message itself, for the case that mailparser does not read its skeleton as we do. */
  readonly #chunks: Buffer[] = []
  readonly #batch = new Batch()
  #size = 0
  #isReadOtherwise = false
  /** What is read is the message as it will be delivered. */
  readonly #isFolded: boolean

  constructor(options: ReaderOptions, isFolded: boolean) {
    this.#isFolded = isFolded
    // Who taps mailparser's reading wants its real bytes.
    this.#skeleton = options.tap === undefined ? new Skeleton() : undefined
    const { message, findings } = openStrict(options, this.#skeleton)
    this.#options = options
    this.#limits = options.limits
    this.#strict = message
    this.#findings = findings
    this.#mailparser = this.#openMailparser((number) => this.#skeleton?.pathOf(number) ?? number)
  }

  write(chunk: Uint8Array): boolean {
    const bytes = this.#batch.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
    return bytes === undefined || this.#write(bytes)
  }

  #write(bytes: Buffer): boolean {
    if (this.#findings.isStopped || bytes.length === 0) return true
    const within = bytes.subarray(0, this.#limits.messageSize - this.#size)
    this.#size += bytes.length
    this.#guard(() => this.#strict.write(within))
    if (within.length < bytes.length) this.#findings.stop('message-size', this.#limits.messageSize)
    if (this.#findings.isStopped) {
      this.#mailparser.message.abort()
      return true
    }
    this.#spareMailparser()
    if (this.#skeleton === undefined) return this.#mailparser.message.write(bytes)
    this.#chunks.push(bytes)
    this.#skeleton.add(bytes)
    const ready = this.#skeleton.take(this.#strict.settled)
    return ready === undefined || this.#mailparser.message.write(ready)
  }

  /** Its work grows with the square of the nesting, and odd names cost it as much as us; what it has found stays. */
  #spareMailparser(): void {
    if (this.#findings.budget.isSpent) {
      this.#mailparser.context.failure ||= 'too much to be guessed'
      this.#mailparser.message.abort()
      return
    }
    if (this.#findings.deepest <= Math.min(this.#limits.mimeDepth, MAILPARSER_STACK)) return
    this.#mailparser.context.failure ||= 'nested too deeply'
    this.#mailparser.message.abort()
  }

  drained(): Promise<void> {
    return this.#mailparser.message.drained()
  }

  async end(): Promise<Reading> {
    const reading = await this.#end()
    const line = this.#isFolded || this.#findings.isStopped ? -1 : longLine(this.#chunks)
    if (line < 0) return reading
    const isTooMuch = this.#isReadOtherwise && this.#size > LONGEST_FOLDED
    if (isTooMuch || this.#findings.budget.isHalfUsed) return withLimit(reading, line)
    const reader = new Reader({ ...this.#options, limits: foldedLimits(this.#limits) }, true)
    for await (const chunk of folded(this.#chunks)) if (!reader.write(chunk)) await reader.drained()
    return withFolded(reading, await reader.end(), line)
  }

  async #end(): Promise<Reading> {
    const skeleton = this.#skeleton
    this.#write(this.#batch.rest())
    this.#guard(() => this.#strict.end())
    const rest = skeleton?.rest()
    if (rest !== undefined && rest.length > 0) this.#mailparser.message.write(rest)
    await this.#mailparser.message.end()
    if (skeleton?.isUsed && !readsAlike(this.#findings, this.#mailparser.context, skeleton)) await this.#readWhole()
    return this.#reading()
  }

  #openMailparser(pathOf = (number: string): string => number): MailparserReading {
    const { limits, newMeter, tap } = this.#options
    const context: MailparserContext = {
      limits,
      newMeter,
      tap: (path) => tap?.(path, 'mailparser'),
      isMessageAt: (path) => this.#findings.byPath.get(path)?.isMessage === true,
      knownAt: (path, sha256) => this.#findings.knownAt(path, sha256),
      pathOf,
      leaves: [],
      budget: this.#mailparserBudget,
      failure: '',
      isBeyondLimits: false,
      isTooDeep: false,
    }
    return { context, message: new MailparserMessage(context, '', 0) }
  }

  /** Whether some program may see something else in the message than both readings do. */
  #mayDiffer(samples: readonly Sample[], disagreements: number): boolean {
    // What is unscannable anyhow is not read again.
    if (this.#skeleton === undefined || !/^(partial-message)?$/.test(this.#findings.limit)) return false
    if (disagreements > 0 || this.#findings.isDoubtful) return true
    return [this.#findings, ...samples].some(({ anomalies }) => anomalies.some(isTelling))
  }

  #readOtherwise(known: ReadonlySet<string>): OtherReading {
    // Both the message and what becomes of it lie in memory: no room is left for a third reading of each.
    if (this.#isFolded && this.#size > LONGEST_FOLDED) return { ...NOTHING_ELSE, limit: 'readings' }
    this.#isReadOtherwise = true
    try {
      return readOtherwise(this.#options, this.#joined(), known, this.#findings.budget)
    } catch {
      return { ...NOTHING_ELSE, limit: 'parser-error' }
    }
  }

  /** The message in one piece, which takes the place of the others: twice a large one is too much. */
  #joined(): Buffer {
    const whole = Buffer.concat(this.#chunks)
    this.#chunks.splice(0, this.#chunks.length, whole)
    return whole
  }

  /** mailparser reads the message itself. */
  async #readWhole(): Promise<void> {
    this.#mailparser = this.#openMailparser()
    this.#spareMailparser()
    const { message } = this.#mailparser
    if (this.#mailparserBudget.isSpent) message.abort()
    for (const chunk of this.#chunks) if (!message.write(chunk)) await message.drained()
    await message.end()
  }

  /** The strict reading must not fail; should it have a fault, the message counts as not read. */
  #guard(step: () => void): void {
    try {
      step()
    } catch {
      this.#findings.stop('parser-error', this.#size)
    }
  }

  #reading(): Reading {
    this.#reachBeyond()
    const { leaves, anomalies, limit, subject, messageId } = this.#findings
    const { context } = this.#mailparser
    const isPartial = !/^(partial-message)?$/.test(limit) || context.failure !== ''
    const { attachments, bodies, disagreements } = unite(leaves, context.leaves, isPartial)
    const samples = [...attachments, ...bodies]
    const others = this.#mayDiffer(samples, disagreements)
      ? this.#readOtherwise(new Set(samples.map(({ sha256 }) => sha256)))
      : NOTHING_ELSE
    return {
      attachments: withOthers(attachments, others),
      bodies,
      anomalies: [...anomalies, ...this.#readerAnomalies(limit, disagreements), ...others.anomalies],
      unscannable: limit || others.limit,
      subject,
      messageId,
      ...(this.#options.wantsHeader && { header: headerFacts(this.#findings.root) }),
    }
  }

  /**
   * mailparser ended early, the strict reading did not. Where mailparser had seen what the strict reading has not, there may be more
   * of it; where both had seen the same, the strict reading stands.
   */
  #reachBeyond(): void {
    const { context } = this.#mailparser
    this.#findings.budget.countSteps(context.budget.used)
    if (context.budget.isSpent) this.#findings.reach('readings', -1)
    if (context.isTooDeep) this.#findings.reach('message-depth', -1)
    if (context.failure !== '' && this.#failedApart()) this.#findings.reach('parser-error', -1)
  }

  #failedApart(): boolean {
    const { context } = this.#mailparser
    // Only nesting that the strict reading has too may exhaust mailparser's stack.
    if (context.isBeyondLimits && this.#findings.deepest < MAILPARSER_STACK) return true
    const unseen = new Map<string, number>()
    for (const { content } of this.#findings.leaves) {
      if (content !== undefined) unseen.set(content.sha256, (unseen.get(content.sha256) ?? 0) + 1)
    }
    return context.leaves.some(({ content }) => {
      if (content === undefined) return false
      const left = unseen.get(content.sha256) ?? 0
      unseen.set(content.sha256, left - 1)
      return left === 0
    })
  }

  #readerAnomalies(limit: Limit | '', disagreements: number): Anomaly[] {
    const found: Anomaly[] = []
    // mailparser alone gave up: the strict reading was read to its end and stands.
    if (limit === '' && this.#mailparser.context.failure !== '') found.push(anomaly('parser-error', -1))
    if (disagreements > 0) found.push(anomaly('parser-disagreement', -1))
    return found
  }
}

const NOTHING_ELSE: OtherReading = { samples: [], names: new Map(), anomalies: [], limit: '' }

/** What was found, and that more may be in the message as it will be delivered. */
function withLimit(reading: Reading, line: number): Reading {
  const anomalies = [...reading.anomalies, anomaly('line-too-long', line)]
  return { ...reading, anomalies, unscannable: reading.unscannable || 'readings' }
}

/** Names are read in every way at once; what else is odd may be a way to hide something. */
function isTelling({ name, severity }: Anomaly): boolean {
  return severity === 'suspicious' || !/^(name-.*|line-too-long|bare-lf|mixed-line-ends)$/.test(name)
}
