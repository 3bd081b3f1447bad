import type { GuestOptions } from '../sandbox/options.ts'

/** The fields with which a sample is handed over; `custom` is the mark by which its task is found again. */
export function formFields(guest: GuestOptions, marker: string, password: string | undefined): Record<string, string> {
  const { machine, platform, tags, route, timeout, priority, enforceTimeout, tlp } = guest
  const fields: Readonly<Record<string, string | undefined>> = {
    machine,
    platform,
    tags: tags?.join(','),
    package: guest.package,
    route,
    timeout: timeout === undefined ? undefined : String(Math.ceil(timeout / 1000)),
    priority: priority?.toString(),
    enforce_timeout: enforceTimeout ? '1' : undefined,
    tlp,
    options: optionsField(guest, password),
    custom: marker,
  }
  return Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text ? [[name, text]] : [])))
}

/** A comma or equal sign cannot be written within: a password with one is not handed on. */
function optionsField({ set = {} }: GuestOptions, password: string | undefined): string {
  const isWritable = password !== undefined && /^[^,=\r\n]{1,200}$/.test(password)
  const all = { ...set, ...(isWritable && { password }) }
  return Object.entries(all)
    .map(([name, text]) => `${name}=${text}`)
    .join(',')
}
