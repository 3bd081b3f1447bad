/** What the machine must give: folders, files, sockets and limits. */
import { readFileSync, type Stats } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../config/index.ts'
import { Secret } from '../../core/index.ts'
import { metricsPage } from '../real-address.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { Check, Ground } from './ground.ts'

/** Descriptors beside those of the sessions: inspector, store, analyzers, spool files, log. */
const OTHER_FDS = 500

export const HOST_CHECKS: readonly Check[] = [
  { name: 'user', doc: 'that the filter does not run as root', look: user },
  { name: 'data folder', doc: 'whose it is and who may look into it', look: dataFolder },
  { name: 'configuration files', doc: 'who may change what the filter does', look: configFiles },
  { name: 'secrets', doc: 'who may read the files of secrets', look: secrets },
  { name: 'sockets', doc: 'whether Postfix may connect to our unix sockets', look: sockets },
  { name: 'limits', doc: 'descriptors against sessions', look: limits },
  { name: 'spool', doc: 'free space against the budget of spool files', look: spool },
]

/** The daemon's user owns the data folder; who asks us is mostly root. */
async function user({ config }: Ground): Promise<readonly Finding[]> {
  const found = await stat(config.dataDir).catch(() => undefined)
  if (found?.uid !== 0) return [ok(config.dataDir, found ? `belongs to uid ${found.uid}` : 'is not there yet')]
  return [
    warn(
      config.dataDir,
      'belongs to root: the filter runs as root',
      'run it as a user of its own (docs/install.md), chown the folder',
    ),
  ]
}

async function dataFolder({ config: { dataDir } }: Ground): Promise<readonly Finding[]> {
  const found = await stat(dataDir).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    const isNew = found.code === 'ENOENT'
    return [
      isNew
        ? ok(dataDir, 'is not there yet: the first start makes it')
        : fail(dataDir, found.message, 'run peekaboo doctor as root'),
    ]
  }
  if (!found.isDirectory()) return [fail(dataDir, 'is no folder', 'name another with dataDir')]
  if ((found.mode & 0o022) !== 0)
    return [fail(dataDir, `${modeOf(found)}: others may change what is known`, `chmod 700 ${dataDir}`)]
  if ((found.mode & 0o055) !== 0)
    return [warn(dataDir, `${modeOf(found)}: others may read mail in work`, `chmod 700 ${dataDir}`)]
  return [ok(dataDir, modeOf(found))]
}

function modeOf({ mode }: Stats): string {
  return `mode 0${(mode & 0o777).toString(8)}`
}

async function configFiles({ files, config, composition }: Ground): Promise<readonly Finding[]> {
  const places = [...files, ...config.rules.dirs, ...composition.policy.files]
  if (places.length === 0) return [ok('/etc/peekaboo/peekaboo.yaml', 'is not there: the defaults are in force')]
  const found = await Promise.all(
    places.map(async (place) => {
      const entry = await stat(place).catch(() => undefined)
      if (!entry) return fail(place, 'is not there', 'mend rules.dirs, or make it')
      if ((entry.mode & 0o002) === 0) return ok(place, modeOf(entry))
      return fail(place, `${modeOf(entry)}: anybody may change what is refused`, `chmod o-w ${place}`)
    }),
  )
  return found
}

async function secrets({ config, files }: Ground): Promise<readonly Finding[]> {
  const base = dirname(files[0] ?? '/etc/peekaboo/peekaboo.yaml')
  const paths = [...new Set(secretFiles(config).map((path) => resolve(base, path)))]
  const found = paths.map(async (path): Promise<readonly Finding[]> => {
    const entry = await stat(path).catch(() => undefined)
    // That one is missing stands under the configuration.
    if (!entry) return []
    if ((entry.mode & 0o022) !== 0) return [fail(path, `${modeOf(entry)}: others may change it`, `chmod 640 ${path}`)]
    if ((entry.mode & 0o004) !== 0) return [fail(path, `${modeOf(entry)}: anybody may read it`, `chmod 640 ${path}`)]
    return [ok(path, modeOf(entry))]
  })
  return (await Promise.all(found)).flat()
}

