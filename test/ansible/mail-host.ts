/** A mail host in a folder, to which the role is really applied: Debian with Postfix, and a systemctl that runs the services. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BareDebian, makeDebian, type RanInside } from '../long/bare/debian.ts'
import { runOk } from '../postfix/run.ts'

const ansible = fileURLToPath(new URL('../../ansible/', import.meta.url))
const packager = fileURLToPath(new URL('../../src/package.mjs', import.meta.url))
const PACKAGES = ['python3-minimal', 'python3-apt', 'systemd', 'libatomic1', 'postfix', 'ca-certificates']
const PLAY_MS = 900_000
/** The milter of others that the host has from the start. */
export const OTHERS = 'inet:127.0.0.1:11332'

/** What runs when the role has installed it. */
export const SERVICES = ['peekaboo-inspector.service', 'peekaboo.service']

/** What a restart comes to: the filter ends, with what it has in work answered, before the inspector that reads for it. */
export const RESTARTED = ['restart peekaboo.service', 'ended peekaboo.service', 'ended peekaboo-inspector.service']

type Variables = Readonly<Record<string, unknown>>

/** What a play came to. */
export interface Played {
  readonly status: number | null
  readonly output: string
  /** Tasks that changed something. */
  readonly changed: number
  /** What systemctl was asked to do, without questions, and which services ended. */
  readonly asked: readonly string[]
}

export interface Wanted {
  /** Debian's release, if it is not that of this machine. */
  readonly release?: string
  /** Packages beside those of any mail host. */
  readonly packages?: readonly string[]
  /** Ansible runs within, for a Debian that is too new for the one of this machine. */
  readonly isWithin?: boolean
}

export class MailHost {
  readonly debian: BareDebian
  readonly work: string
  readonly archive: string
  /** Ports of this machine, which the folder shares, that were free. */
  readonly ports: { readonly milter: number; readonly http: number; readonly smtp: number }
  /** Shell commands in the folder before each play: what must run meanwhile. */
  beforePlays = ''
  readonly #isWithin: boolean

  private constructor(debian: BareDebian, work: string, archive: string, ports: MailHost['ports'], isWithin: boolean) {
    this.debian = debian
    this.work = work
    this.archive = archive
    this.ports = ports
    this.#isWithin = isWithin
  }

