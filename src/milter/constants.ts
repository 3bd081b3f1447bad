// The symbols of the milter protocol under the names that sendmail's mfapi.h and mfdef.h gave them, so that they can be
// searched for in any other implementation. Values are what goes over the wire.

/** Commands from the MTA to the filter (sendmail mfdef.h, SMFIC_*). */
export const SMFIC = {
  ABORT: 0x41,
  BODY: 0x42,
  CONNECT: 0x43,
  MACRO: 0x44,
  BODYEOB: 0x45,
  HELO: 0x48,
  QUIT_NC: 0x4b,
  HEADER: 0x4c,
  MAIL: 0x4d,
  EOH: 0x4e,
  OPTNEG: 0x4f,
  QUIT: 0x51,
  RCPT: 0x52,
  DATA: 0x54,
  UNKNOWN: 0x55,
} as const

/** Replies from the filter to the MTA (sendmail mfdef.h, SMFIR_*). */
export const SMFIR = {
  ADDRCPT: 0x2b,
  DELRCPT: 0x2d,
  ADDRCPT_PAR: 0x32,
  SHUTDOWN: 0x34,
  ACCEPT: 0x61,
  REPLBODY: 0x62,
  CONTINUE: 0x63,
  DISCARD: 0x64,
  CHGFROM: 0x65,
  CONN_FAIL: 0x66,
  ADDHEADER: 0x68,
  INSHEADER: 0x69,
  SETSYMLIST: 0x6c,
  CHGHEADER: 0x6d,
  PROGRESS: 0x70,
  QUARANTINE: 0x71,
  REJECT: 0x72,
  SKIP: 0x73,
  TEMPFAIL: 0x74,
  REPLYCODE: 0x79,
} as const

/** Modifications that a filter may ask leave for (sendmail mfapi.h, SMFIF_*). */
export const SMFIF = {
  ADDHDRS: 0x001,
  CHGBODY: 0x002,
  ADDRCPT: 0x004,
  DELRCPT: 0x008,
  CHGHDRS: 0x010,
  QUARANTINE: 0x020,
  CHGFROM: 0x040,
  ADDRCPT_PAR: 0x080,
  SETSYMLIST: 0x100,
} as const

/** Protocol steps left out or not replied to (sendmail mfdef.h, SMFIP_*). */
export const SMFIP = {
  NOCONNECT: 0x000001,
  NOHELO: 0x000002,
  NOMAIL: 0x000004,
  NORCPT: 0x000008,
  NOBODY: 0x000010,
  NOHDRS: 0x000020,
  NOEOH: 0x000040,
  NR_HDR: 0x000080,
  NOUNKNOWN: 0x000100,
  NODATA: 0x000200,
  SKIP: 0x000400,
  RCPT_REJ: 0x000800,
  NR_CONN: 0x001000,
  NR_HELO: 0x002000,
  NR_MAIL: 0x004000,
  NR_RCPT: 0x008000,
  NR_DATA: 0x010000,
  NR_UNKN: 0x020000,
  NR_EOH: 0x040000,
  NR_BODY: 0x080000,
  HDR_LEADSPC: 0x100000,
  MDS_256K: 0x10000000,
  MDS_1M: 0x20000000,
} as const

/** Stages of a macro list in the filter's SMFIC_OPTNEG answer; end of message is 5 and end of headers 6 (mfapi.h, SMFIM_*). */
export const SMFIM = { CONNECT: 0, HELO: 1, ENVFROM: 2, ENVRCPT: 3, DATA: 4, EOM: 5, EOH: 6 } as const

/** All modifications that Postfix and Sendmail offer today (SMFI_CURR_ACTS). */
export const ALL_ACTIONS = 0x1ff
/** All protocol bits that Postfix offers; it never offers SMFIP_MDS_* (milter8.c). */
export const ALL_PROTOCOL = 0x1fffff
/** The newest version of the protocol, and the only living one. */
export const PROTOCOL_VERSION = 6
/** Data bytes of one frame unless more was negotiated (mfdef.h MILTER_CHUNK_SIZE); the length field may say one more. */
export const CHUNK_SIZE = 65535

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, value]) => [value, name]))
}

/** Name of each command, for logs. */
export const SMFIC_NAMES: ReadonlyMap<number, string> = namesOf(SMFIC)
/** Name of each reply, for logs. */
export const SMFIR_NAMES: ReadonlyMap<number, string> = namesOf(SMFIR)
/** Name of each modification bit, for logs. */
export const SMFIF_NAMES: ReadonlyMap<number, string> = namesOf(SMFIF)
/** Name of each protocol bit, for logs. */
export const SMFIP_NAMES: ReadonlyMap<number, string> = namesOf(SMFIP)
/** Name of each macro stage, for logs. */
export const SMFIM_NAMES: ReadonlyMap<number, string> = namesOf(SMFIM)

/** Spells a bit mask with the names of one table: `ADDHDRS|CHGBODY`; unknown bits in hex. */
export function namesOfBits(bits: number, names: ReadonlyMap<number, string>): string {
  const known = [...names].filter(([bit]) => (bits & bit) !== 0)
  const rest = known.reduce((left, [bit]) => left & ~bit, bits) >>> 0
  return [...known.map(([, name]) => name), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])].join('|') || '0'
}