function secretFiles(value: unknown): readonly string[] {
  if (value instanceof Secret) return 'file' in value.source ? [value.source.file] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value as Config).flatMap(secretFiles)
}

async function sockets({ listeners }: Ground): Promise<readonly Finding[]> {
  const paths = listeners.flatMap(({ address }) => (address.startsWith('unix:') ? [address.slice('unix:'.length)] : []))
  const who = identityOf('postfix')
  return Promise.all(paths.map((path) => reachable(path, who)))
}

/** Who somebody is, by /etc/passwd and /etc/group. */
interface Identity {
  readonly uid: number
  readonly groups: ReadonlySet<number>
}

function identityOf(name: string): Identity | undefined {
  const [passwd, groups] = ['/etc/passwd', '/etc/group'].map((path) => readLines(path))
  const [, , uid, gid] = passwd?.find((fields) => fields[0] === name) ?? []
  if (uid === undefined) return undefined
  const others = (groups ?? [])
    .filter((fields) => fields[3]?.split(',').includes(name))
    .map((fields) => Number(fields[2]))
  return { uid: Number(uid), groups: new Set([Number(gid), ...others]) }
}

function readLines(path: string): readonly (readonly string[])[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}

async function reachable(path: string, who: Identity | undefined): Promise<Finding> {
  const socket = await stat(path).catch(() => undefined)
  if (!socket?.isSocket()) return warn(path, 'no socket is there', 'start the filter; its folder has to exist before')
  if (!who) return ok(path, `${modeOf(socket)}; there is no user postfix here`)
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    const entry = await stat(folder)
    if (!may(entry, who, 0o1))
      return fail(folder, `the user postfix may not pass through (${modeOf(entry)})`, `chmod o+x ${folder}`)
  }
  if (may(socket, who, 0o2)) return ok(path, `${modeOf(socket)}: the user postfix may connect`)
  const remedy =
    'usermod -aG peekaboo postfix and restart Postfix, or hand the socket over by systemd (peekaboo.socket, SocketGroup=postfix)'
  return fail(path, `the user postfix may not connect (${modeOf(socket)})`, remedy)
}

function may({ mode, uid, gid }: Stats, who: Identity, bit: number): boolean {
  if (uid === who.uid) return (mode & (bit << 6)) !== 0
  return (mode & (who.groups.has(gid) ? bit << 3 : bit)) !== 0
}

/** Of the filter that runs, as it says itself; else of whoever asks. */
async function limits({ config, context }: Ground): Promise<readonly Finding[]> {
  const { listen } = config.http
  const page = listen === 'off' ? '' : await metricsPage(listen, context.fetch).catch(() => '')
  const told = Number(/^process_max_fds (\d+)$/m.exec(page)?.[1] ?? 0)
  const own = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 0)
  const most = told || own
  const where = told ? 'open files of the running filter' : 'open files of this shell'
  const needed = config.milter.connections + OTHER_FDS
  if (most >= needed) return [ok(where, `${most}, of which ${needed} may be needed`)]
  return [
    warn(
      where,
      `${most}, but ${config.milter.connections} sessions may need ${needed}`,
      'LimitNOFILE=65536 in the unit, or lower milter.connections',
    ),
  ]
}

async function spool({ config }: Ground): Promise<readonly Finding[]> {
  const folder = join(config.dataDir, 'spool')
  const place = (await stat(folder).catch(() => undefined)) ? folder : config.dataDir
  const disk = await statfs(place).catch(() => undefined)
  if (!disk) return [ok(folder, 'is not there yet')]
  const [free, budget] = [disk.bavail * disk.bsize, config.spool.spool].map((bytes) => Math.floor(bytes / 1024 ** 2))
  if (free === undefined || budget === undefined || free >= budget)
    return [ok(folder, `${free} MiB free, budget ${budget} MiB`)]
  return [
    warn(
      folder,
      `${free} MiB free, but spool files may take ${budget} MiB`,
      'make room, or lower spool.spool: beyond it mail gets 451',
    ),
  ]
}
