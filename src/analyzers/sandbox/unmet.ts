import type { Machine } from '../analyzer.ts'
import type { GuestOptions } from './options.ts'

/** What the options ask for and no machine has, in sentences; nothing where the host does not tell its machines. */
export function unmetOptions(guest: GuestOptions, machines: readonly Machine[] | undefined): readonly string[] {
  if (!machines) return []
  const { machine, platform, tags = [] } = guest
  const warnings: string[] = []
  const platforms = new Set(machines.map((one) => one.platform))
  const known = new Set(machines.flatMap((one) => one.tags))
  if (machine !== undefined && !machines.some(({ name }) => name === machine)) {
    warnings.push(`no machine is named ${machine}; there are: ${listed(machines.map(({ name }) => name))}`)
  }
  if (platform !== undefined && !platforms.has(platform)) {
    warnings.push(`no machine has the platform ${platform}; there are: ${listed([...platforms])}`)
  }
  for (const tag of tags) {
    if (!known.has(tag)) warnings.push(`no machine has the tag ${tag}; there are: ${listed([...known])}`)
  }
  const fits = machines.some(
    (one) =>
      (machine === undefined || one.name === machine) &&
      (platform === undefined || one.platform === platform) &&
      tags.every((tag) => one.tags.includes(tag)),
  )
  if (warnings.length === 0 && !fits) warnings.push('no machine has machine, platform and tags together')
  return warnings
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.slice(0, 20).join(', ')
}
