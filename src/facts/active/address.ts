/** One address as it stands in a text → where it leads: its scheme, its host, and whether it names an object behind a file. */

/** Where an address leads. */
export interface Address {
  /** In small letters; `unc` for `\\host\share`, empty where there is none. */
  readonly scheme: string
  /** Name or number of the machine, in small letters; empty where the address leads to none, or to this one. */
  readonly host: string
  readonly target: string
  readonly isMoniker: boolean
}

/** Longest address that is looked at, and what is told of it. */
export const LONGEST = 1024
const TOLD = 300

const NAMED: Readonly<Record<string, string>> = { colon: ':', tab: '', newline: '', bsol: '\\', sol: '/', amp: '&' }

/** Reads an address as clients do: entities are resolved, white space within the scheme does not count (URL Standard 4.4). */
export function readAddress(written: string): Address {
  const target = plain(written)
  const scheme = schemeOf(target)
  const isFile = scheme === 'unc' || scheme === 'file'
  const isMoniker = (isFile || scheme === 'http' || scheme === 'https') && /[^!/\\]![^!]/.test(target)
  return { scheme, host: isFile ? machineOf(target) : webHost(target), target: target.slice(0, TOLD), isMoniker }
}

function plain(written: string): string {
  const text = written.slice(0, LONGEST)
  const resolved = text.includes('&') ? text.replace(/&(?:#(x?)([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, entity) : text
  return resolved.replace(/[\t\r\n]/g, '').replace(/^[\0- ]+|[\0- ]+$/g, '')
}

function entity(whole: string, hex: string | undefined, digits: string | undefined, name: string | undefined): string {
  if (digits === undefined) return NAMED[(name ?? '').toLowerCase()] ?? whole
  const code = Number.parseInt(digits, hex ? 16 : 10)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

/** A drive letter is no scheme. */
function schemeOf(target: string): string {
  if (/^[\\/]{2}/.test(target) && target.includes('\\')) return 'unc'
  return (/^([a-z][a-z0-9+.-]{1,40}):/i.exec(target)?.[1] ?? '').toLowerCase()
}

/** Of a path on another machine, however its slashes stand ([MS-DTYP] 2.2.57); this machine is none, nor is a drive. */
function machineOf(target: string): string {
  const path = target.replace(/^file:/i, '').replaceAll('\\', '/')
  const [, slashes = '', rest = ''] = /^(\/*)(.*)$/s.exec(path) ?? []
  const long = /^[?.]\/UNC\/(.*)$/is.exec(rest)?.[1]
  // file:///path is a path of this machine; with two slashes, or four, a machine follows.
  if (long === undefined && (slashes.length < 2 || (slashes.length === 3 && !/^file:\/\/\/\\/i.test(target)))) return ''
  const host = (/^[^/:?#]*/.exec(long ?? rest)?.[0] ?? '').replace(/@.*$/s, '').toLowerCase()
  return host === 'localhost' || host === '127.0.0.1' || host === '.' || host === '?' || /^[a-z]$/.test(host)
    ? ''
    : host
}

function webHost(target: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:[\\/]{2}([^\\/?#]*)/i.exec(target)?.[1] ?? ''
  return authority.replace(/^.*@/s, '').replace(/:\d*$/, '').toLowerCase()
}
