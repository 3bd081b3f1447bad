import type { MariadbOptions } from '../options.ts'

/** What the operator reads: where it is, never with which password. */
export function nameOf({ socketPath, host, port, user, database }: MariadbOptions): string {
  return `mariadb://${user}@${socketPath ?? `${host}:${port}`}/${database}`
}
