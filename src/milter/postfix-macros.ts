// Which macros Postfix 3.7 sends before which command, and that only those are sent which it has.
import { SMFIC, SMFIM } from './constants.ts'
import { encodeMacros } from './encode.ts'

/** Values of macros by their name without braces. */
export type MacroPool = Readonly<Record<string, string | undefined>>

// postconf -d milter_*_macros, without those that need a login.
const DEFAULT_LISTS: ReadonlyMap<number, string> = new Map([
  [SMFIC.CONNECT, 'j {daemon_name} {daemon_addr} v _'],
  [SMFIC.HELO, '{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}'],
  [SMFIC.MAIL, 'i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}'],
  [SMFIC.RCPT, 'i {rcpt_addr} {rcpt_host} {rcpt_mailer}'],
  [SMFIC.DATA, 'i'],
  [SMFIC.HEADER, 'i'],
  [SMFIC.EOH, 'i'],
  [SMFIC.BODY, 'i'],
  [SMFIC.BODYEOB, 'i'],
  [SMFIC.UNKNOWN, ''],
])

// A header uses the list of end of headers, a body chunk that of end of message.
const ASKED_AS: ReadonlyMap<number, number> = new Map([
  [SMFIC.CONNECT, SMFIM.CONNECT],
  [SMFIC.HELO, SMFIM.HELO],
  [SMFIC.MAIL, SMFIM.ENVFROM],
  [SMFIC.RCPT, SMFIM.ENVRCPT],
  [SMFIC.DATA, SMFIM.DATA],
  [SMFIC.HEADER, SMFIM.EOH],
  [SMFIC.EOH, SMFIM.EOH],
  [SMFIC.BODY, SMFIM.EOM],
  [SMFIC.BODYEOB, SMFIM.EOM],
])

/** SMFIC_MACRO for a command, often with an empty list; a list that the filter asked for goes before Postfix's own. */
export function macroFrame(command: number, pool: MacroPool, asked: ReadonlyMap<number, string>): Buffer {
  const stage = ASKED_AS.get(command)
  const list = (stage === undefined ? undefined : asked.get(stage)) || (DEFAULT_LISTS.get(command) ?? '')
  const names = list.split(' ').map((name) => name.replace(/^\{(.*)\}$/, '$1'))
  const known = names.flatMap((name): [string, string][] => {
    const value = pool[name]
    return value === undefined ? [] : [[name, value]]
  })
  return encodeMacros(command, known)
}
