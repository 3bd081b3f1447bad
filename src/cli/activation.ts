/**
 * Sockets that systemd opened for us and keeps open while we are away, so that a restart refuses no connection: descriptors from 3 on, as
 * many as LISTEN_FDS says, called as LISTEN_FDNAMES says (sd_listen_fds(3)). Node marks what it inherits as close-on-exec when it starts, so
 * that no child of ours has them.
 */
import { readFileSync, readlinkSync } from 'node:fs'

const FIRST_FD = 3
/** What systemd calls a socket whose unit has no FileDescriptorName. */
const NAMELESS = 'unknown'

/** The descriptors that were handed over, by name; none where they are meant for another process. */
export function passedDescriptors(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ReadonlyMap<string, readonly number[]> {
  const { LISTEN_PID: target = '', LISTEN_FDS: count = '', LISTEN_FDNAMES: names = '' } = env
  if (Number(target) !== pid || !/^\d{1,4}$/.test(count)) return new Map()
  const words = names.split(':')
  const all = Array.from({ length: Number(count) }, (_, i) => ({ fd: FIRST_FD + i, name: words[i] || NAMELESS }))
  const byName = Map.groupBy(all, ({ name }) => name)
  return new Map(Array.from(byName, ([name, those]) => [name, those.map(({ fd }) => fd)]))
}

/** The one descriptor of that name; throws what is wrong where there is not exactly one. */
export function descriptorOf(name: string, passed: ReadonlyMap<string, readonly number[]>): number {
  const [fd, ...others] = passed.get(name) ?? []
  if (fd !== undefined && others.length === 0) return fd
  if (others.length > 0)
    throw new Error(
      `systemd handed over ${others.length + 1} sockets called ${name}: give each a socket unit of its own`,
    )
  const known = [...passed.keys()].join(', ') || 'none'
  throw new Error(
    `systemd handed over no socket called ${name} (it gave ${known}): start the socket unit with FileDescriptorName=${name} first`,
  )
}

/** Path of the unix socket behind a descriptor, which Node does not know of a socket that it did not open; empty where it has none. */
export function pathOfDescriptor(fd: number): string {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? ''
    // Fields of a line: number, count, protocol, flags, type, state, inode, path.
    const lines = readFileSync('/proc/self/net/unix', 'latin1').split('\n')
    const fields = lines.map((line) => /^(?:\S+\s+){6}(\d+) (\/.*)$/.exec(line))
    return fields.find((found) => found?.[1] === inode)?.[2] ?? ''
  } catch {
    return ''
  }
}
