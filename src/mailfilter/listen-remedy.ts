/** Why an address cannot be had. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

/** What is wrong where nobody can listen; for a missing folder of a unix socket Node says EACCES, so the folder is looked for. */
export function listenRemedy(listen: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return ': is another filter running there?'
  if (code === 'EADDRNOTAVAIL') return ': this machine does not have the address'
  const folder = listen.startsWith('unix:') ? dirname(listen.slice('unix:'.length)) : undefined
  if (folder !== undefined && !existsSync(folder)) return `: the folder ${folder} does not exist`
  return ''
}
