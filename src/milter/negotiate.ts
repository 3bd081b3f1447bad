// What we ask for, cut down to what the MTA offers. Pure: both versions of every decision are in the result, so that
// the session knows what it must do itself (answer `c` where the MTA lacks a no-reply bit) and the caller can be told.
import { SMFIF, SMFIM, SMFIP } from './constants.ts'
import type { OptionNegotiation } from './encode.ts'
import type { Stage } from './reply.ts'
import { STAGE_BITS } from './stages.ts'

/** Modifications by the names that `tx.edit` gives them. */
export type Action =
  | 'addHeader'
  | 'changeHeader'
  | 'replaceBody'
  | 'addRecipient'
  | 'addRecipientArgs'
  | 'removeRecipient'
  | 'quarantine'
  | 'changeSender'

/** The bit of each modification; inserting needs `addHeader`, deleting a header `changeHeader`. */
export const ACTION_BITS: Readonly<Record<Action, number>> = {
  addHeader: SMFIF.ADDHDRS,
  changeHeader: SMFIF.CHGHDRS,
  replaceBody: SMFIF.CHGBODY,
  addRecipient: SMFIF.ADDRCPT,
  addRecipientArgs: SMFIF.ADDRCPT_PAR,
  removeRecipient: SMFIF.DELRCPT,
  quarantine: SMFIF.QUARANTINE,
  changeSender: SMFIF.CHGFROM,
}

/** Stages whose macros can be asked for by name. */
export type MacroStage = 'connect' | 'helo' | 'mail' | 'rcpt' | 'data' | 'endOfHeaders' | 'endOfMessage'

const MACRO_STAGES: Readonly<Record<MacroStage, number>> = {
  connect: SMFIM.CONNECT,
  helo: SMFIM.HELO,
  mail: SMFIM.ENVFROM,
  rcpt: SMFIM.ENVRCPT,
  data: SMFIM.DATA,
  endOfMessage: SMFIM.EOM,
  endOfHeaders: SMFIM.EOH,
}

/** Which stages are never replied to. */
export type NoReply = Readonly<Partial<Record<Exclude<Stage, 'endOfMessage'>, boolean>>>

/** What a filter would like to have. */
export interface Wishes {
  /** Modifications that the filter may make. */
  readonly actions: readonly Action[]
  /** Stages that it wants to see. */
  readonly stages: ReadonlySet<Stage>
  readonly noReply: NoReply
  /** Macros per stage. Only names: with Postfix an empty list means the MTA's own list, with Sendmail none. */
  readonly macros: Readonly<Partial<Record<MacroStage, readonly string[]>>>
  /** Header values with the white space after the colon. */
  readonly headerLeadingSpace: boolean
  /** Leave to answer `skip()`. */
  readonly skip: boolean
  /** To be shown recipients that the MTA refused. */
  readonly rcptRej: boolean
  /** Largest payload of a body frame; more than 65535 only with Sendmail. */
  readonly maxDataSize: 65535 | 262143 | 1048575
}

/** What both sides have agreed on. */
export interface Negotiated {
  readonly kind: 'negotiated'
  readonly version: number
  /** SMFIF_* bits that we may use. */
  readonly actions: number
  /** SMFIP_* bits in force. */
  readonly protocol: number
  /** Macro lists asked for, by SMFIM_* stage. */
  readonly macros: ReadonlyMap<number, string>
  /** Largest data of one body frame, in both directions. */
  readonly maxDataSize: number
  /** Bits that we wanted and the MTA does not have. */
  readonly lacking: { readonly actions: number; readonly protocol: number }
}

/** Why nothing can be agreed on. */
export interface NegotiationFailure {
  readonly kind: 'failed'
  readonly reason: string
}

const V1_ACTIONS = 0x0f
const V1_PROTOCOL = 0x3f

/** Agrees on options with an MTA of any version from 2 on. */
export function negotiate(offer: OptionNegotiation, wishes: Wishes): Negotiated | NegotiationFailure {
  if (offer.version < 2) {
    return {
      kind: 'failed',
      reason: `the MTA speaks version ${offer.version} of the milter protocol, 2 is the oldest supported`,
    }
  }
  const offered = {
    actions: offer.actions === 0 ? V1_ACTIONS : offer.actions,
    protocol: offer.protocol === 0 ? V1_PROTOCOL : offer.protocol,
  }
  const wanted = { actions: wantedActions(wishes), protocol: wantedProtocol(wishes) }
  const mds = agreeOnDataSize(offered.protocol, wishes.maxDataSize)
  const actions = wanted.actions & offered.actions
  return {
    kind: 'negotiated',
    version: agreeOnVersion(offer.version),
    actions,
    protocol: (wanted.protocol & offered.protocol) | mds.bit,
    macros: (actions & SMFIF.SETSYMLIST) === 0 ? new Map() : macroLists(wishes),
    maxDataSize: mds.size,
    lacking: { actions: wanted.actions & ~offered.actions, protocol: wanted.protocol & ~offered.protocol },
  }
}

/** There is no version 5 in the field: Postfix (milter8.c) takes it for 4, and a newer one than 6 gets 6. */
function agreeOnVersion(offered: number): number {
  if (offered > 6) return 6
  return offered === 5 ? 4 : offered
}

function wantedActions(wishes: Wishes): number {
  const bits = wishes.actions.reduce((mask, action) => mask | ACTION_BITS[action], 0)
  return macroLists(wishes).size === 0 ? bits : bits | SMFIF.SETSYMLIST
}

function wantedProtocol(wishes: Wishes): number {
  let bits = 0
  for (const stage of Object.keys(STAGE_BITS) as Stage[]) {
    const { no, noReply } = STAGE_BITS[stage]
    if (!wishes.stages.has(stage)) bits |= no
    else if (stage !== 'endOfMessage' && wishes.noReply[stage] === true) bits |= noReply
  }
  if (wishes.headerLeadingSpace) bits |= SMFIP.HDR_LEADSPC
  if (wishes.skip) bits |= SMFIP.SKIP
  if (wishes.rcptRej) bits |= SMFIP.RCPT_REJ
  return bits
}

function agreeOnDataSize(offered: number, wanted: number): { readonly size: number; readonly bit: number } {
  if (wanted >= 1048575 && (offered & SMFIP.MDS_1M) !== 0) return { size: 1048575, bit: SMFIP.MDS_1M }
  if (wanted >= 262143 && (offered & SMFIP.MDS_256K) !== 0) return { size: 262143, bit: SMFIP.MDS_256K }
  return { size: 65535, bit: 0 }
}

function macroLists(wishes: Wishes): ReadonlyMap<number, string> {
  const lists = new Map<number, string>()
  for (const [stage, names] of Object.entries(wishes.macros) as [MacroStage, readonly string[]][]) {
    lists.set(MACRO_STAGES[stage], names.map(wireMacroName).join(' '))
  }
  return lists
}

function wireMacroName(name: string): string {
  return name.length > 1 && name[0] !== '{' ? `{${name}}` : name
}
