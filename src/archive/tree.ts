/**
 * Opens everything within one sample, depth first. Each member's bytes pass a meter once; a member that is a container itself is kept
 * until it was opened. A limit ends what it must and is named; what was found before stays, and names of further members still come.
 */
import type { Anomaly, Content, ContentMeter, Name } from '../core/index.ts'
import { Budget, LimitReached } from './budget.ts'
import {
  anomaly,
  ClosedFault,
  type FaultName,
  type Member,
  MemberFault,
  type MemberKind,
  type OpenContext,
} from './container.ts'
import { FORMATS, type Format, formatsOf } from './formats.ts'
import type { ArchiveLimit, ArchiveLimits } from './limits.ts'
import { type Candidate, type OpenedWith, type PasswordSource, Passwords } from './password.ts'
import { passwordCandidates, saidPasswords } from './password-candidates.ts'
import { isPromised } from './seven-zip/promise.ts'
import type { SevenZip } from './seven-zip/seven-zip.ts'
import { isTar } from './tar.ts'

/** What the walk is given by its host. */
export interface TreeDeps {
  readonly limits: ArchiveLimits
  /** Processor time that this process has used, in milliseconds. */
  readonly cpuMs: () => number
  readonly newMeter: () => ContentMeter
  readonly sevenZip: SevenZip | undefined
  readonly candidates: readonly Candidate[]
  /** Further formats, or others in the place of ours: the host opens messages this way. */
  readonly formats?: readonly Format[]
  /** Sees a member's bytes when they were read; they must not be kept. */
  readonly visit?: (node: TreeNode, bytes: Buffer) => void
  /** Sees what was found before something is opened that may take long, so that it is not lost with the process. */
  readonly found?: (nodes: readonly TreeNode[]) => void
  /** Only this member is read, and of the others only the containers around it. */
  readonly wanted?: Wanted
}

/** A member whose bytes somebody wants. */
export interface Wanted {
  /** Its place, as a node has it. */
  readonly path: string
  /** Takes the bytes in order; the next come when it has resolved. */
  take(bytes: Buffer): Promise<void>
}

/** The sample that is opened. */
export interface TreeRoot {
  readonly content: Buffer
  readonly types: readonly string[]
  readonly name: string
  /** Its place in the message; those of members begin with it. */
  readonly path: string
  /** What it is, where that need not be found out. */
  readonly as?: Format
}

/** One member, as it was found. */
export interface TreeNode {
  /** Place: the number of the member in each container on the way, counted from 1, joined by slashes to the place of the root. */
  readonly path: string
  /** Containers around it, the root included; 1 for a member of the root. */
  readonly depth: number
  readonly name: string
  readonly names: readonly Name[]
  /** The path that its container gives it. */
  readonly storedPath: string
  readonly kind: MemberKind
  readonly declaredSize: number
  readonly declaredType: string
  /** Name of the format of its container. */
  readonly container: string
  readonly isEncrypted: boolean
  /** Bytes that could be read, all of them where no anomaly says otherwise; undefined where there were none to be had. */
  readonly content: Content | undefined
  /** What it was opened as. */
  readonly opened: Opened
  readonly anomalies: readonly Anomaly[]
}

/** What opening one content yielded, besides its members. */
export interface Opened {
  readonly formats: readonly string[]
  readonly anomalies: readonly Anomaly[]
  /** The limit that ended it, empty where none did. */
  readonly limit: ArchiveLimit | ''
  readonly isEncrypted: boolean
  /** Where the password came from that opened it; empty where none did. */
  readonly openedBy: PasswordSource | ''
}

export interface Tree {
  readonly root: Opened
  readonly nodes: readonly TreeNode[]
  /** The first limit that was met, empty where all was opened. */
  readonly limit: ArchiveLimit | ''
  /** The passwords that opened members; no part of what is true of the bytes. */
  readonly passwords: readonly OpenedWith[]
}

/** Formats of which most members take no time, and how long they may take together before what was found is told. */
const QUICK: ReadonlySet<string> = new Set(['zip', 'tar', 'gzip', 'executable', 'shortcut'])
const TELL_MS = 100

/** What is read for passwords: notes are short, and few. */
const NOTE_BYTES = 4096
const MAX_NOTES = 20

const NOT_OPENED: Opened = { formats: [], anomalies: [], limit: '', isEncrypted: false, openedBy: '' }

/** Opens a sample and everything within. Never rejects for what the bytes are. */
export async function openTree(root: TreeRoot, deps: TreeDeps): Promise<Tree> {
  return new Walk(deps).run(root)
}

class Walk {
  readonly #deps: TreeDeps
  readonly #budget: Budget
  readonly #passwords: Passwords
  readonly #formats: readonly Format[]
  readonly #nodes: TreeNode[] = []
  #limit: ArchiveLimit | '' = ''
  #notes = 0
  #told = 0
  #toldAt = 0

