/**
 * The reading of one message by mailparser. Every part that is no multipart is taken as raw decoded bytes, texts too: mailparser
 * itself folds named texts into the body and loses them. Messages within are read by further instances.
 * mailparser stops for ever at an attachment that is not released, so every way out of one releases it.
 */

import { hash } from 'node:crypto'
import { type AttachmentStream, MailParser } from 'mailparser'
import type { Content, ContentMeter } from '../../core/index.ts'
import type { Budget } from '../budget.ts'
import type { MailLimits } from '../limits.ts'
import { shownName } from '../name/name.ts'
import { isDeclaredMessage, looksLikeMessage, SNIFF_BYTES } from '../sniff.ts'
import type { Tap } from '../strict/strict-context.ts'

export interface MailparserLeaf {
  readonly path: string
  readonly depth: number
  readonly type: string
  readonly name: string
  readonly disposition: string
  content: Content | undefined
  /** Whether it was read as a message. */
  isMessage: boolean
}

export interface MailparserContext {
  readonly limits: MailLimits
  readonly newMeter: () => ContentMeter
  readonly tap: (path: string) => Tap | undefined
  /** Whether the strict reading, which is ahead, reads the part there as a message; part numbers need not be the same. */
  readonly isMessageAt: (path: string) => boolean
  /** What the strict reading, which is ahead, found there, if it has that digest; of what was cut no more than the digest. */
  readonly knownAt: (path: string, sha256: string) => Content | undefined
  /** The path of the part of that number where mailparser does not see all parts. */
  readonly pathOf: (number: string) => string
  readonly leaves: MailparserLeaf[]
  /** What parts may cost that the strict reading has not there: once it is spent, mailparser's reading ends. */
  readonly budget: Budget
  /** Why mailparser gave up; what it had found stays. */
  failure: string
  /** It met one of its own limits, which are out of reach of what the strict reading reads to its end. */
  isBeyondLimits: boolean
  /** A message that mailparser saw was nested too deeply. */
  isTooDeep: boolean
}

export class MailparserMessage {
  readonly #context: MailparserContext
  readonly #prefix: string
  readonly #depth: number
  readonly #parser: MailParser
  readonly #paths = new Set<string>()
  readonly #ended = Promise.withResolvers<void>()
  readonly #drainWaiters: (() => void)[] = []
  #open = 0
  #isParsed = false
  #isOver = false

  constructor(context: MailparserContext, prefix: string, depth: number) {
    this.#context = context
    this.#prefix = prefix
    this.#depth = depth
    this.#parser = newParser(context.limits)
    this.#parser.on('data', (item) => item.type === 'attachment' && this.#take(item))
    this.#parser.on('end', () => this.#parsed())
    this.#parser.on('error', (error: Error) => this.#fail(error))
    this.#parser.on('drain', () => this.#drain())
  }

  /** False asks to wait for `drained` before writing on. */
  write(chunk: Buffer): boolean {
    return this.#isOver || this.#parser.write(chunk)
  }

