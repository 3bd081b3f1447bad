/** What may break around the filter: each with how to break it and how to tell. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { encodeFrame, encodeHeader, encodeMail, encodeRcpt, SMFIC } from '../../src/milter/index.ts'
import { eicar, mail } from '../postfix/mail.ts'
import type { Filter, FilterOptions } from './filter.ts'
import { deliver, rawSession, said } from './mta.ts'
import { descendants } from './processes.ts'

export interface Fault {
  readonly name: string
  readonly options?: FilterOptions
  /** Before the filter starts; gets the data folder. Returns how to clean up. */
  readonly prepare?: (dataDir: string) => () => void
  /** Breaks it and sends a bad message; tells the answer. */
  readonly act: (filter: Filter, port: number) => Promise<string>
  /** Whether the verdict or 451 comes is a matter of milliseconds; the table then says so. */
  readonly isEither?: boolean
  /** What the log must say. */
  readonly logs: RegExp
}

const BAD = mail({ attachments: [{ name: 'eicar.com', content: eicar() }] })

/** A bad message of a megabyte, so that it needs a spool file. */
const LARGE = mail({
  attachments: [
    { name: 'filler.bin', content: Buffer.alloc(800_000, 'x') },
    { name: 'eicar.com', content: eicar() },
  ],
})

export const FAULTS: readonly Fault[] = [
  {
    name: 'parser processes killed in the middle of a message',
    act: (filter, port) => halfway(filter, port, 'parser'),
    isEither: true,
    logs: /process-ended/,
  },
  {
    name: 'supervisor killed in the middle of a message',
    act: (filter, port) => halfway(filter, port, 'supervisor'),
    isEither: true,
    logs: /supervisor-ended/,
  },
  { name: 'store locked by another process', act: whileLocked, logs: /store unavailable/ },
  {
    name: 'store on a read-only file system',
    prepare: onTmpfs('ro'),
    act: (_, port) => send(port),
    logs: /store unavailable/,
  },
  { name: 'store on a full file system', prepare: onTmpfs('size=2m'), act: whileFull, logs: /store unavailable/ },
  {
    name: 'spool full',
    options: { config: { spool: { memoryPerMessage: '4KiB', memory: '64KiB', spool: '100KiB' } } },
    act: (_, port) => send(port, LARGE),
    logs: /spool-full/,
  },
]

async function send(port: number, message = BAD): Promise<string> {
  return said(await deliver(port, message))
}

/** Half of the message is sent, the processes are killed and gone, then comes the rest. */
async function halfway(filter: Filter, port: number, which: 'parser' | 'supervisor'): Promise<string> {
  const client = await rawSession(port)
  const header = encodeHeader('Content-Type', ' multipart/mixed; boundary="part-of-a-test-mail"')
  const body = BAD.subarray(BAD.indexOf('\r\n\r\n') + 4)
  const half = Math.floor(body.length / 2)
  await client.send(
    encodeMail('<a@src.test>'),
    encodeRcpt('<b@dst.test>'),
    header,
    encodeFrame(SMFIC.EOH),
    encodeFrame(SMFIC.BODY, body.subarray(0, half)),
  )
  const victims = descendants(filter.pid).filter(({ command }) => command.includes(`${which}-main`))
  for (const { pid } of victims) process.kill(pid, 'SIGKILL')
  const kind = which === 'parser' ? 'process-ended' : 'supervisor-ended'
  await filter.waitFor((line) => line.kind === kind)
  const reply = await client.ask(encodeFrame(SMFIC.BODY, body.subarray(half)), encodeFrame(SMFIC.BODYEOB))
  await client.quit()
  return said(reply)
}

async function whileLocked(filter: Filter, port: number): Promise<string> {
  const database = new DatabaseSync(join(filter.dataDir, 'peekaboo.db'))
  database.exec('BEGIN IMMEDIATE')
  try {
    return await send(port)
  } finally {
    database.exec('ROLLBACK')
    database.close()
  }
}

/** The store on a file system of its own, which the test can spoil; the rest of the data folder is not. */
function onTmpfs(options: string): (dataDir: string) => () => void {
  return (dataDir) => {
    const dir = join(dataDir, 'store')
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir])
    return () => execFileSync('umount', ['-l', dir])
  }
}

async function whileFull(filter: Filter, port: number): Promise<string> {
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${filter.dataDir}/store/filler bs=4k 2>/dev/null || true`])
  return send(port)
}
