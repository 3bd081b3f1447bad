/** What a person reads who started the filter by hand: where it listens, what to paste, what is missing, how to try it. */
import type { InspectorState } from '../inspector/index.ts'
import { dispositionOf } from '../policy/index.ts'
import type { Composition, Listening } from './composition.ts'
import type { Style } from './style.ts'

/** What was found when the filter had started. */
export interface Findings {
  readonly composition: Composition
  readonly listening: Listening
  readonly uid: number
  /** State of the inspector, or why it cannot say one. */
  readonly inspector: InspectorState | string
}

/** One thing that is not as it should be. */
export interface Warning {
  readonly short: string
  readonly detail: string
}

/** Everything that is not as it should be: for the banner and for the log. */
export function warnings({ composition, uid, inspector }: Findings): readonly Warning[] {
  const root = { short: 'the filter runs as root', detail: 'start it as a user of its own, who owns the data folder' }
  return [...(uid === 0 ? [root] : []), ...roleWarnings(composition), ...layerWarnings(inspector)]
}

export function roleWarnings({ config, profiles, rules: running }: Composition): readonly Warning[] {
  const without = Object.entries(config.roles).flatMap(([role, analyzer]) => (analyzer === 'none' ? [role] : []))
  if (Object.keys(config.roles).length === 0) {
    const detail = 'rules decide by the content alone: no antivirus and no sandbox is asked (key roles)'
    return [{ short: 'no role is mapped to an analyzer', detail }]
  }
  return without.map((role) => {
    const outcome = { kind: 'unanalysed', why: 'role', role, rule: '' } as const
    const answers = config.milter.listeners.map(({ profile: name }) => {
      const profile = profiles.get(name)
      return `${profile && dispositionOf(outcome, profile)} in ${name}`
    })
    const rules = running.current.rules.filter(({ roles }) => roles.includes(role)).map(({ id }) => id)
    const named = rules.length === 0 ? 'no rule asks for it' : `what ${listed(rules)} would need ends as unanalysed`
    return { short: `the role ${role} is none`, detail: `${named}: ${[...new Set(answers)].join(', ')}` }
  })
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} other rules` : shown
}

function layerWarnings(inspector: Findings['inspector']): readonly Warning[] {
  if (typeof inspector === 'string') return [{ short: 'the inspector cannot read messages', detail: inspector }]
  const missing = inspector.layers.filter(({ active }) => !active)
  return missing.map(({ name, detail }) => ({ short: `protection layer missing: ${name}`, detail }))
}

/** The whole page. */
export function banner(findings: Findings, style: Style): string {
  const { composition, listening } = findings
  const { config } = composition
  const lines = [
    style.bold('peekaboo is running.'),
    '',
    ...listening.milter.map((at, i) => `  milter   ${at}  profile ${config.milter.listeners[i]?.profile ?? ''}`),
    `  health   ${listening.http === '' ? 'off' : `http://${listening.http}/readyz`}`,
    `  data     ${config.dataDir}`,
    '',
    style.bold(
      `Plug it into Postfix${listening.milter.length > 1 ? ', with one of these' : ''} (other milters of yours stay inside the quotes, before ours):`,
    ),
    '',
    ...listening.milter.flatMap((at, i) => postconfLines(composition, at, i)),
    '  postfix reload',
    '',
    ...warningLines(findings, style),
    style.bold('Try it without touching your Postfix:'),
    '',
    '  npm run try',
    '',
  ]
  return `${lines.join('\n')}\n`
}

function warningLines(findings: Findings, style: Style): readonly string[] {
  const found = warnings(findings)
  if (found.length === 0) return []
  const lines = found.map(({ short, detail }) => `  ${style.yellow(short)}: ${detail}`)
  return [style.bold('To know:'), '', ...lines, '']
}

/** Values of the fragments in `postfix/`: who only watches must never hold mail up. */
const ENFORCE = 'connect_timeout=5s, command_timeout=30s, content_timeout=300s, default_action=tempfail'
const MONITOR = 'connect_timeout=2s, command_timeout=10s, content_timeout=30s, default_action=accept'

function postconfLines({ config, profiles }: Composition, at: string, i: number): readonly string[] {
  const name = config.milter.listeners[i]?.profile ?? ''
  const settings = profiles.get(name)?.mode === 'monitor' ? MONITOR : ENFORCE
  const line = `  postconf -e "smtpd_milters = { ${fromPostfix(at)}, ${settings} }"`
  const isHidden = at.startsWith('unix:') && !at.startsWith(`unix:${QUEUE}`)
  return isHidden ? [line, `  # a chrooted smtpd sees only what lies under ${QUEUE}`] : [line]
}

const QUEUE = '/var/spool/postfix/'

/** The address as Postfix must write it: it cannot connect to "any", and sees sockets in its queue folder relative to that. */
function fromPostfix(at: string): string {
  return at.replace(/^inet:(0\.0\.0\.0|\[?::\]?|\*):/, 'inet:127.0.0.1:').replace(`unix:${QUEUE}`, 'unix:')
}
