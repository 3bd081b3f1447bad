/**
 * A bare Debian 12 in a folder: debootstrap's smallest, this machine's Node and npm with their settings, and the committed tree.
 * Every command runs in mount and PID namespaces of its own, so that neither a mount nor a process outlives it, whatever happens.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runOk } from '../../postfix/run.ts'

/** Where the tree lies inside. */
const TREE = '/srv/peekaboo'
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** The first process of a PID namespace inherits the orphans: a shell that waits buries them. */
const AS_INIT = `cd ${TREE} && (eval "$1"); exit $?`
const DEBOOTSTRAP_MS = 480_000
/** Settings of npm, of TLS and of proxies without which the registry may not be reached; whatever they are here. */
const PASSED_ON = /^(?:npm_config_(?:registry|cafile|.*proxy)|node_extra_ca_certs|ssl_cert_file|(?:https?|no)_proxy)$/i

export interface RunInside {
  /** Without any network but its own loopback. */
  readonly isOffline?: boolean
  readonly deadlineMs: number
}

export interface RanInside {
  readonly status: number | null
  readonly output: string
}

/** Makes one with Node, npm and the tree in it; takes about a minute. */
export function makeBareDebian(): Promise<BareDebian> {
  return makeDebian([], async (root) => {
    await copyNode(root)
    await copyTree(root)
  })
}

/** Makes one with these packages beside the smallest set, and what the caller puts into it; of this machine's release if none is named. */
export async function makeDebian(
  packages: readonly string[],
  fill: (root: string) => Promise<void> = async () => {},
  wanted?: string,
): Promise<BareDebian> {
  const root = await mkdtemp(join(tmpdir(), 'peekaboo-debian-'))
  const debian = new BareDebian(root)
  // As any root folder: parser processes run as a user who must come through.
  await chmod(root, 0o755)
  try {
    const { site, release: own } = await archive()
    const release = wanted ?? own
    // Its own mounts of /proc and /sys stay in the namespace.
    const include = packages.length > 0 ? [`--include=${packages.join(',')}`] : []
    const args = ['--mount', 'debootstrap', '--variant=minbase', ...include, release, root, site]
    await runOk('unshare', args, { deadlineMs: DEBOOTSTRAP_MS })
    await copySettings(root, wanted === undefined)
    await mkdir(join(root, TREE), { recursive: true })
    await fill(root)
    return debian
  } catch (error) {
    await debian.remove()
    throw error
  }
}

export class BareDebian {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** Runs a shell command in the tree; everything that it started is gone afterwards. */
  run(command: string, { isOffline = false, deadlineMs }: RunInside): Promise<RanInside> {
    const inside = ['exec chroot "$R" /usr/bin/env -i', ...environment(), '/bin/sh -c "$2" sh "$1"'].join(' ')
    return this.#unshared(inside, command, { isOffline, deadlineMs })
  }

  /** Runs a shell command outside, with everything mounted that the tree needs; `$R` is its folder. */
  runBeside(command: string, { deadlineMs }: RunInside): Promise<RanInside> {
    return this.#unshared('eval "$1"', command, { deadlineMs })
  }

  async #unshared(inside: string, command: string, { isOffline = false, deadlineMs }: RunInside): Promise<RanInside> {
    const setUp = `set -e; R=${this.root}; mount --bind $R $R; mount -t proc proc $R/proc; mount --rbind /dev $R/dev`
    const network = isOffline ? 'ip link set lo up;' : ''
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', ...(isOffline ? ['--net'] : [])]
    const args = [...namespaces, 'sh', '-c', `${setUp}; ${network} ${inside}`, 'sh', command, AS_INIT]
    const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text))
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
    const { promise, resolve, reject } = Promise.withResolvers<number | null>()
    child.on('error', reject)
    child.on('close', resolve)
    const status = await promise
    clearTimeout(timer)
    return { status, output }
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Where this machine gets its packages from. */
async function archive(): Promise<{ readonly site: string; readonly release: string }> {
  const format = ['indextargets', '--format', '$(SITE) $(RELEASE)', 'Identifier: Packages', 'Component: main']
  const [first = ''] = (await runOk('apt-get', format)).toString().split('\n')
  const [site, release] = first.split(' ')
  if (!site || !release) throw new Error('apt-get knows no archive to make a Debian from: see /etc/apt/sources.list.d')
  return { site, release }
}

async function copySettings(root: string, isSameRelease: boolean): Promise<void> {
  const sources = isSameRelease ? ['apt/sources.list', 'apt/sources.list.d/debian.sources'] : []
  if (isSameRelease) await rm(join(root, 'etc/apt/sources.list'), { force: true })
  const npm = ['globalconfig', 'userconfig'].map((name) => runOk(npmPath(), ['config', 'get', name]))
  const files = (await Promise.all(npm)).map((name) => name.toString().trim())
  const others = ['resolv.conf', 'hosts', 'npmrc', 'ssl/certs/ca-certificates.crt', 'apt/apt.conf.d', ...sources]
  const more = others.map((name) => `/etc/${name}`)
  for (const file of [...files, ...more]) {
    await mkdir(join(root, dirname(file)), { recursive: true })
    await cp(await realpath(file).catch(() => file), join(root, file), { recursive: true, force: true }).catch(absent)
  }
}

function absent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

async function copyNode(root: string): Promise<void> {
  const cli = await realpath(npmPath())
  const npm = dirname(dirname(cli))
  await cp(await realpath(inPath('node')), join(root, 'usr/bin/node'))
  await cp(npm, join(root, 'usr/lib/node_modules/npm'), { recursive: true })
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/bin/npm'))
}

async function copyTree(root: string): Promise<void> {
  const repository = new URL('../../../', import.meta.url).pathname
  const tar = join(root, 'tmp/tree.tar')
  await writeFile(tar, await runOk('git', ['-C', repository, 'archive', 'HEAD']))
  await runOk('tar', ['-xf', tar, '-C', join(root, TREE)])
  await cp(new URL('./probe.mjs', import.meta.url).pathname, join(root, 'tmp/probe.mjs'))
}

function npmPath(): string {
  return inPath('npm')
}

/** The system's program: not the one of our own packages, which npm puts first in PATH. */
function inPath(program: string): string {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'))
  const found = folders.map((folder) => join(folder, program)).find((file) => existsSync(file))
  if (found === undefined) throw new Error(`no ${program} in PATH beside our own`)
  return found
}

function environment(): readonly string[] {
  const passed = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))
  const own = { PATH, HOME: '/root', LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' }
  return [...Object.entries(own), ...passed].map(([name, value]) => `${name}='${value}'`)
}
