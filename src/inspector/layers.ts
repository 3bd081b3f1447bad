/**
 * The protection layers of parser processes: which of them this system allows, found by trying each once at start, and what
 * to do about those it does not. Every layer is asked for alone, so that a missing one takes no other with it.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import type { Layer } from './inspector.ts'

/** A protection layer that we can put on ourselves, in the order in which they are shown. */
export const LAYER_KEYS = [
  'network namespace',
  'process namespace',
  'private /proc',
  'ipc namespace',
  'own user',
  'no new privileges',
  'no capabilities',
  'data limit',
  'process limit',
  'file limit',
  'node permission model',
  'no debugger signal',
  'no code from strings',
] as const
export type LayerKey = (typeof LAYER_KEYS)[number]

/** What was found at start: the layers that work here, and why the others do not. */
export interface LayerSet {
  readonly active: ReadonlySet<LayerKey>
  readonly reasons: ReadonlyMap<LayerKey, string>
  /** Namespaces need a user namespace here, because we are not root. */
  readonly needsUserNamespace: boolean
  readonly uid: number
  readonly gid: number
  /** Bytes that V8 reserves for code: RLIMIT_DATA counts them although they are never filled. */
  readonly codeRangeBytes: number
}

/** What each layer keeps out, and the remedy where it is missing. */
const TEXTS: Readonly<Record<LayerKey, { readonly keeps: string; readonly remedy: string }>> = {
  'network namespace': {
    keeps: 'no network and no abstract unix sockets',
    remedy: 'start as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)',
  },
  'process namespace': {
    keeps: 'no other process can be signalled or debugged; all children die with the process',
    remedy: 'start as root, or allow unprivileged user namespaces',
  },
  'private /proc': {
    keeps: 'no memory, environment or name of another process can be read',
    remedy: 'start as root, outside of a container that forbids to mount /proc',
  },
  'ipc namespace': {
    keeps: 'no shared memory of others',
    remedy: 'start as root, or allow unprivileged user namespaces',
  },
  'own user': {
    keeps: 'no file and no process of the filter or of root',
    remedy:
      'start as root with the user of inspector.user, to whom the code folders are readable; or use systemd units with User=',
  },
  'no new privileges': { keeps: 'setuid programs give no rights', remedy: 'install util-linux (setpriv)' },
  'no capabilities': { keeps: 'root rights cannot be had back', remedy: 'install util-linux (setpriv); start as root' },
  'data limit': { keeps: 'memory, Buffers included, ends at inspector.memory', remedy: 'install util-linux (prlimit)' },
  'process limit': { keeps: 'a fork bomb ends early', remedy: 'install util-linux (prlimit)' },
  'file limit': { keeps: 'no file can be written and no core dumped', remedy: 'install util-linux (prlimit)' },
  'node permission model': {
    keeps: 'JavaScript opens no file but the code, no socket, no process, no worker, no addon',
    remedy: 'use the Node that comes with the package (24 or newer)',
  },
  'no debugger signal': { keeps: 'SIGUSR1 opens no debugger', remedy: 'use the Node that comes with the package' },
  'no code from strings': { keeps: 'eval and new Function throw', remedy: 'use the Node that comes with the package' },
}

/** Layers that only an init system can put around us. */
export const OUTER_LAYERS = ['system-call filter', 'cgroup memory'] as const

export interface ProbeOptions {
  readonly user: string
  /** Files that the processes must be able to read, and the Node binary, which they must be able to run. */
  readonly readable: readonly string[]
  /** Layers that are left out, for the tests of single layers. */
  readonly without?: readonly LayerKey[]
}

/** Tries every layer. Takes some tens of milliseconds. */
export async function probeLayers(options: ProbeOptions): Promise<LayerSet> {
  const isRoot = process.getuid?.() === 0
  const { uid, gid } = isRoot ? findUser(options.user) : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const reasons = new Map<LayerKey, string>()
  await Promise.all(
    LAYER_KEYS.map(async (key) => {
      const reason = options.without?.includes(key) ? 'left out' : await probe(key, isRoot, uid, gid, options.readable)
      if (reason !== undefined) reasons.set(key, reason)
    }),
  )
  const active = new Set(LAYER_KEYS.filter((key) => !reasons.has(key)))
  return { active, reasons, needsUserNamespace: !isRoot, uid, gid, codeRangeBytes: measureCodeRange() }
}

/** The list that `check`, the log and `doctor` show. */
export function describeLayers(set: LayerSet): readonly Layer[] {
  const own = LAYER_KEYS.map((name): Layer => {
    const { keeps, remedy } = TEXTS[name]
    const reason = set.reasons.get(name)
    return { name, active: reason === undefined, detail: reason === undefined ? keeps : `${reason}; ${remedy}` }
  })
  return [...own, systemCallFilter(), cgroupMemory()]
}

