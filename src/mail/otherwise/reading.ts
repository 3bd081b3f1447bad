/**
 * The tolerant reading of a message, for messages with something in them that programs read differently. It reads every part in every way
 * in which some program would: each type, encoding and boundary that its header may mean, each way to divide it, each outcome of
 * decoding. What no header leads to (behind an early close, in a preamble, within a text) is found by its own header.
 *
 * It reads the whole message at once, keeps to a budget that it counts, and does the same for the same message each time.
 */
import { type Anomaly, type AnomalyName, anomaly } from '../../core/index.ts'
import { Budget } from '../budget.ts'
import { type Decoding, decodings, firstDecoding, sniffEncodings } from '../decode/decodings.ts'
import { type Embedded, type EmbeddedKind, embeddedIn, mayEmbed, narrowed } from '../embedded/index.ts'
import { parseHeader } from '../header/header.ts'
import { exactEncoding } from '../header/other-encoding.ts'
import { type Part, readPart } from '../header/part.ts'
import type { MailLimits } from '../limits.ts'
import { namesOfDecoded, shownName } from '../name/name.ts'
import { isDeclaredMessage, looksLikeMessage } from '../sniff.ts'
import { exactParts, likelyParts, type Range } from './delimiter.ts'
import { coreOf, type Dashes, Document } from './document.ts'
import { Findings, type FindingsOptions, isOdd, type Label, labelOf, united } from './finding.ts'
import { type Head, headsAt } from './head.ts'
import { beforeLineEnds } from './text-line.ts'
import { looksLikeText } from './watch.ts'

/** What the path of a sample begins with that this reading alone sees. */
export const TOLERANT_PATH = 'tolerant:'

/** Text that is armoured is meant to be read as it is. */
const ARMOUR = /^-----BEGIN [A-Z0-9 ]+-----/m
const ARMOUR_WITHIN = 65_536
/** What one more place to look at costs. */
const STEPS_PER_RANGE = 10
const HEADER_BYTES_PER_STEP = 4
/** What reading a header costs besides its length. */
const STEPS_PER_PART = 100
/** What each name of a part costs, and each outcome of decoding its content. */
const STEPS_PER_NAME = 20
const STEPS_PER_READING = 50
/** Of a longer content not every outcome of decoding is tried: each takes several times its memory. */
const LONG_BYTES = 24 * 1024 * 1024
/** Files within files. */
const MOST_EMBEDDED_DEPTH = 8

export interface TolerantOptions extends FindingsOptions {
  readonly limits: MailLimits
}

/** Where a part stands: messages around it, multiparts around it in its message. */
interface Place {
  readonly document: Document
  readonly depth: number
  readonly level: number
  readonly isDigestChild: boolean
  /** Nothing but its own header leads there. */
  readonly isFlat: boolean
  readonly isInText: boolean
  /** Every header on the way here is read alike by all. */
  readonly isExact: boolean
}

/** One outcome of decoding a part. */
interface Decoded {
  readonly part: Part
  readonly types: readonly string[]
  readonly bytes: Buffer
  readonly label: Label
  /** Where it stands as it is. */
  readonly body: Range | undefined
  /** Nothing says that it is encoded so. */
  readonly isGuess: boolean
}

export class TolerantReading {
  readonly #options: TolerantOptions
  readonly #budget: Budget
  readonly findings: Findings
  readonly anomalies: Anomaly[] = []
  #isComplete = true
  /** What follows from the step that is being taken. */
  #next: (() => void)[] = []

  constructor(options: TolerantOptions, message: Buffer, before?: Budget) {
    this.#options = options
    this.#budget = new Budget(message.length, before)
    this.findings = new Findings(options, this.#budget)
    this.#document(new Document(message, TOLERANT_PATH, 0), true)
    this.#wide(message, TOLERANT_PATH, 0)
    this.#run()
  }

  /** What it has cost, together with what was read before. */
  get steps(): number {
    return this.#budget.used
  }

  /** Whether everything was read; else the budget was spent or a limit reached. */
  get isComplete(): boolean {
    return this.#isComplete && !this.#budget.isSpent && this.findings.isComplete
  }

  /** Takes the steps depth first, without recursion: parts are nested as deeply as the sender likes. */
  #run(): void {
    const waiting: (() => void)[] = []
    do {
      waiting.push(...this.#next.reverse())
      this.#next = []
      waiting.pop()?.()
    } while (!this.#isOver && (waiting.length > 0 || this.#next.length > 0))
  }

  get #isOver(): boolean {
    return this.#budget.isSpent || this.findings.taken !== undefined
  }

  #later(step: () => void): void {
    this.#next.push(step)
  }

