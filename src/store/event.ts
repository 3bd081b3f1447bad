import type { Fault } from '../core/index.ts'

/** What a store tells the log; the methods of the contract tell their callers. */
export type StoreEvent =
  | { readonly kind: 'migrated'; readonly from: number; readonly to: number }
  | { readonly kind: 'unavailable'; readonly fault: Fault }
  | { readonly kind: 'recovered'; readonly awayMs: number }
  | { readonly kind: 'removed'; readonly from: string; readonly count: number }

/** Why this version must not touch this database at all (too new, not ours): waiting and trying again does not help. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused'
}
