/** Other readers of mail, each run once over all messages. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A leaf of the peer's tree. */
export interface PeerLeaf {
  readonly sha256: string
  readonly bytes: Buffer
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Command lines of the readers; Debian's own, whatever else is in the PATH. */
export const PEERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'python-default': ['/usr/bin/python3', here('leaves.py'), 'default'],
  'python-compat32': ['/usr/bin/python3', here('leaves.py'), 'compat32'],
  'mime-tools': ['/usr/bin/perl', here('leaves.pl')],
}

/** What the peer sees in each of the messages, in their order. */
export async function leavesBy(peer: string, messages: readonly Buffer[]): Promise<readonly (readonly PeerLeaf[])[]> {
  const [command, ...args] = PEERS[peer] ?? []
  if (command === undefined) throw new Error(`there is no peer ${peer}`)
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const answers: PeerLeaf[][] = []
  const read = (async () => {
    for await (const line of createInterface(child.stdout)) answers.push(leavesOf(line))
  })()
  for (const message of messages) {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(message.length)
    child.stdin.write(head)
    if (!child.stdin.write(message)) await once(child.stdin, 'drain')
  }
  child.stdin.end()
  await Promise.all([ended, read])
  if (answers.length !== messages.length) throw new Error(`${peer} read ${answers.length} of ${messages.length}`)
  return answers
}

function leavesOf(line: string): PeerLeaf[] {
  return (JSON.parse(line) as [string, string][])
    .filter(([sha256]) => sha256 !== 'fault')
    .map(([sha256, text]) => ({ sha256, bytes: Buffer.from(text, 'base64') }))
}
