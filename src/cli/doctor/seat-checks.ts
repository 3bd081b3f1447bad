/** How Postfix asks us: each setting of our milter in each service that has it, against what we need there. */
import type { Config } from '../../config/index.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { OurListener } from './ground.ts'
import { type ListedMilter, secondsOf } from './milter-list.ts'
import { miltersOf, type PostfixInstance, type Service, settingOf } from './postfix.ts'

/** Our milter in one service of one Postfix. */
export interface Seat {
  readonly instance: PostfixInstance
  readonly service: Service
  readonly milter: ListedMilter
  readonly listener: OurListener
  readonly config: Config
}

/** A row of the table. */
export interface SeatCheck {
  readonly name: string
  readonly doc: string
  readonly look: (seat: Seat) => readonly Finding[]
}

/** How long sending mail servers wait for the answer to a message (RFC 5321 section 4.5.3.2.6). */
const SENDERS_WAIT_S = 600
/** A start of the filter, on a slow machine. */
const START_S = 10

export const SEAT_CHECKS: readonly SeatCheck[] = [
  { name: 'default action', doc: 'what Postfix does with mail while the filter is away', look: defaultAction },
  { name: 'time-outs', doc: 'how long Postfix waits, against how long we hold', look: timeouts },
  { name: 'protocol', doc: 'version of the milter protocol', look: protocol },
  { name: 'held answers', doc: 'processes of smtpd against answers that we hold', look: heldAnswers },
  { name: 'message size', doc: 'largest message of Postfix against what we read', look: messageSize },
  { name: 'macros', doc: 'what Postfix tells us of a message', look: macros },
  { name: 'order', doc: 'milters before and after us', look: order },
]

/** A seat as findings name it. */
export function placeOf(instance: PostfixInstance, { name }: Service): string {
  return `${instance.dir} ${name}`
}

/** What holds for our milter: what stands in its braces, else the parameter for all milters. */
function heldFor({ instance, service, milter }: Seat, name: string): string {
  return milter.settings.get(name) ?? settingOf(instance, service, `milter_${name}`)
}

function braces(seat: Seat, setting: string): string {
  return `write ${setting} into the braces of ${seat.milter.address}, then postfix reload`
}

function defaultAction(seat: Seat): readonly Finding[] {
  const action = heldFor(seat, 'default_action')
  const where = `${placeOf(seat.instance, seat.service)} default_action=${action}`
  const isMonitor = !seat.listener.modes.has('enforce')
  if (isMonitor && action !== 'accept')
    return [
      warn(
        where,
        'touches mail while the filter is away, though the profile only watches',
        braces(seat, 'default_action=accept'),
      ),
    ]
  if (isMonitor) return [ok(where, 'mail goes on while the filter is away')]
  const remedy = braces(seat, 'default_action=tempfail')
  if (action === 'accept' && seat.listener.modes.has('monitor'))
    return [warn(where, 'mail of those whom an override enforces passes unseen while the filter is away', remedy)]
  if (action === 'accept') return [fail(where, 'mail passes unseen while the filter is away', remedy)]
  if (action === 'reject') return [warn(where, 'mail is refused for good while the filter is away', remedy)]
  if (action === 'quarantine') return [warn(where, 'mail waits in hold, unseen, while the filter is away', remedy)]
  return [ok(where, 'mail is put off while the filter is away')]
}

function timeouts(seat: Seat): readonly Finding[] {
  const { deadline, progress, grace } = seat.config.milter
  const seconds = (name: string) => secondsOf(heldFor(seat, name)) ?? 0
  const content = seconds('content_timeout')
  const command = seconds('command_timeout')
  const connect = seconds('connect_timeout')
  const isMonitor = !seat.listener.modes.has('enforce')
  const isKept = !isMonitor && seat.listener.listen.startsWith('systemd:')
  const [silence, ours, restart] = [(2 * progress) / 1000, deadline / 1000, grace / 1000 + START_S]
  const place = placeOf(seat.instance, seat.service)
  const rows: readonly (readonly [boolean, typeof warn, string, string, string])[] = [
    [
      content <= silence,
      fail,
      `content_timeout=${content}s`,
      `shorter than two signs of life while we hold: ${silence} s`,
      '300s',
    ],
    [
      !isMonitor && content > silence && content <= ours,
      warn,
      `content_timeout=${content}s`,
      `not longer than our own deadline: ${ours} s`,
      '300s',
    ],
    [
      content >= SENDERS_WAIT_S,
      warn,
      `content_timeout=${content}s`,
      'longer than senders wait: they would send the message twice',
      '300s',
    ],
    [command < 5, warn, `command_timeout=${command}s`, 'a busy moment of the machine is taken for a fault', '30s'],
    [
      isKept && command < restart,
      warn,
      `command_timeout=${command}s`,
      `shorter than milter.grace and a start: ${restart} s`,
      `${Math.ceil(restart)}s`,
    ],
    [connect > 30, warn, `connect_timeout=${connect}s`, 'longer than any connect takes', '5s'],
  ]
  const found = rows.flatMap(([isBad, state, setting, what, better]) => {
    const remedy = braces(seat, `${setting.replace(/=.*/, '')}=${better}`)
    return isBad ? [state(`${place} ${setting}`, what, remedy)] : []
  })
  return found.length > 0 ? found : [ok(place, `content ${content} s, command ${command} s: our deadline is ${ours} s`)]
}

