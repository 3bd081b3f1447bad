/** What each protection layer alone keeps attacker code from, as `attack.test.ts` measures it, and the page that shows it. */
import { LAYER_KEYS, type LayerKey, OUTER_LAYERS } from '../../src/inspector/layers.ts'

export interface Column {
  readonly name: string
  readonly layers: readonly LayerKey[]
}

const NODE_LAYERS: readonly LayerKey[] = ['node permission model', 'no debugger signal', 'no code from strings']
const NONE: Column = { name: 'none', layers: [] }
const SYSTEM: Column = { name: 'all of the system', layers: LAYER_KEYS.filter((key) => !NODE_LAYERS.includes(key)) }
const ALL: Column = { name: 'all', layers: LAYER_KEYS }

/** One layer alone for each column, then what they do together. A private /proc needs its process namespace. */
export const COLUMNS: readonly Column[] = [
  NONE,
  ...LAYER_KEYS.map(
    (name): Column => ({ name, layers: name === 'private /proc' ? ['process namespace', name] : [name] }),
  ),
  SYSTEM,
  ALL,
]

const NET = 'network namespace'
const PID = 'process namespace'
const PROC = 'private /proc'
const NODE = 'node permission model'
const EVERYWHERE = COLUMNS.map(({ name }) => name)

/** By attempt: the columns in which it is denied. */
export const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'use inherited descriptors': EVERYWHERE,
  'connect by TCP': [NET, NODE, SYSTEM.name, ALL.name],
  'send by UDP and ask DNS': [NET, NODE, SYSTEM.name, ALL.name],
  'send a datagram': [NET, NODE, SYSTEM.name, ALL.name],
  'fetch a page': [NET, NODE, SYSTEM.name, ALL.name],
  "listen on the filter's network": [NET, NODE, SYSTEM.name, ALL.name],
  'connect to a unix socket of the filter': ['own user', NODE, SYSTEM.name, ALL.name],
  'read /etc/passwd': [NODE, ALL.name],
  "read the filter's spool and database": ['own user', NODE, SYSTEM.name, ALL.name],
  'write a file': ['file limit', NODE, SYSTEM.name, ALL.name],
  'make a symbolic link': [NODE, ALL.name],
  'change its own code': ['own user', NODE, SYSTEM.name, ALL.name],
  'run a program': [NODE, ALL.name],
  'start programs without end': [NODE, SYSTEM.name, ALL.name],
  'start a thread with other rights': [NODE, ALL.name],
  'load an internal binding': [NODE, ALL.name],
  'make code from strings': ['no code from strings', ALL.name],
  'signal its parent': [PID, PROC, 'own user', SYSTEM.name, ALL.name],
  'kill another process': [PID, PROC, 'own user', SYSTEM.name, ALL.name],
  'slow another process down': [PID, PROC, SYSTEM.name, ALL.name],
  'open the debugger of another process': [PID, PROC, 'own user', SYSTEM.name, ALL.name],
  'open its own debugger': [NODE, ALL.name],
  'open its own debugger by SIGUSR1': [NODE, 'no debugger signal', ALL.name],
  'read the environment of the filter': [PROC, 'own user', 'no capabilities', NODE, SYSTEM.name, ALL.name],
  'read the memory of another parser process': [PROC, NODE, SYSTEM.name, ALL.name],
  'see shared memory of others': ['ipc namespace', NODE, SYSTEM.name, ALL.name],
  'read a message that this process had before': [],
  'take 2 GiB of Buffers': ['data limit', SYSTEM.name, ALL.name],
  'become root or another user': ['own user', 'no capabilities', SYSTEM.name, ALL.name],
}

const NOTES = `
## What the table does not show

- **A message that the same process had before** can be read by code that took the process over, and so can those that come after
  it: JavaScript gives no way to empty a process between two messages. What bounds it: a process is replaced after
  \`inspector.messagesPerProcess\` messages, after \`inspector.lifetime\` and after every limit, trap, crash or frame out of order; other processes, the filter,
  the spool and the network stay out of reach. \`messagesPerProcess: 1\` closes it at the price of a start for every message.
- **Garbage on its pipe** is stopped by no layer but by both readers of the pipe: \`test/inspector/hostile.test.ts\`.
- **Processor time and wall time** are bounded by the supervisor: \`test/inspector/limits.test.ts\`.
- **No new privileges** stops none of these attempts alone: it keeps setuid programs from giving back what the other layers took.
- **Running a program** and **reading world-readable files** are left to Node's permission model alone where no system-call filter
  is active; such a program has the same limits, namespaces and user as its parent.
- **Start programs without end**: the limit of processes does not hold for root, so alone it stops nothing here; with an own user it does.
- **A symbolic link** that already lies in a folder that Node's permission model allows is followed: only folders of our code are
  allowed, and the processes cannot write there.
- ${OUTER_LAYERS.map((name) => `**${name}**`).join(' and ')} come from outside, such as a systemd unit, and are not measured here; the filter says at its start
  whether they are active.
`

/** The page, the same on every machine: which cells a machine can measure depends on its layers. */
export function renderAttackTable(attempts: readonly string[]): string {
  const letters = COLUMNS.map((_, i) => String.fromCharCode(65 + i))
  const legend = COLUMNS.map(({ name }, i) => `- **${letters[i]}** ${describeColumn(name)}`)
  const rows = attempts.map((attempt) => {
    const cells = COLUMNS.map(({ name }) => (EXPECTED[attempt]?.includes(name) ? 'denied' : '·'))
    return `| ${attempt} | ${cells.join(' | ')} |`
  })
  return [
    '# What attacker code can do inside a parser process',
    '',
    'Attacker code runs in a parser process that has only the layers of the column, started by root. `denied` was denied; `·` worked.',
    'Written by `test/inspector/attack.test.ts`, which measures every cell (`UPDATE_DOCS=1` writes it anew).',
    '',
    ...legend,
    '',
    `| attempt | ${letters.join(' | ')} |`,
    `|---|${letters.map(() => '---|').join('')}`,
    ...rows,
    NOTES,
  ].join('\n')
}

function describeColumn(name: string): string {
  if (name === NONE.name) return 'no layer: a process with an empty environment and no descriptor but its pipes'
  if (name === SYSTEM.name) return 'all layers of the system, without those of Node'
  if (name === ALL.name) return 'all layers, as in operation'
  return name === PROC ? 'process namespace with a private /proc' : `${name} alone`
}
