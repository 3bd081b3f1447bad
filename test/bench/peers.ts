import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { runtimeFlags } from '../daemon/runtime.ts'
import type { Built } from './build.ts'
import { filterConfig, holdingConfig } from './filter-config.ts'
import { type Program, startPeer } from './program.ts'

/** A running filter that takes load on a unix socket. */
export interface Peer extends Program {
  readonly socket: string
}

/**
 * What a peer is called in tables. `protocol` is our library with hooks that look at nothing, `filter` the whole daemon; the
 * holding ones do not answer mails that have attachments.
 */
export type PeerName =
  | 'null'
  | 'null-nr'
  | 'sha256'
  | 'python'
  | 'protocol'
  | 'filter'
  | 'protocol-holding'
  | 'filter-holding'

const here = import.meta.dirname
const main = join(here, '../../src/main.ts')
const protocol = join(here, 'subject-protocol.ts')
/** Node with the flags that the daemon runs under. */
const node = [process.execPath, ...runtimeFlags()]

/** Starts one peer; its socket and files lie in a folder of its own under `folder`. */
export async function startNamed(name: PeerName, built: Built, folder: string): Promise<Peer> {
  const own = await mkdtemp(join(folder, `${name}-`))
  const socket = join(own, 'socket')
  return { ...(await startPeer(name, await commandOf(name, built, own, socket), socket)), socket }
}

async function commandOf(name: PeerName, built: Built, own: string, socket: string): Promise<readonly string[]> {
  switch (name) {
    case 'null':
      return [built.nullPeer, `unix:${socket}`]
    case 'null-nr':
      return [built.nullPeer, '-n', `unix:${socket}`]
    case 'sha256':
      return [built.sha256Peer, `unix:${socket}`]
    case 'python':
      return ['/usr/bin/python3', join(here, 'peer/email-peer.py'), `unix:${socket}`, join(own, 'seen.db')]
    case 'protocol':
      return [...node, protocol, socket]
    case 'protocol-holding':
      return [...node, protocol, socket, '--hold']
    case 'filter':
      return [...node, main, 'serve', '--config', await filterConfig(own, socket)]
    case 'filter-holding':
      return [...node, main, 'serve', '--config', await holdingConfig(own, socket)]
  }
}
