import { readFileSync } from 'node:fs'

/** The flags of the runtime that `npm start` gives the filter: one place says them, package.json. */
export function runtimeFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'))
}