function protocol(seat: Seat): readonly Finding[] {
  const version = Number.parseInt(heldFor(seat, 'protocol'), 10)
  const where = `${placeOf(seat.instance, seat.service)} protocol=${version}`
  if (version >= 6) return [ok(where, 'the newest version')]
  return [warn(where, 'an old version: every step of a message waits for an answer', braces(seat, 'protocol=6'))]
}

function heldAnswers({ instance, service, listener, config }: Seat): readonly Finding[] {
  const { held } = config.milter
  const { processes, name } = service
  const where = `${placeOf(instance, service)} maxproc=${processes === 0 ? 'unlimited' : processes}`
  if (processes === 0 || listener.profile.hold === 0 || held <= processes / 3)
    return [ok(where, `at most ${held} answers are held`)]
  const remedy = `milter.held: ${Math.max(1, Math.floor(processes / 3))}, or more processes for ${name} in master.cf (or default_process_limit)`
  return [
    warn(where, `${held} held answers may take more than a third of the processes: others wait to be greeted`, remedy),
  ]
}

function messageSize({ instance, service, config }: Seat): readonly Finding[] {
  const theirs = Number(settingOf(instance, service, 'message_size_limit'))
  const ours = config.inspector.limits.messageSize
  const where = `${placeOf(instance, service)} message_size_limit=${theirs}`
  if (theirs > 0 && theirs <= ours) return [ok(where, `we read up to ${ours} bytes`)]
  const what = `Postfix takes messages larger than we read (${ours} bytes): they are unscannable(message-size)`
  return [warn(where, what, `message_size_limit = ${ours} at most, or raise inspector.limits.messageSize`)]
}

function macros({ instance, service }: Seat): readonly Finding[] {
  const has = (parameter: string, macro: string) =>
    settingOf(instance, service, parameter)
      .split(/[\s,]+/)
      .includes(macro)
  const found: Finding[] = []
  const place = placeOf(instance, service)
  if (!has('milter_mail_macros', '{auth_authen}'))
    found.push(
      warn(`${place} milter_mail_macros`, 'who logged in is not told', 'add {auth_authen}, or remove the setting'),
    )
  if (!['milter_data_macros', 'milter_end_of_data_macros'].some((one) => has(one, 'i')))
    found.push(warn(`${place} milter_end_of_data_macros`, 'the queue id is not told', 'add i, or remove the setting'))
  return found.length > 0 ? found : [ok(place, 'queue id and login are told')]
}

/** Ports by which programs are known that should have spoken before us: they are cheaper, or change what we would judge. */
const BEFORE_US: Readonly<Record<string, string>> = { '11332': 'rspamd', '10024': 'amavis' }

function order({ instance, service, milter }: Seat): readonly Finding[] {
  const all = miltersOf(instance, service).map(({ address }) => address)
  const after = all.slice(all.indexOf(milter.address) + 1)
  const where = `${placeOf(instance, service)} smtpd_milters`
  const late = after.flatMap((address) => BEFORE_US[/:(\d+)$/.exec(address)?.[1] ?? ''] ?? [])
  if (late.length === 0) return [ok(where, `asked in this order: ${all.join(' ') || 'we alone'}`)]
  const what = `${late.join(', ')} is asked after us: spam is examined that it would have refused`
  return [warn(where, what, `put ${milter.address} after it; only what signs (OpenDKIM) belongs behind us`)]
}