  #document(document: Document, isMessage: boolean): void {
    if (isMessage) this.#message(document, { from: 0, to: document.bytes.length }, document.depth, true)
    this.#later(() => this.#unclaimed(document))
  }

  #message(document: Document, range: Range, depth: number, isExact: boolean): void {
    if (depth > this.#options.limits.messageDepth) this.#isComplete = false
    else {
      this.#part({ document, depth, level: 0, isDigestChild: false, isFlat: false, isInText: false, isExact }, range)
    }
  }

  #part(place: Place, range: Range): void {
    const key = `${range.from}:${range.to}`
    if (place.document.read.has(key)) return
    place.document.read.add(key)
    this.#later(() => this.#readPart(place, range))
  }

  #readPart(place: Place, range: Range): void {
    const heads = headsAt(place.document, range.from, range.to)
    const longest = Math.max(...heads.plain.map((head) => head.to))
    if (!this.#budget.takeSteps(STEPS_PER_PART + (longest - range.from) / HEADER_BYTES_PER_STEP)) return
    place.document.see(range.from, Math.min(...heads.plain.map((head) => head.body)))
    let isMessage = false
    for (const head of heads.plain) isMessage = this.#readDivided(place, range, head) || isMessage
    // What follows the header of a message within begins with another header.
    if (!isMessage) for (const head of heads.continued) this.#readDivided(place, range, head)
  }

  /** Reads the part as divided there; tells whether it is a message. */
  #readDivided(place: Place, range: Range, head: Head): boolean {
    const { document } = place
    const end = Math.min(head.to, range.from + this.#options.limits.headerBytes)
    const header = parseHeader(document.bytes.subarray(range.from, end), document.isMessage ? range.from : -1)
    const part = readPart(header, place.isDigestChild, '', this.#budget)
    if (!this.#budget.takeSteps(STEPS_PER_NAME * part.names.length)) return false
    const types = [part.type, ...part.otherTypes]
    const body = { from: head.body, to: range.to }
    let isDivided = false
    for (const type of types) if (isMultipart(type)) isDivided = this.#multipart(place, part, type, body) || isDivided
    if (!isDivided || isEncoded(part) || !types.every(isMultipart)) this.#leaf(place, part, types, range.from, body)
    return types.some((type) => type.startsWith('message/'))
  }

  /** Tells whether there is any part. */
  #multipart(place: Place, part: Part, type: string, body: Range): boolean {
    const { document } = place
    const inner = {
      ...place,
      level: place.level + 1,
      isDigestChild: type === 'multipart/digest',
      isFlat: false,
      isInText: false,
    }
    if (inner.level > this.#options.limits.mimeDepth) {
      this.#isComplete = false
      return true
    }
    let isDivided = false
    for (const boundary of part.boundary === '' ? part.otherBoundaries : [part.boundary, ...part.otherBoundaries]) {
      document.boundaries.add(coreOf(boundary))
      for (const divide of [exactParts, likelyParts]) {
        const ranges = divide(document, boundary, body)
        if (!this.#budget.takeSteps(1 + STEPS_PER_RANGE * ranges.length)) return true
        isDivided ||= ranges.length > 0
        const isExact = place.isExact && divide === exactParts && boundary === part.boundary && !isOdd(part)
        for (const range of ranges) this.#part({ ...inner, isExact }, range)
      }
    }
    return isDivided
  }

  #leaf(place: Place, part: Part, types: readonly string[], at: number, body: Range): void {
    const { document } = place
    const raw = document.bytes.subarray(body.from, body.to)
    const declared = [part.encoding, ...part.otherEncodings]
    if (isText(place, part, types)) document.texts.push({ ...body, isDeclared: part.declaredType !== '' })
    const isWhole = types.some(isMultipart) || isMessage(types, part.name, raw)
    // Of a header that is quoted in a text nothing is guessed.
    const isQuoted = place.isFlat && !labelOf(part, '', 0, -1, place).isFile
    const isNotSniffed = isWhole || isQuoted || ARMOUR.test(raw.toString('latin1', 0, ARMOUR_WITHIN))
    const sniffed = isNotSniffed ? [] : sniffEncodings(raw, isNamedFile(part))
    // The outcomes of one encoding, which a sender can make many, must not keep another from being read: the budget alone ends this.
    for (const encoding of new Set([...declared, ...sniffed])) {
      for (const { name, bytes, fileName = '' } of this.#decodings(raw, encoding)) {
        if (!this.#budget.takeBytes(bytes.length) || !this.#budget.takeSteps(STEPS_PER_READING)) return
        const isRaw = bytes.buffer === raw.buffer && bytes.byteOffset === raw.byteOffset && bytes.length === raw.length
        // A guess that leaves the bytes as they stand is none.
        if (isRaw && !declared.includes(encoding)) continue
        const path = `${document.name}${at}${isRaw ? '' : `/${name}`}`
        const label = withFileName(
          labelOf(part, path, place.depth, document.isMessage ? at : -1, place),
          fileName,
          encoding,
        )
        this.#content(place, {
          part,
          types,
          bytes,
          label,
          body: isRaw ? body : undefined,
          isGuess: !declared.includes(encoding),
        })
      }
    }
  }

  #decodings(raw: Buffer, encoding: string): readonly Decoding[] {
    if (raw.length <= LONG_BYTES) return decodings(raw, encoding)
    if (encoding !== '' && exactEncoding(encoding) !== 'identity') this.#isComplete = false
    return [firstDecoding(raw, encoding)]
  }

  #content(place: Place, { part, types, bytes, label, body, isGuess }: Decoded): void {
    const isNew = this.findings.add(bytes, label, isGuess && !isOdd(part) && !isNamedFile(part))
    if (isMessage(types, part.name, bytes)) {
      if (body !== undefined) this.#message(place.document, body, place.depth + 1, place.isExact && !isOdd(part))
      else if (isNew) this.#later(() => this.#document(new Document(bytes, `${label.path}>`, place.depth + 1), true))
    } else if (isNew && body === undefined) this.#later(() => this.#decoded(place, part, types, bytes, label.path))
    if (!isNew) return
    if (!place.isInText || label.isFile) this.#embedded(bytes, label, 0)
    this.#wide(bytes, label.path, place.depth + 1)
  }

  /** Windows programs save messages in UTF-16: no mail program shows what is in them, but who opens the file sees it. */
  #wide(bytes: Buffer, path: string, depth: number): void {
    const text = narrowed(bytes)
    if (text === undefined || !looksLikeMessage(text) || !this.#budget.takeBytes(text.length)) return
    this.#later(() => this.#document(new Document(text, `${path}/utf-16>`, depth), true))
  }

  /** What was decoded may be a multipart, or have parts in it. */
  #decoded(place: Place, part: Part, types: readonly string[], bytes: Buffer, path: string): void {
    // Within the bytes of a container a header leads to no part: its own format does.
    if (!types.some(isMultipart) && !looksLikeText(bytes)) return
    const document = new Document(bytes, `${path}>`, place.depth)
    if (document.heads.length === 0) return
    if (isText(place, part, types)) document.texts.push({ from: 0, to: bytes.length, isDeclared: true })
    const multipart = types.find(isMultipart)
    if (multipart !== undefined) this.#multipart({ ...place, document }, part, multipart, { from: 0, to: bytes.length })
    this.#document(document, false)
  }

  #embedded(bytes: Buffer, container: Label, deep: number): void {
    const hint = { type: container.declaredType, name: container.name }
    if (deep >= MOST_EMBEDDED_DEPTH || !mayEmbed(bytes, hint)) return
    const isPlain = !container.isFile && container.declaredType !== 'text/html'
    const isMail = isMessage([hint.type], hint.name, bytes)
    for (const file of embeddedIn(bytes, hint)) {
      // What is shown as plain text is no page, calendar or mailbox. Pages in a message are looked into as its parts, decoded.
      if (isPlain && file.kind === 'mbox') continue
      // A page shows what looks like a calendar in its text as text.
      if (!container.isFile && file.kind === 'calendar') continue
      if ((isPlain || isMail) && /^(data-uri|script|calendar)$/.test(file.kind)) continue
      if (file.anomaly !== undefined) this.#note(file.anomaly, container)
      if (!this.#budget.takeBytes(file.bytes.length)) return
      const label = embeddedLabel(file, container)
      // An entity is no file: what is in it may be.
      if (file.isMessage !== true && !this.findings.add(file.bytes, label, false)) continue
      this.anomalies.push(...label.anomalies)
      if (file.isMessage || isMessage([label.declaredType], label.name, file.bytes))
        this.#later(() => this.#document(new Document(file.bytes, `${label.path}>`, label.depth + 1), true))
      else this.#embedded(file.bytes, label, deep + 1)
    }
  }

  #note(oddity: NonNullable<Embedded['anomaly']>, { offset }: Label): void {
    if (oddity === 'encrypted') this.anomalies.push(anomaly('encrypted', offset))
    else this.#isComplete = false
  }

  /** Headers of parts that nothing led to: what is behind each, up to the next line that is a delimiter. */
  #unclaimed(document: Document): void {
    if (!document.isComplete) this.#isComplete = false
    for (const { core, next } of document.dashes) if (document.headAfter(next) >= 0) document.boundaries.add(core)
    const ends = document.dashes.filter(({ core }) => document.boundaries.has(core))
    const place = { document, depth: document.depth, level: 0, isDigestChild: false, isFlat: true, isExact: false }
    const inTexts = document.inTexts()
    let next = 0
    for (const from of document.heads) {
      if (document.seen.has(from)) continue
      const isInText = inTexts(from)
      while (next < ends.length && (ends[next] as Dashes).at < from) next++
      for (const end of new Set([ends[next], document.sameAsOpener(from) ?? ends[next]])) {
        const to = end === undefined ? document.text.length : beforeLineEnds(document.text, from, end.at)
        this.#part({ ...place, isInText }, { from, to })
      }
    }
  }
}

