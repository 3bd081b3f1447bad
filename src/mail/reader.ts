/** Reads one message in both ways at once, as its bytes arrive. */
import type { Anomaly, ContentMeter, Limit, Reading } from '../core/index.ts'
import type { MailLimits } from './limits.ts'
import { type MailparserContext, MailparserMessage } from './mailparser-reader.ts'
import { StrictMessage } from './strict.ts'
import { type StrictContext, StrictFindings, type Tap } from './strict-context.ts'
import { unite } from './union.ts'

export interface MessageReader {
  /** Takes the next bytes, which must not change afterwards; false asks to wait for `drained`. */
  write(chunk: Uint8Array): boolean
  drained(): Promise<void>
  /** All bytes were written: what was found. Never rejects; what ended the reading is in `unscannable`. */
  end(): Promise<Reading>
}

export interface ReaderOptions {
  readonly limits: MailLimits
  /** Makes the meter of one part. */
  readonly newMeter: () => ContentMeter
  /** Where the decoded bytes of the part at a path shall go too; a path of mailparser's reading is prefixed. */
  readonly tap?: (path: string, reading: 'strict' | 'mailparser') => Tap | undefined
}

/** Begins to read a message. */
export function createMessageReader(options: ReaderOptions): MessageReader {
  return new Reader(options)
}

/** The strict reading alone, which is synchronous. */
export function openStrict(options: ReaderOptions): { message: StrictMessage; findings: StrictFindings } {
  const findings = new StrictFindings(options.limits)
  const context: StrictContext = {
    limits: options.limits,
    newMeter: options.newMeter,
    newMessage: (prefix, depth) => new StrictMessage(context, prefix, depth),
    tap: (path) => options.tap?.(path, 'strict'),
    findings,
  }
  return { message: new StrictMessage(context, '', 0), findings }
}

class Reader implements MessageReader {
  readonly #limits: MailLimits
  readonly #strict: StrictMessage
  readonly #findings: StrictFindings
  readonly #context: MailparserContext
  readonly #mailparser: MailparserMessage
  #size = 0

  constructor(options: ReaderOptions) {
    const { message, findings } = openStrict(options)
    this.#limits = options.limits
    this.#strict = message
    this.#findings = findings
    this.#context = {
      limits: options.limits,
      newMeter: options.newMeter,
      tap: (path) => options.tap?.(path, 'mailparser'),
      isMessageAt: (path) => findings.byPath.get(path)?.isMessage,
      leaves: [],
      failure: '',
    }
    this.#mailparser = new MailparserMessage(this.#context, '', 0)
  }

  write(chunk: Uint8Array): boolean {
    if (this.#findings.isStopped) return true
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    this.#size += bytes.length
    if (this.#size > this.#limits.messageSize) this.#findings.stop('message-size', this.#limits.messageSize)
    else this.#guard(() => this.#strict.write(bytes))
    if (this.#findings.isStopped) {
      this.#mailparser.abort()
      return true
    }
    return this.#mailparser.write(bytes)
  }

  drained(): Promise<void> {
    return this.#mailparser.drained()
  }

  async end(): Promise<Reading> {
    this.#guard(() => this.#strict.end())
    await this.#mailparser.end()
    return this.#reading()
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
    const { leaves, anomalies, limit, subject, messageId } = this.#findings
    const isPartial = limit !== '' || this.#context.failure !== ''
    const { attachments, bodies, disagreements } = unite(leaves, this.#context.leaves, isPartial)
    return {
      attachments,
      bodies,
      anomalies: [...anomalies, ...this.#readerAnomalies(limit, disagreements)],
      unscannable: limit,
      subject,
      messageId,
    }
  }

  #readerAnomalies(limit: Limit | '', disagreements: number): Anomaly[] {
    const found: Anomaly[] = []
    // mailparser alone gave up: the strict reading was read to its end and stands.
    if (limit === '' && this.#context.failure !== '')
      found.push({ name: 'parser-error', severity: 'suspicious', offset: -1 })
    if (disagreements > 0) found.push({ name: 'parser-disagreement', severity: 'suspicious', offset: -1 })
    return found
  }
}