  constructor(deps: TreeDeps) {
    this.#deps = deps
    this.#budget = new Budget(deps.limits, deps.cpuMs)
    this.#passwords = new Passwords(deps.candidates, this.#budget)
    this.#formats = deps.formats ?? FORMATS
  }

  async run({ content, types, name, path, as }: TreeRoot): Promise<Tree> {
    const place: Place = { names: [name], path, depth: 0, nesting: 0, sha256: '' }
    if (name !== '') this.#passwords.mention(passwordCandidates([], [name]))
    const root = await (as === undefined ? this.#open(content, types, place) : this.#openAll([as], content, place))
    return { root, nodes: this.#nodes, limit: this.#limit, passwords: this.#passwords.opened }
  }

  /** Opens one content as every format that it has. */
  async #open(content: Buffer, types: readonly string[], place: Place, notAs: readonly string[] = []): Promise<Opened> {
    const formats = formatsOf(content, types, this.#formats).filter(({ name }) => !notAs.includes(name))
    return this.#openAll(formats, content, place)
  }

  async #openAll(formats: readonly Format[], content: Buffer, place: Place): Promise<Opened> {
    if (formats.length === 0) return NOT_OPENED
    const state = new ContainerState(formats)
    try {
      this.#budget.enter(place.nesting)
      for (const format of formats) await this.#openAs(format, content, state, place)
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error
      state.reach(this.#reached(error))
    }
    return state.opened()
  }

  async #openAs(format: Format, content: Buffer, state: ContainerState, place: Place): Promise<void> {
    if (format.open === undefined) return state.note('unsupported', 0)
    this.#tell(format)
    const share = this.#budget.share(content.length)
    const isGuess = state.isGuess(format)
    const context: OpenContext = {
      budget: this.#budget,
      share,
      sevenZip: this.#deps.sevenZip,
      passwords: place.sha256 === '' ? this.#passwords : this.#passwords.for(place.sha256),
      names: place.names,
      note: (fault, offset = -1) => state.note(isGuess && isGrave(fault) ? 'appended-data' : fault, offset),
      encryption: (openedBy) => state.encryption(openedBy),
    }
    try {
      for await (const member of format.open(content, context)) {
        this.#budget.member()
        const path = `${place.path}/${++state.members}`
        if (!this.#isOnTheWay(path)) continue
        const names = [member.name, ...member.names.map(({ value }) => value)]
        const at: Place = { names, path, depth: place.depth + 1, nesting: place.nesting + 1, sha256: '' }
        await this.#take(member, format, at, state)
      }
    } catch (error) {
      if (error instanceof LimitReached) throw error
      // An opener must not fail; should one have a fault, what it opened is damaged for us.
      context.note(error instanceof MemberFault ? error.fault : 'corrupt')
    } finally {
      share.close()
    }
  }

  async #take(member: Member, format: Format, place: Place, state: ContainerState): Promise<void> {
    // The place in the list is before those of its own members.
    const index = this.#nodes.length
    const { content, bytes, faults } = await this.#read(member, place.path, state)
    if (state.isGuess(format) && faults.some((fault) => fault !== 'unopened' && isGrave(fault))) {
      if (bytes !== undefined) this.#budget.release(bytes.length)
      return
    }
    const known: TreeNode = {
      path: place.path,
      depth: place.depth,
      name: member.name,
      names: member.names,
      storedPath: member.path,
      kind: member.kind,
      declaredSize: member.declaredSize,
      declaredType: member.declaredType,
      container: format.name,
      isEncrypted: member.isEncrypted,
      content,
      opened: bytes === undefined && content !== undefined ? { ...NOT_OPENED, limit: 'container-memory' } : NOT_OPENED,
      anomalies: [...member.anomalies, ...faults.map((fault) => anomaly(fault))],
    }
    this.#nodes.push(known)
    if (bytes === undefined || content === undefined) return
    this.#deps.visit?.(known, bytes)
    this.#heed(member.name, bytes, content)
    const isWrapped = format.isStream === true && isTar(bytes)
    const inside = { ...place, sha256: content.sha256, nesting: place.nesting - (isWrapped ? 1 : 0) }
    const opened =
      this.#deps.wanted?.path === place.path ? NOT_OPENED : await this.#open(bytes, content.types, inside, member.notAs)
    this.#budget.release(bytes.length)
    if (opened !== NOT_OPENED) this.#nodes[index] = { ...known, opened }
    else if (isPromised(format.name, member.name))
      this.#nodes[index] = { ...known, anomalies: [...known.anomalies, anomaly('corrupt')] }
  }

  /** Tells what was found since the last time; before the quick formats only now and then. */
  #tell({ name }: Format): void {
    if (this.#deps.found === undefined || this.#told === this.#nodes.length) return
    const now = this.#deps.cpuMs()
    if (QUICK.has(name) && now - this.#toldAt < TELL_MS) return
    this.#toldAt = now
    this.#deps.found(this.#nodes.slice(this.#told))
    this.#told = this.#nodes.length
  }

  /** A note beside an encrypted file, or the name of the file itself, may say its password. */
  #heed(name: string, bytes: Buffer, { types }: Content): void {
    const isNote = bytes.length <= NOTE_BYTES && types.includes('text/plain') && ++this.#notes <= MAX_NOTES
    this.#passwords.mention(saidPasswords(isNote ? bytes.toString('utf8') : '', name))
  }

  /** Streams a member through its meter. Its bytes are kept while there is room: whether it is a container is known only then. */
  async #read(member: Member, path: string, state: ContainerState): Promise<ReadMember> {
    if (member.kind !== 'file') return { content: undefined, bytes: undefined, faults: [] }
    if (state.limit !== '') return { content: undefined, bytes: undefined, faults: ['unopened'] }
    const wanted = this.#deps.wanted?.path === path ? this.#deps.wanted : undefined
    const meter = this.#deps.newMeter()
    const kept = new Kept(this.#budget)
    const faults: FaultName[] = []
    let isClosed = false
    try {
      for await (const piece of member.bytes()) {
        meter.write(piece)
        if (wanted === undefined) kept.add(piece)
        else await wanted.take(piece)
      }
    } catch (error) {
      isClosed = error instanceof ClosedFault
      if (error instanceof LimitReached) {
        state.reach(this.#reached(error))
        faults.push('unopened')
      } else if (!isClosed) faults.push(error instanceof MemberFault ? error.fault : 'corrupt')
    }
    if (isClosed || (kept.size === 0 && faults.length > 0)) {
      kept.drop()
      return { content: undefined, bytes: undefined, faults }
    }
    const bytes = kept.whole()
    // Too large to be looked into; its container and the members after it have room again.
    if (bytes === undefined) this.#reached(new LimitReached('container-memory'))
    return { content: meter.end(), bytes, faults }
  }

  #isOnTheWay(path: string): boolean {
    const wanted = this.#deps.wanted?.path
    return wanted === undefined || wanted === path || wanted.startsWith(`${path}/`)
  }

  #reached({ limit }: LimitReached): ArchiveLimit {
    this.#limit ||= limit
    return limit
  }
}

