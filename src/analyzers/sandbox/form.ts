/** The form by which Cuckoo and its descendants take a sample. */
import type { Submission } from '../analyzer.ts'
import { type Body, formBody } from '../http/multipart.ts'
import { sandboxFileName } from './file-name.ts'
import { type GuestOptions, guestFor, type Host, type SandboxOptions } from './options.ts'

/** What one make writes otherwise than the others: fields, and what it takes within the field `options`. */
export interface OwnFields {
  readonly fields?: Readonly<Record<string, string | undefined>>
  readonly options?: Readonly<Record<string, string | undefined>>
}

/** The sample and all that is said of it; password and sender's name only where the options share them. */
export function submissionBody(
  host: Host,
  sharing: Pick<SandboxOptions, 'sharePasswords' | 'shareNames'>,
  submission: Submission,
  own: (guest: GuestOptions) => OwnFields,
): Body {
  const { sha256, size, bytes, fileName, givenName, type, marker } = submission
  const guest = guestFor(host, type)
  const password = sharing.sharePasswords ? submission.passwords?.[0] : undefined
  const name = sandboxFileName(fileName, type, sharing.shareNames ? givenName : '')
  return formBody(formFields(guest, marker, password, own(guest)), { field: 'file', name, size, sha256, bytes })
}

/** `custom` is the mark by which the task is found again. */
function formFields(guest: GuestOptions, marker: string, password: string | undefined, own: OwnFields) {
  const { machine, platform, tags, timeout, priority, enforceTimeout } = guest
  return written({
    machine,
    platform,
    tags: tags?.join(','),
    package: guest.package,
    timeout: timeout === undefined ? undefined : String(Math.ceil(timeout / 1000)),
    priority: priority?.toString(),
    enforce_timeout: enforceTimeout ? '1' : undefined,
    options: optionsField({ ...guest.set, ...own.options }, password),
    custom: marker,
    ...own.fields,
  })
}

/** A comma or equal sign cannot be written within: a password with one is not handed on. */
function optionsField(options: Readonly<Record<string, string | undefined>>, password: string | undefined): string {
  const all = { ...options, ...(password !== undefined && isWritable(password) && { password }) }
  return Object.entries(all)
    .flatMap(([name, text]) => (text === undefined ? [] : [`${name}=${text}`]))
    .join(',')
}

/** Whether a password can be written among the options of a package. */
export function isWritable(password: string): boolean {
  return /^[^,=\r\n]{1,200}$/.test(password)
}

function written(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text ? [[name, text]] : [])))
}
