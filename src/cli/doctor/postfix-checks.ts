/** Which mail of Postfix we see, and what its instances have to be for us. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mayQuarantine } from '../../quarantine/index.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { Check, Ground, OurListener } from './ground.ts'
import { type ListedMilter, parseMilters } from './milter-list.ts'
import {
  isAddress,
  localService,
  miltersOf,
  type PostfixInstance,
  type Service,
  settingOf,
  socketPath,
} from './postfix.ts'
import { placeOf, SEAT_CHECKS, type Seat } from './seat-checks.ts'

const MOST_COUNTED = 100_000

type Look = (instance: PostfixInstance, ground: Ground) => Promise<readonly Finding[]> | readonly Finding[]

const INSTANCE_CHECKS: readonly { readonly name: string; readonly doc: string; readonly look: Look }[] = [
  { name: 'running', doc: 'whether each Postfix runs', look: running },
  { name: 'every smtpd', doc: 'services that take mail without asking us', look: everySmtpd },
  { name: 'local mail', doc: 'mail of sendmail(1): non_smtpd_milters', look: localMail },
  { name: 'queue ids', doc: 'enable_long_queue_ids', look: queueIds },
  { name: 'connections', doc: 'processes of smtpd against our sessions', look: connections },
  { name: 'soft bounce', doc: 'whether our refusals stay refusals', look: softBounce },
  { name: 'quarantine', doc: 'whether mail in hold can be released again', look: quarantine },
  { name: 'hold queue', doc: 'mails that Postfix holds', look: holdQueue },
]

/** The part of the table of checks that is about Postfix. */
export const POSTFIX_CHECKS: readonly Check[] = [
  { name: 'postfix', doc: 'whether there is a Postfix, and which', look: present },
  ...INSTANCE_CHECKS.map(({ name, doc, look }) => ({ name: `postfix: ${name}`, doc, look: eachInstance(look) })),
  ...SEAT_CHECKS.map(({ name, doc, look }) => ({
    name: `postfix: ${name}`,
    doc,
    look: (ground: Ground) => seatsOf(ground).flatMap(look),
  })),
]

function present({ postfix }: Ground): readonly Finding[] {
  if ('instances' in postfix) return postfix.instances.map(({ dir, version }) => ok(dir, `Postfix ${version}`))
  const { why, isMissing } = postfix
  if (!isMissing)
    return [warn('postfix', `cannot be asked: ${why}`, 'mend its configuration, or name its folder with --postfix')]
  const remedy = 'where it runs on another machine, its settings have to be compared there (docs/postfix.md)'
  return [warn('postfix', `Postfix not found: ${why}`, remedy)]
}

function eachInstance(look: Look): Check['look'] {
  return async (ground) => {
    const { postfix } = ground
    if (!('instances' in postfix)) return []
    const found = await Promise.all(postfix.instances.map((instance) => look(instance, ground)))
    return found.flat()
  }
}

/** Every place where a Postfix asks us. */
export function seatsOf({ postfix, listeners, config }: Ground): readonly Seat[] {
  if (!('instances' in postfix)) return []
  return postfix.instances.flatMap((instance) =>
    smtpds(instance).flatMap((service) => {
      const ours = ourMilter(miltersOf(instance, service), listeners, instance, service)
      return ours ? [{ instance, service, config, ...ours }] : []
    }),
  )
}

function smtpds({ services }: PostfixInstance): readonly Service[] {
  return services.filter(({ command }) => command === 'smtpd')
}

function ourMilter(
  milters: readonly ListedMilter[],
  listeners: readonly OurListener[],
  instance: PostfixInstance,
  service: Service,
): { readonly milter: ListedMilter; readonly listener: OurListener } | undefined {
  for (const milter of milters) {
    const listener = listeners.find(({ address }) => isAddress(milter.address, address, instance, service))
    if (listener) return { milter, listener }
  }
  return undefined
}

async function running({ dir }: PostfixInstance, { run }: Ground): Promise<readonly Finding[]> {
  const status = await run('postfix', ['-c', dir, 'status'])
  return 'out' in status ? [ok(dir, 'runs')] : [warn(dir, 'does not run', `postfix -c ${dir} start`)]
}

function everySmtpd(instance: PostfixInstance, { listeners }: Ground): readonly Finding[] {
  const found = smtpds(instance).map((service) => seen(instance, service, listeners))
  if (found.some(({ state }) => state === 'ok')) return found
  const remedy = 'add the milter to smtpd_milters: docs/postfix.md has a fragment for each way'
  return [...found, fail(instance.dir, 'no service of this Postfix asks us: nothing is examined', remedy)]
}

