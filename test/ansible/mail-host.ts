/** A mail host in a folder, to which the role is really applied: Debian 12 with Postfix, and systemd's tools without systemd. */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BareDebian, makeDebian } from '../long/bare/debian.ts'
import { runOk } from '../postfix/run.ts'

const ansible = fileURLToPath(new URL('../../ansible/', import.meta.url))
const packager = fileURLToPath(new URL('../../src/package.mjs', import.meta.url))
const PACKAGES = ['python3-minimal', 'python3-apt', 'systemd', 'libatomic1', 'postfix', 'ca-certificates']
const PLAY_MS = 240_000

/** What a play came to. */
export interface Played {
  readonly status: number | null
  readonly output: string
  /** Tasks that changed something. */
  readonly changed: number
  /** What systemctl was asked to do, without questions. */
  readonly asked: readonly string[]
}

export class MailHost {
  readonly debian: BareDebian
  readonly work: string
  readonly archive: string

  private constructor(debian: BareDebian, work: string, archive: string) {
    this.debian = debian
    this.work = work
    this.archive = archive
  }

  /** Makes one, and a release to install. */
  static async make(): Promise<MailHost> {
    const work = await mkdtemp(join(tmpdir(), 'peekaboo-ansible-'))
    const { status, stdout, stderr } = spawnSync(process.execPath, [packager, work], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const systemctl = fileURLToPath(new URL('./systemctl.sh', import.meta.url))
    const debian = await makeDebian(PACKAGES, async (root) => {
      await rm(join(root, 'usr/bin/systemctl'), { force: true })
      await copyFile(systemctl, join(root, 'usr/bin/systemctl'))
    })
    await debian.run('chmod 755 /usr/bin/systemctl; postconf -e "smtpd_milters = inet:127.0.0.1:11332"', {
      deadlineMs: PLAY_MS,
    })
    return new MailHost(debian, work, stdout.trim())
  }

  /** Applies the role with these variables. */
  async play(variables: Readonly<Record<string, unknown>>, ...more: readonly string[]): Promise<Played> {
    const vars = { peekaboo_milter_archive: this.archive, ansible_python_interpreter: '/usr/bin/python3', ...variables }
    await writeFile(join(this.work, 'vars.json'), JSON.stringify(vars))
    const book = [{ hosts: 'all', gather_facts: true, roles: ['peekaboo_milter'] }]
    await writeFile(join(this.work, 'play.yml'), JSON.stringify(book))
    await writeFile(join(this.debian.root, 'var/log/systemctl.calls'), '')
    const words = [
      'ansible-playbook',
      '-i',
      '"$R,"',
      '-c',
      'community.general.chroot',
      ...more,
      '-e',
      `@${this.work}/vars.json`,
    ]
    const env = `cd ${ansible} && HOME=${this.work} ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=false`
    const command = `${env} ${words.join(' ')} ${this.work}/play.yml`
    const { status, output } = await this.debian.runBeside(command, { deadlineMs: PLAY_MS })
    const calls = await readFile(join(this.debian.root, 'var/log/systemctl.calls'), 'utf8')
    const asked = calls.split('\n').filter((call) => call !== '' && !/^(show|is-enabled|is-active)/.test(call))
    return { status, output, changed: Number(/changed=(\d+)/.exec(output)?.[1] ?? -1), asked }
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
    const find = String.raw`find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /root \) -prune -o -print`
    const { output } = await this.debian.run(find, { deadlineMs: PLAY_MS })
    const passing =
      /__pycache__|^\/var\/(cache|log|lib\/(apt|systemctl|dpkg))|^\/run|^\/etc\/(passwd|group|shadow|gshadow)-$|\.pwd\.lock/
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
