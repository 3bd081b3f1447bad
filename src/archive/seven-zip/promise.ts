/** Containers that say of which format a member is: 7-Zip makes its name of that. Where it is none, the container or the member is damaged. */

const CONTAINERS: ReadonlySet<string> = new Set(['mbr', 'gpt', 'dmg', 'rpm'])
const NAMES = /\.(?:fat|ntfs|ext|hfsx?|apfs|cpio(?:\.\w{1,4})?)$/

/** Whether a member of that name in a container of that format is a container itself, if all is well. */
export function isPromised(format: string, name: string): boolean {
  return CONTAINERS.has(format) && NAMES.test(name)
}
