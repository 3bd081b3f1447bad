import type { GuestOptions } from '../sandbox/options.ts'

/** Our mark on every task, by which lists are narrowed to ours. */
export const OWNER = 'peekaboo'

/** The fields with which a sample is handed over. Route and password have no field of their own here: both are options. */
export function formFields(guest: GuestOptions, marker: string, password: string | undefined): Record<string, string> {
  const { machine, platform, tags, timeout, priority, enforceTimeout, route, set = {} } = guest
  const isWritable = password !== undefined && /^[^,=\r\n]{1,200}$/.test(password)
  const options = { ...set, ...(route !== undefined && { route }), ...(isWritable && { password }) }
  const fields: Readonly<Record<string, string | undefined>> = {
    machine,
    platform,
    tags: tags?.join(','),
    package: guest.package,
    timeout: timeout === undefined ? undefined : String(Math.ceil(timeout / 1000)),
    priority: priority?.toString(),
    enforce_timeout: enforceTimeout ? '1' : undefined,
    options: Object.entries(options)
      .map(([name, text]) => `${name}=${text}`)
      .join(','),
    custom: marker,
    owner: OWNER,
  }
  return Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text ? [[name, text]] : [])))
}