function seen(instance: PostfixInstance, service: Service, listeners: readonly OurListener[]): Finding {
  const where = placeOf(instance, service)
  const proxy = settingOf(instance, service, 'smtpd_proxy_filter')
  if (proxy !== '')
    return fail(
      where,
      `smtpd_proxy_filter=${proxy}: milters are shown no content there`,
      'ask us at the port behind the proxy',
    )
  const milters = miltersOf(instance, service)
  const ours = ourMilter(milters, listeners, instance, service)
  if (ours && settingOf(instance, service, 'smtpd_milter_maps') !== '')
    return warn(where, 'smtpd_milter_maps may take some clients past us', 'look through that table')
  if (ours) return ok(where, `asks ${ours.milter.address} (${ours.listener.profileName})`)
  const hidden = hiddenSocket(milters, listeners, instance, service)
  if (hidden) return hidden
  const isBack = /^(127\.|\[::1\]|localhost)/.test(service.name) && milters.length === 0
  if (isBack) return ok(where, 'asks no milter: right for a port where mail comes back that was examined before')
  return warn(
    where,
    'takes mail without asking us',
    'add the milter to smtpd_milters of this service, or see that nobody can reach it',
  )
}

/** A socket that is ours for somebody who is not chrooted, and something else for this service. */
function hiddenSocket(
  milters: readonly ListedMilter[],
  listeners: readonly OurListener[],
  instance: PostfixInstance,
  service: Service,
): Finding | undefined {
  const free = { ...service, isChrooted: !service.isChrooted }
  const ours = ourMilter(milters, listeners, instance, free)
  if (!ours) return undefined
  const looked = socketPath(ours.milter.address, instance, service)
  const queue = instance.main.get('queue_directory') ?? ''
  const remedy = `listen below ${queue} and write the path relative to that (postfix/unix.cf)`
  return fail(
    placeOf(instance, service),
    `${service.isChrooted ? 'chrooted: it' : 'not chrooted: it'} looks for our socket at ${looked}`,
    remedy,
  )
}

function localMail(instance: PostfixInstance, { listeners }: Ground): readonly Finding[] {
  const cleanup = localService(instance)
  const where = `${instance.dir} non_smtpd_milters`
  const milters = parseMilters(settingOf(instance, cleanup, 'non_smtpd_milters'))
  const ours = ourMilter(milters, listeners, instance, cleanup)
  if (ours) return [ok(where, `asks ${ours.milter.address} (${ours.listener.profileName})`)]
  return [
    warn(where, 'mail of sendmail(1), such as that of web forms, is not examined', 'set it as postfix/local.cf does'),
  ]
}

function queueIds({ dir, main }: PostfixInstance, { listeners }: Ground): readonly Finding[] {
  const where = `${dir} enable_long_queue_ids=${main.get('enable_long_queue_ids')}`
  if (main.get('enable_long_queue_ids') === 'yes') return [ok(where, 'no queue id comes again')]
  const holds = listeners.some(({ profile }) => mayQuarantine(profile))
  const remedy = 'postconf -e enable_long_queue_ids=yes, then postfix reload'
  const what = 'short queue ids are used again'
  return [holds ? fail(where, `${what}: mail in quarantine cannot be told apart`, remedy) : warn(where, what, remedy)]
}

function connections(instance: PostfixInstance, ground: Ground): readonly Finding[] {
  const seats = seatsOf(ground).filter((seat) => seat.instance === instance)
  if (seats.length === 0) return []
  const all = seats.map(({ service }) => service.processes)
  const most = all.includes(0) ? Infinity : all.reduce((sum, count) => sum + count, 0)
  const { connections: ours } = ground.config.milter
  const where = `${instance.dir} master.cf`
  if (most <= ours) return [ok(where, `at most ${most} sessions; we take ${ours}`)]
  const count = most === Infinity ? 'any number' : String(most)
  return [
    warn(
      where,
      `${count} of sessions are possible, we take ${ours}`,
      'raise milter.connections, or limit the processes',
    ),
  ]
}

function softBounce({ dir, main }: PostfixInstance): readonly Finding[] {
  const where = `${dir} soft_bounce=${main.get('soft_bounce')}`
  if (main.get('soft_bounce') !== 'yes') return [ok(where, 'a refusal is a refusal')]
  return [warn(where, 'what we refuse is only put off', 'postconf -e soft_bounce=no once the pilot is over')]
}

function quarantine({ dir }: PostfixInstance, ground: Ground): readonly Finding[] {
  if (Object.values(ground.config.quarantine.instances).includes(dir))
    return [ok(dir, 'is one of quarantine.instances')]
  const ours = seatsOf(ground).filter(({ instance }) => instance.dir === dir)
  if (!ours.some(({ listener }) => mayQuarantine(listener.profile))) return [ok(dir, 'no profile quarantines its mail')]
  return [
    fail(
      dir,
      'is not one of quarantine.instances: what would be quarantined is put off',
      'add its name and folder there',
    ),
  ]
}

async function holdQueue({ dir, main }: PostfixInstance, { config }: Ground): Promise<readonly Finding[]> {
  const where = join(main.get('queue_directory') ?? '', 'hold')
  const count = await countFiles(where).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 0 : -1))
  if (count < 0) return [warn(where, 'cannot be read', 'run peekaboo doctor as root')]
  const { alert, messages } = config.quarantine
  if (count < alert) return [ok(where, `${count} mails; quarantine takes ${messages}`)]
  const what = `${count} mails wait in hold; quarantine takes ${messages}`
  return [warn(where, what, `peekaboo quarantine list, and mailq -C ${dir} for those of others`)]
}

async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.slice(0, MOST_COUNTED).filter((entry) => entry.isFile()).length
}