function probe(key: LayerKey, isRoot: boolean, uid: number, gid: number, readable: readonly string[]) {
  const spaces = isRoot ? [] : ['-U']
  switch (key) {
    case 'network namespace':
      return attempt('unshare', [...spaces, '-n', 'true'])
    case 'process namespace':
      return attempt('unshare', [...spaces, '-p', '-f', '--kill-child', 'true'])
    case 'private /proc':
      return attempt('unshare', [...spaces, '-p', '-f', '--mount-proc', 'true'])
    case 'ipc namespace':
      return attempt('unshare', [...spaces, '-i', 'true'])
    case 'own user':
      return isRoot ? probeUser(uid, gid, readable) : Promise.resolve('not started by root')
    case 'no new privileges':
      return attempt('setpriv', ['--no-new-privs', 'true'])
    case 'no capabilities':
      return isRoot ? attempt('setpriv', ['--bounding-set=-all', '--inh-caps=-all', 'true']) : probeCapabilities()
    case 'data limit':
      return attempt('prlimit', ['--data=1000000000', 'true'])
    case 'process limit':
      return attempt('prlimit', ['--nproc=512', 'true'])
    case 'file limit':
      return attempt('prlimit', ['--fsize=0', '--nofile=64', '--core=0', 'true'])
    case 'node permission model':
      return probeFlag('--permission')
    case 'no debugger signal':
      return probeFlag('--disable-sigusr1')
    case 'no code from strings':
      return Promise.resolve(undefined)
    default:
      return key satisfies never
  }
}

/** The other user must be able to run Node and to read the code, which lies in a home folder on some machines. */
async function probeUser(uid: number, gid: number, readable: readonly string[]): Promise<string | undefined> {
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  const failed = await attempt('setpriv', [...become, 'test', '-x', process.execPath])
  if (failed !== undefined) return `uid ${uid} cannot run ${process.execPath}`
  for (const path of readable) {
    const refused = await attempt('setpriv', [...become, 'test', '-r', path])
    if (refused !== undefined) return `uid ${uid} cannot read ${path}`
  }
  return undefined
}

/** Without root there are none to drop, unless systemd or a file capability gave us some. */
async function probeCapabilities(): Promise<string | undefined> {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readText('/proc/self/status'))?.[1] ?? ''
  return /^0+$/.test(effective) ? undefined : `this process has capabilities ${effective} that it cannot drop`
}

async function probeFlag(flag: string): Promise<string | undefined> {
  return process.allowedNodeEnvironmentFlags.has(flag) ? undefined : `Node ${process.version} has no ${flag}`
}

/** Runs a command with an empty environment but for PATH; undefined when it ended well, else why not. */
function attempt(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: 10_000, env: { PATH: SYSTEM_PATH }, cwd: '/' }, (error, _out, stderr) => {
      if (error === null) resolve(undefined)
      else resolve(error.code === 'ENOENT' ? `${file} is not installed` : stderr.trim().split('\n')[0] || error.message)
    })
  })
}

/** Where util-linux lies; our own PATH is not trusted with it. */
export const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin'

function findUser(name: string): { uid: number; gid: number } {
  const lines = readText('/etc/passwd').split('\n')
  for (const wanted of [name, 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${wanted}:`))?.split(':')
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])]
    if (uid > 0 && gid > 0) return { uid, gid }
  }
  return { uid: 65_534, gid: 65_534 }
}

/** We run the same binary with the same V8, so our own map shows what it will reserve. */
function measureCodeRange(): number {
  let bytes = 0
  for (const [, from, to] of readText('/proc/self/maps').matchAll(/^([0-9a-f]+)-([0-9a-f]+) .wx/gm)) {
    bytes += Number.parseInt(to ?? '0', 16) - Number.parseInt(from ?? '0', 16)
  }
  return bytes
}

function systemCallFilter(): Layer {
  const name = 'system-call filter'
  const active = /^Seccomp:\s*2/m.test(readText('/proc/self/status'))
  if (active) return { name, active, detail: 'system calls that a parser does not need are refused' }
  const remedy = 'run the inspector from a systemd unit with SystemCallFilter=@system-service'
  return { name, active, detail: `nobody put one on; ${remedy}` }
}

function cgroupMemory(): Layer {
  const name = 'cgroup memory'
  const group = /^0::(\S+)/m.exec(readText('/proc/self/cgroup'))?.[1] ?? ''
  const limit = readText(`/sys/fs/cgroup${group}/memory.max`).trim()
  const active = /^\d+$/.test(limit)
  if (active) return { name, active, detail: `all processes together end at ${limit} bytes` }
  return {
    name,
    active,
    detail: 'no limit is set; run the inspector from a systemd unit with MemoryMax=1G or the like',
  }
}

function readText(path: string): string {
  try {
    accessSync(path, constants.R_OK)
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
