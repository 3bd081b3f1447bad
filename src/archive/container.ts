/**
 * The contract of this room: an opener takes the bytes of one container and yields its members, in the container's order. It never
 * touches a disk: a path is a fact. What it meets that is odd it says through its context; what ends the reading of one member is thrown
 * by that member's `bytes` (`MemberFault`), what ends all work is a limit of the shared budget (`LimitReached`).
 */
import { ANOMALIES, type Anomaly, anomaly as anomalyOf, type ContainerFault, type Name } from '../core/index.ts'
import type { Budget } from './budget.ts'
import type { PasswordSearch, PasswordSource } from './password.ts'
import type { SevenZip } from './seven-zip/seven-zip.ts'

export type MemberKind = 'file' | 'dir' | 'symlink' | 'device'

/** One member of a container, before its bytes are read. */
export interface Member {
  /** The last component of the path: what a person sees. */
  readonly name: string
  /** Every name that some program would show, with the place where it stands. */
  readonly names: readonly Name[]
  /** The path as the container has it, decoded; a fact that is never used on a disk. */
  readonly path: string
  readonly kind: MemberKind
  /** Size that the container claims, -1 where it claims none. */
  readonly declaredSize: number
  /** Media type that the container claims, empty where none. */
  readonly declaredType: string
  readonly isEncrypted: boolean
  readonly anomalies: readonly Anomaly[]
  /** Names of formats as which it is not opened, because its own container told already what lies in it. */
  readonly notAs?: readonly string[]
  /**
   * The bytes, once. Every piece was taken from the budget by whoever made it; a piece that lies in the container itself is a view.
   * Throws `MemberFault` after whatever could be read, `LimitReached` when the budget is used up.
   */
  bytes(): Iterable<Buffer> | AsyncIterable<Buffer>
}

/** What an opener works with besides the bytes. */
export interface OpenContext {
  readonly budget: Budget
  /** Taken from the budget by this container alone. */
  readonly share: ContainerShare
  /** Undefined where the host has no 7-Zip: what needs it is then `unsupported`. */
  readonly sevenZip: SevenZip | undefined
  readonly passwords: PasswordSearch
  /** Every name that some program shows for the container, for formats that name their only member after it. */
  readonly names: readonly string[]
  /** Something odd about the container itself. */
  note(fault: FaultName, offset?: number): void
  /** The container, or members of it, are encrypted, and opened with a candidate from there; empty where none opened it. */
  encryption(openedBy: PasswordSource | ''): void
}

/** What one container takes from the budget. */
export interface ContainerShare {
  /** Takes expanded bytes; throws `LimitReached`. */
  take(bytes: number): void
  /** Takes expanded bytes that stay in memory until the container is closed; throws `LimitReached`. */
  hold(bytes: number): void
  /** Expanded bytes that may still be taken. */
  readonly left: number
}

export type Opener = (content: Buffer, context: OpenContext) => Iterable<Member> | AsyncIterable<Member>

/** What an opener says of a container or a member; each with its weight and sentence in the one table of anomalies. */
export type FaultName = ContainerFault

/** The anomaly that a fault is shown as. */
export function anomaly(name: FaultName, offset = -1): Anomaly {
  return anomalyOf(name, offset)
}

/** Thrown by `bytes`: the member was not read, or not whole; what came before stands. */
export class MemberFault extends Error {
  override readonly name = 'MemberFault'
  readonly fault: FaultName

  constructor(fault: FaultName, options?: ErrorOptions) {
    super(ANOMALIES[fault].meaning, options)
    this.fault = fault
  }
}

/** Thrown by `bytes`: nobody has the password. */
export class ClosedFault extends Error {
  override readonly name = 'ClosedFault'
}

/** What most openers need to say of a member; the rest has its plain value. */
export interface MemberDraft extends Partial<Omit<Member, 'name' | 'names' | 'path' | 'bytes'>> {
  readonly path: string
  readonly origin: string
  readonly names?: readonly Name[]
  bytes(): Iterable<Buffer> | AsyncIterable<Buffer>
}

/** A member with one path, and what follows from the path. */
export function memberOf(draft: MemberDraft): Member {
  const { path, origin, names, anomalies = [], kind = 'file' } = draft
  const own = [...anomalies]
  if (isUnsafePath(path)) own.push(anomaly('unsafe-path'))
  if (kind === 'symlink') own.push(anomaly('link'))
  if (kind === 'device') own.push(anomaly('device'))
  return {
    name: baseName(path),
    names: names ?? (path === '' ? [] : [{ value: path, origin }]),
    path,
    kind,
    declaredSize: draft.declaredSize ?? -1,
    declaredType: draft.declaredType ?? '',
    isEncrypted: draft.isEncrypted ?? false,
    anomalies: own,
    ...(draft.notAs && { notAs: draft.notAs }),
    bytes: () => draft.bytes(),
  }
}

/** Last component of a path with slashes of either kind. */
export function baseName(path: string): string {
  return /([^/\\]*)[/\\]*$/.exec(path.slice(-1024))?.[1] ?? ''
}

/** Whether a path is absolute, names a drive or goes up, in the eyes of any system. */
export function isUnsafePath(path: string): boolean {
  return /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(path)
}