interface Place {
  readonly names: readonly string[]
  readonly path: string
  readonly depth: number
  /** Containers around it, as the limit counts them. */
  readonly nesting: number
  /** Digest of the container, empty where it is not known. */
  readonly sha256: string
}

interface ReadMember {
  readonly content: Content | undefined
  readonly bytes: Buffer | undefined
  readonly faults: readonly FaultName[]
}

/** The bytes of one member, while the budget has room for them. */
class Kept {
  readonly #budget: Budget
  #pieces: Buffer[] = []
  #held = 0
  #isWhole = true
  size = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  add(piece: Buffer): void {
    this.size += piece.length
    if (!this.#isWhole) return
    if (piece.length > this.#budget.memoryLeft || this.size > this.#budget.limits.memory) {
      this.drop()
      return
    }
    this.#budget.hold(piece.length)
    this.#held += piece.length
    this.#pieces.push(piece)
  }

  drop(): void {
    this.#budget.release(this.#held)
    this.#held = 0
    this.#pieces = []
    this.#isWhole = false
  }

  /** All of it; undefined where there was no room. Whoever takes it releases it. */
  whole(): Buffer | undefined {
    if (!this.#isWhole) return undefined
    return this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces)
  }
}

function isGrave(fault: FaultName): boolean {
  return anomaly(fault).severity === 'unscannable'
}

/** What is said of one container while it is open. */
class ContainerState {
  readonly #formats: readonly string[]
  readonly #anomalies: Anomaly[] = []
  #isEncrypted = false
  #openedBy: PasswordSource | '' = ''
  limit: ArchiveLimit | '' = ''
  members = 0

  constructor(formats: readonly Format[]) {
    this.#formats = formats.map(({ name }) => name)
  }

  note(fault: FaultName, offset: number): void {
    if (!this.#anomalies.some(({ name }) => name === fault)) this.#anomalies.push(anomaly(fault, offset))
  }

  reach(limit: ArchiveLimit): void {
    this.limit ||= limit
  }

  encryption(openedBy: PasswordSource | ''): void {
    this.#isEncrypted = true
    this.#openedBy ||= openedBy
  }

  /**
   * What looks like a zip file in a compound file is mostly a stream of it, which need not lie in one piece. The compound file tells the
   * stream as it is; what the guess cannot read proves nothing.
   */
  isGuess({ name }: Format): boolean {
    return name === 'zip' && this.#formats[0] === 'compound'
  }

  opened(): Opened {
    return {
      formats: this.#formats,
      anomalies: this.#anomalies,
      limit: this.limit,
      isEncrypted: this.#isEncrypted,
      openedBy: this.#openedBy,
    }
  }
}