/** What everybody shows as the text of the message, and takes for nothing else. */
function isText(place: Place, part: Part, types: readonly string[]): boolean {
  const isShown =
    /^(text\/(plain|html))?$/.test(part.declaredType) && types.length === 1 && part.disposition !== 'attachment'
  return place.isExact && !place.isFlat && isShown && !part.isNamed && !isOdd(part)
}

/** A file of a type that is no text: what looks encoded there was meant to be, and only some words of its header are lost. */
function isNamedFile({ declaredType, isNamed }: Part): boolean {
  return isNamed && declaredType !== '' && !declaredType.startsWith('text/')
}

function isMultipart(type: string): boolean {
  return type.startsWith('multipart/')
}

function isMessage(types: readonly string[], name: string, bytes: Buffer): boolean {
  return types.some((type) => isDeclaredMessage(type, name)) || looksLikeMessage(bytes)
}

function isEncoded({ encoding, otherEncodings }: Part): boolean {
  return !/^(|7bit|8bit|binary|identity)$/.test(encoding) || otherEncodings.some((each) => each !== 'identity')
}

/** What it means that such a file was found. */
const EMBEDDED: Readonly<Partial<Record<EmbeddedKind, AnomalyName>>> = {
  uuencode: 'uu-inline',
  xxencode: 'uu-inline',
  'begin-base64': 'uu-inline',
  yenc: 'yenc-inline',
  binhex: 'binhex',
  smime: 'smime-opaque',
  'data-uri': 'data-uri',
  script: 'html-smuggling',
}

/** Pictures within HTML are ordinary, and text without a name; what may hold scripts is not. */
function oddityOf({ kind, name, type = '' }: Embedded): AnomalyName | undefined {
  const isOrdinary = /^(image\/(?!svg)|font\/|audio\/|video\/)/.test(type) || (type === 'text/plain' && name === '')
  return kind === 'data-uri' && isOrdinary ? undefined : EMBEDDED[kind]
}

/** The name that an encoding carries itself, where the header has another one or none. */
function withFileName(label: Label, fileName: string, encoding: string): Label {
  if (fileName === '') return label
  const names = united(label.names, namesOfDecoded(fileName, encoding).names)
  return { ...label, name: label.name || shownName(fileName), names }
}

function embeddedLabel(file: Embedded, container: Label): Label {
  const oddity = oddityOf(file)
  const own = namesOfDecoded(file.name, file.kind).names
  return {
    path: `${container.path}>${file.kind}`,
    depth: container.depth + 1,
    name: file.name || container.name,
    names: [...own, ...container.names],
    declaredType: file.type ?? '',
    charset: '',
    disposition: 'attachment',
    anomalies: oddity === undefined ? [] : [anomaly(oddity, container.offset)],
    offset: container.offset,
    isFile: true,
  }
}