  /** Makes one, and a release to install. */
  static async make({ release, packages = [], isWithin = false }: Wanted = {}): Promise<MailHost> {
    const work = await mkdtemp(join(tmpdir(), 'peekaboo-ansible-'))
    const { status, stdout, stderr } = spawnSync(process.execPath, [packager, work], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const systemctl = fileURLToPath(new URL('./systemctl.sh', import.meta.url))
    const fill = async (root: string) => {
      await rm(join(root, 'usr/bin/systemctl'), { force: true })
      await copyFile(systemctl, join(root, 'usr/bin/systemctl'))
      // Nothing but the role starts anything, also when a package is installed.
      await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
    }
    const debian = await makeDebian([...PACKAGES, ...packages], fill, release)
    const [milter = 0, http = 0, smtp = 0] = await freePorts(3)
    const host = new MailHost(debian, work, stdout.trim(), { milter, http, smtp }, isWithin)
    await host.run(`chmod 755 /usr/bin/systemctl; postconf -e "smtpd_milters = ${OTHERS}"`)
    return host
  }

  /** Applies the role with these variables over those of the folder. */
  async play(variables: Variables, ...more: readonly string[]): Promise<Played> {
    return this.playBook([{ hosts: 'all', gather_facts: true, roles: ['peekaboo_milter'] }], variables, ...more)
  }

  /** Applies a playbook: a file's name, or what stands in it. */
  async playBook(book: string | readonly unknown[], variables: Variables, ...more: readonly string[]): Promise<Played> {
    const file = typeof book === 'string' ? book : join(this.work, 'play.yml')
    if (typeof book !== 'string') await writeFile(file, JSON.stringify(book))
    await writeFile(join(this.work, 'vars.json'), JSON.stringify(this.#variables(variables)))
    await writeFile(join(this.debian.root, 'var/log/systemctl.calls'), '')
    const { status, output } = this.#isWithin ? await this.#playWithin(file, more) : await this.#playBeside(file, more)
    const calls = await readFile(join(this.debian.root, 'var/log/systemctl.calls'), 'utf8')
    const asked = calls.split('\n').filter((call) => call !== '' && !/^(show|is-enabled|is-active)/.test(call))
    return { status, output, changed: Number(/changed=(\d+)/.exec(output)?.[1] ?? -1), asked }
  }

  #variables(given: Variables): Variables {
    const { peekaboo_milter_config: config = {}, ...others } = given
    const own = { http: { listen: `127.0.0.1:${this.ports.http}` } }
    return {
      peekaboo_milter_archive: this.archive,
      peekaboo_milter_listen: `inet:127.0.0.1:${this.ports.milter}`,
      peekaboo_milter_others: [OTHERS],
      peekaboo_milter_config: typeof config === 'object' ? { ...own, ...config } : config,
      ansible_python_interpreter: '/usr/bin/python3',
      ...others,
    }
  }

  async #playBeside(file: string, more: readonly string[]): Promise<RanInside> {
    const env = `HOME=${this.work} ANSIBLE_NOCOLOR=1 ANSIBLE_PIPELINING=1 ANSIBLE_LOCALHOST_WARNING=false`
    const words = [`-i "$R," -c community.general.chroot`, ...more, `-e @${this.work}/vars.json ${file}`]
    await writeFile(join(this.debian.root, 'var/lib/before-plays'), `${this.beforePlays}\nsystemctl boot\n`)
    const command = `chroot "$R" sh /var/lib/before-plays; cd ${ansible} && ${env} ansible-playbook ${words.join(' ')}`
    return this.debian.runBeside(command, { deadlineMs: PLAY_MS })
  }

  async #playWithin(file: string, more: readonly string[]): Promise<RanInside> {
    const inside = join(this.debian.root, 'srv/play')
    await rm(inside, { recursive: true, force: true })
    await runOk('cp', ['-r', ansible, inside])
    await runOk('cp', [file, `${this.work}/vars.json`, inside])
    await runOk('cp', ['-u', this.archive, join(this.debian.root, 'srv')])
    const name = `/srv/${basename(this.archive)}`
    const words = [
      '-i localhost, -c local',
      ...more,
      `-e @vars.json -e peekaboo_milter_archive=${name}`,
      basename(file),
    ]
    return this.run(`systemctl boot; cd /srv/play && ANSIBLE_NOCOLOR=1 ansible-playbook ${words.join(' ')}`)
  }

  /** Runs a shell command in the folder. */
  run(command: string): Promise<RanInside> {
    return this.debian.run(command, { deadlineMs: PLAY_MS })
  }

  /** The same release under the name of a version to come. */
  async nextRelease(): Promise<string> {
    const now = basename(this.archive, '.tar.gz')
    const next = now.replace(/-[0-9][^-]*-/, '-99.0.0-')
    const file = join(this.work, `${next}.tar.gz`)
    const words = [
      '-I',
      'gzip -1',
      '-cf',
      file,
      '-C',
      join(this.debian.root, 'opt/peekaboo-milter'),
      `--transform=s,^${now},${next},`,
      now,
    ]
    await runOk('tar', words)
    return file
  }

  /** Every file, folder and link but those that Ansible, Python and the packages' caches leave. */
  async files(): Promise<readonly string[]> {
    const pruned = ['proc', 'sys', 'dev', 'tmp', 'root', 'srv'].map((one) => `-path '/${one}'`)
    const { output } = await this.run(`find / -xdev \\( ${pruned.join(' -o ')} \\) -prune -o -print`)
    const passing =
      /__pycache__|^\/var\/(cache|log|lib\/(apt|systemctl|dpkg|postfix|mysql|before-plays)|spool\/postfix\/(?!peekaboo))|^\/run|^\/etc\/(passwd|group|shadow|gshadow)-$|\.pwd\.lock/
    return output
      .split('\n')
      .filter((path) => path !== '' && !passing.test(path))
      .sort()
  }

  async read(path: string): Promise<string> {
    return readFile(join(this.debian.root, path), 'utf8')
  }

  async remove(): Promise<void> {
    await this.debian.remove()
    await rm(this.work, { recursive: true, force: true })
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
