/** What the Postfix instances of this machine are set to, as their own postconf(1) and postmulti(1) say; no file of theirs is read. */
import { hostname } from 'node:os'
import { posix } from 'node:path'
import { type ListedMilter, parseMilters } from './milter-list.ts'
import type { Run } from './run.ts'

/** A line of master.cf. */
export interface Service {
  /** `smtp/inet`, as `postconf -P` names it. */
  readonly name: string
  readonly command: string
  readonly isChrooted: boolean
  /** Most processes of it; 0 for no limit. */
  readonly processes: number
  /** What `-o` sets. */
  readonly own: ReadonlyMap<string, string>
}

export interface PostfixInstance {
  /** Its configuration folder. */
  readonly dir: string
  readonly version: string
  readonly main: ReadonlyMap<string, string>
  readonly services: readonly Service[]
}

/** Parameters of main.cf that are looked at. */
const ASKED = [
  'mail_version',
  'queue_directory',
  'compatibility_level',
  'smtpd_milters',
  'non_smtpd_milters',
  'smtpd_milter_maps',
  'milter_default_action',
  'milter_protocol',
  'milter_connect_timeout',
  'milter_command_timeout',
  'milter_content_timeout',
  'milter_mail_macros',
  'milter_data_macros',
  'milter_end_of_data_macros',
  'default_process_limit',
  'message_size_limit',
  'enable_long_queue_ids',
  'smtpd_proxy_filter',
  'receive_override_options',
  'soft_bounce',
] as const

/** Where Postfix is, or why it cannot be asked. */
export type Found =
  | { readonly instances: readonly PostfixInstance[] }
  | { readonly why: string; readonly isMissing: boolean }

/** Asks every instance that postmulti(1) knows, or those in the folders that were named. */
export async function readPostfix(run: Run, dirs: readonly string[]): Promise<Found> {
  const folders = dirs.length > 0 ? dirs : await instanceFolders(run)
  if ('why' in folders) return folders
  const instances: PostfixInstance[] = []
  for (const dir of folders) {
    const instance = await readInstance(run, dir)
    if ('why' in instance) return instance
    instances.push(instance)
  }
  return { instances }
}

/** Where postmulti says nothing there is one instance, in the folder that postconf knows. */
async function instanceFolders(
  run: Run,
): Promise<readonly string[] | { readonly why: string; readonly isMissing: boolean }> {
  const listed = await run('postmulti', ['-l'])
  const folders = 'out' in listed ? listed.out.split('\n').flatMap((line) => line.trim().split(/\s+/)[3] ?? []) : []
  if (folders.length > 0) return folders
  const asked = await run('postconf', ['-dh', 'config_directory'])
  return 'out' in asked ? [asked.out.trim()] : asked
}

async function readInstance(
  run: Run,
  dir: string,
): Promise<PostfixInstance | { readonly why: string; readonly isMissing: boolean }> {
  const [main, master, own] = await Promise.all([
    run('postconf', ['-c', dir, '-x', ...ASKED]),
    run('postconf', ['-c', dir, '-M']),
    run('postconf', ['-c', dir, '-P', '-x']),
  ])
  const failed = [main, master, own].find((one) => 'why' in one)
  if (failed && 'why' in failed) return failed
  const text = (ran: typeof main) => ('out' in ran ? ran.out : '')
  const settings = new Map(pairs(text(main)))
  const level = Number.parseInt(settings.get('compatibility_level') ?? '0', 10)
  const services = servicesOf(text(master), text(own), Number(settings.get('default_process_limit') ?? 100), level)
  return { dir, version: settings.get('mail_version') ?? '', main: settings, services }
}

function pairs(text: string): readonly [string, string][] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf(' =')
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2).trim()] as [string, string]]
  })
}

function servicesOf(master: string, own: string, limit: number, level: number): readonly Service[] {
  const options = Map.groupBy(pairs(own), ([path]) => path.slice(0, path.lastIndexOf('/')))
  return master.split('\n').flatMap((line) => {
    const [service = '', type = '', , , chroot = '', , maxproc = '', command = ''] = line.trim().split(/\s+/)
    if (command === '') return []
    const name = `${service}/${type}`
    const settings = (options.get(name) ?? []).map(([path, value]) => [path.slice(name.length + 1), value] as const)
    // The default of the column changed with Postfix 3.0, for those who say that they know.
    const isChrooted = chroot === 'y' || (chroot === '-' && level < 1)
    return [{ name, command, isChrooted, processes: maxproc === '-' ? limit : Number(maxproc), own: new Map(settings) }]
  })
}

/** What holds for a service: its own setting, else that of main.cf. */
export function settingOf({ main }: PostfixInstance, { own }: Service, name: string): string {
  return own.get(name) ?? main.get(name) ?? ''
}

/** The milters that a service asks, in order; none where it is told to ask none. */
export function miltersOf(instance: PostfixInstance, service: Service): readonly ListedMilter[] {
  const overrides = settingOf(instance, service, 'receive_override_options').split(/[\s,]+/)
  return overrides.includes('no_milters') ? [] : parseMilters(settingOf(instance, service, 'smtpd_milters'))
}

/** The mail that comes in by sendmail(1) is shown to milters by cleanup(8). */
export function localService({ services }: PostfixInstance): Service {
  const name = 'cleanup/unix'
  const none = { name, command: 'cleanup', isChrooted: false, processes: 0, own: new Map<string, string>() }
  return services.find((one) => one.name === name) ?? none
}

/** Whether a milter's address, as a service of an instance sees it, is the one where we listen. */
export function isAddress(written: string, ours: string, instance: PostfixInstance, service: Service): boolean {
  if (ours.startsWith('unix:')) return socketPath(written, instance, service) === ours.slice('unix:'.length)
  const [theirs, own] = [hostAndPort(written), hostAndPort(ours)]
  if (!theirs || !own || theirs.port !== own.port) return false
  return theirs.host === own.host || (isHere(theirs.host) && isHere(own.host))
}

/** Where a unix socket really is that a service looks for: relative to the queue, and below it where the service is chrooted. */
export function socketPath(written: string, { main }: PostfixInstance, { isChrooted }: Service): string {
  const path = /^(?:unix|local):(.+)$/.exec(written)?.[1]
  if (path === undefined) return ''
  const queue = main.get('queue_directory') ?? ''
  return path.startsWith('/') && !isChrooted ? path : posix.join(queue, path)
}

function hostAndPort(address: string): { readonly host: string; readonly port: string } | undefined {
  const [, host = '', port = ''] = /^inet:\[?([^\]]+?)\]?:(\w+)$/.exec(address) ?? []
  return port === '' ? undefined : { host: host.toLowerCase(), port }
}

function isHere(host: string): boolean {
  return ['localhost', '127.0.0.1', '::1', '0.0.0.0', '::', '*', hostname().toLowerCase()].includes(host)
}