  drained(): Promise<void> {
    if (this.#isOver || !this.#parser.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => this.#drainWaiters.push(resolve))
  }

  /** Resolves when everything is read or mailparser gave up; never rejects. */
  end(): Promise<void> {
    if (!this.#isOver) this.#parser.end()
    return this.#ended.promise
  }

  /** Gives up; what was found stays. */
  abort(): void {
    this.#finish()
    this.#parser.destroy()
  }

  #take(attachment: AttachmentStream): void {
    this.#open++
    const leaf = this.#leafOf(attachment)
    const sink = openSink(this.#context, leaf)
    const { content } = attachment
    const close = (): void => {
      attachment.release?.()
      this.#open--
      if (this.#isParsed) this.#parsed()
    }
    content.on('data', (bytes: Buffer) => {
      if (sink.write(bytes)) return
      content.pause()
      void sink.drained().then(() => content.resume())
    })
    const end = (): void => {
      close()
      if (this.#context.budget.isSpent) this.#fail(new Error('too many parts that others do not see'))
    }
    content.on('end', () => void sink.end().then(end))
    content.on('error', (error: Error) => {
      close()
      this.#fail(error)
    })
  }

  #leafOf(attachment: AttachmentStream): MailparserLeaf {
    const partId = attachment.partId ?? '1'
    const number = `${this.#prefix}${this.#depth === 0 ? this.#context.pathOf(partId) : partId}`
    let path = number
    for (let copy = 2; this.#paths.has(path); copy++) path = `${number}+${copy}`
    this.#paths.add(path)
    const leaf = {
      path,
      depth: this.#depth,
      type: told(attachment.contentType),
      name: told(attachment.filename),
      disposition: told(attachment.contentDisposition),
      content: undefined,
      isMessage: false,
    }
    this.#context.leaves.push(leaf)
    return leaf
  }

  #parsed(): void {
    this.#isParsed = true
    if (this.#open === 0) this.#finish()
  }

  #fail(error: Error): void {
    const { code } = error as NodeJS.ErrnoException
    if (this.#context.failure === '') this.#context.failure = error.message || 'error'
    if (code === 'EMAXLEN' || error instanceof RangeError) this.#context.isBeyondLimits = true
    this.abort()
  }

  #finish(): void {
    this.#isOver = true
    this.#drain()
    this.#ended.resolve()
  }

  #drain(): void {
    for (const resolve of this.#drainWaiters.splice(0)) resolve()
  }
}

/** mailparser hands on what it has, which need not be a string as it says: the type of an empty field is `false`. */
function told(value: unknown): string {
  return typeof value === 'string' ? shownName(value) : ''
}

/** Our own limits come first; mailparser's, which lose the whole message, are out of their reach. */
function newParser(limits: MailLimits): MailParser {
  const options = {
    ignoreEmbedded: true,
    maxHeadSize: 64 * limits.headerBytes,
    maxChildNodes: limits.parts + 100,
    checksumAlgo: false,
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  } as const
  const parser = new MailParser(options)
  // mailparser's own list of what it folds into the text; with none it hands out the bytes of every part.
  Object.assign(parser, { textTypes: [] })
  return parser
}

/** What a part costs that the strict reading has not there. */
const STEPS_PER_LEAF = 400
/** Content up to this length is kept until its digest tells whether it is known. */
const MOST_KEPT = 65_536
const MOST_PIECES = 64

/** Measures content, but what is short and known only by its digest: what the skeleton has is all of that kind. */
function createLazyMeter(newMeter: () => ContentMeter): ContentMeter {
  let pieces: Uint8Array[] = []
  let size = 0
  let meter: ContentMeter | undefined

  function flush(): ContentMeter {
    const begun = meter ?? newMeter()
    for (const piece of pieces) begun.write(piece)
    pieces = []
    meter = begun
    return begun
  }
  return {
    write(bytes) {
      size += bytes.length
      pieces.push(bytes)
      if (meter !== undefined || size > MOST_KEPT || pieces.length > MOST_PIECES) flush()
    },
    end(known) {
      const found = meter === undefined ? known?.(hash('sha256', joined(pieces), 'hex')) : undefined
      return found ?? flush().end(known)
    },
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces)
}

interface Sink {
  write(bytes: Buffer): boolean
  drained(): Promise<void>
  end(): Promise<void>
}

function openSink(context: MailparserContext, leaf: MailparserLeaf): Sink {
  const meter = createLazyMeter(context.newMeter)
  const tap = context.tap(leaf.path)
  let start: Buffer = Buffer.alloc(0)
  let message: MailparserMessage | undefined
  let isDecided = false

  function decide(): void {
    isDecided = true
    leaf.isMessage =
      context.isMessageAt(leaf.path) || isDeclaredMessage(leaf.type, leaf.name) || looksLikeMessage(start)
    if (!leaf.isMessage) return
    if (leaf.depth >= context.limits.messageDepth) {
      context.isTooDeep = true
      return
    }
    message = new MailparserMessage(context, `${leaf.path}.`, leaf.depth + 1)
    message.write(start)
  }
  function write(bytes: Buffer): boolean {
    meter.write(bytes)
    tap?.(bytes)
    if (isDecided) return message?.write(bytes) ?? true
    start = start.length === 0 ? bytes : Buffer.concat([start, bytes])
    if (start.length >= SNIFF_BYTES) decide()
    return true
  }
  async function end(): Promise<void> {
    if (!isDecided) decide()
    leaf.content = meter.end((sha256) => {
      const known = context.knownAt(leaf.path, sha256)
      if (known === undefined) context.budget.takeSteps(STEPS_PER_LEAF)
      return known
    })
    await message?.end()
  }
  return { write, drained: () => message?.drained() ?? Promise.resolve(), end }
}
