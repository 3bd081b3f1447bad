/** The parts of the filter, asked one by one without starting it, and the filter that runs. */
import { formatPlace } from '../../config/index.ts'
import { policyWarnings } from '../../policy/index.ts'
import { storeStatus } from '../../store/index.ts'
import { describeError } from '../../telemetry/index.ts'
import { roleWarnings } from '../banner.ts'
import { byPlace, moreText } from '../configured.ts'
import { askHttp, askMilter } from '../ping.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { Check, Ground } from './ground.ts'

/** A clock that is further off makes nodes disagree about what is too old. */
const SKEW_MS = 2000
const BRAKE_MS = 5000

export const PART_CHECKS: readonly Check[] = [
  {
    name: 'configuration',
    doc: 'whether a start would take it; all else is looked at without what is wrong there',
    look: configuration,
  },
  { name: 'filter', doc: 'whether it answers at each listener, and would examine a message', look: filter },
  { name: 'rules', doc: 'whether the rules on disk can be taken', look: rules },
  { name: 'policy', doc: 'overrides that nothing reaches, that contradict themselves or change nothing', look: policy },
  { name: 'roles', doc: 'roles that nobody plays, and analyzers without one', look: roles },
  { name: 'inspector layers', doc: 'what keeps attackers in their process', look: layers },
  { name: 'store', doc: 'whether it can be reached, and its version', look: store },
  { name: 'clock', doc: "our clock against the store's", look: clock },
  { name: 'analyzers', doc: 'whether every instance works and recognises malware', look: analyzers },
]

/** Also what nobody needs who only looks: a filter that runs goes on with what it had, and the next start ends at once. */
function configuration({ refused, files }: Ground): readonly Finding[] {
  const found = byPlace(refused).map(({ first, more }) => {
    const { path, message, remedy, place } = first
    const what = `${path.length === 0 ? '' : `${path.join('.')}: `}${message}${moreText(more)}`
    return fail(formatPlace(place), `a start would be refused: ${what}`, remedy)
  })
  return found.length > 0 ? found : [ok(files[0] ?? 'defaults', 'is taken')]
}

async function filter({ listeners, config, context, timeoutMs }: Ground): Promise<readonly Finding[]> {
  const remedy = 'systemctl status peekaboo; journalctl -u peekaboo'
  const answers = listeners.map(({ address }) =>
    askMilter(address, timeoutMs).then(
      (said) => ok(address, said),
      (error: unknown) => fail(address, `does not answer: ${describeError(error)}`, remedy),
    ),
  )
  const { listen } = config.http
  if (listen === 'off') return Promise.all(answers)
  const url = `http://${listen}/readyz`
  const health = askHttp(url, timeoutMs, context).then(
    (said) => ok(url, said),
    (error: unknown) => fail(url, describeError(error), remedy),
  )
  return Promise.all([...answers, health, brake(url, context)])
}

/** The running filter knows what was switched for a while. */
async function brake(url: string, { fetch }: Ground['context']): Promise<Finding> {
  const body: unknown = await fetch(url, { signal: AbortSignal.timeout(BRAKE_MS) })
    .then((response) => response.json())
    .catch(() => undefined)
  const said = typeof body === 'object' && body !== null && 'brake' in body ? String(body.brake) : 'off'
  if (said === 'off') return ok('brake', 'is off')
  return warn('brake', said, 'peekaboo brake off, once what made you pull it is over')
}

/** That they can be read was found out when the filter was put together. */
function rules({ composition }: Ground): readonly Finding[] {
  const { version, rules: all } = composition.rules.current
  return [ok(version, `${all.length} rules`)]
}

function policy({ composition, config, refused }: Ground): readonly Finding[] {
  if (refused.length > 0) return [warn('overrides', 'are not looked at', 'mend the configuration first')]
  const { current } = composition.policy
  const found = policyWarnings(current, config).map(({ path, place, message, remedy }) => {
    return warn(place ? `${place.origin}:${place.line}` : path.join('.'), message, remedy)
  })
  return found.length > 0 ? found : [ok('overrides', `${current.overrides.length} of the site`)]
}

function roles({ composition, config }: Ground): readonly Finding[] {
  const found = roleWarnings(composition).map(({ short, detail }) => {
    return warn('roles', `${short}: ${detail}`, 'map the role to an analyzer, or leave it so knowingly')
  })
  const played = new Set(Object.values(config.roles))
  const idle = Object.keys(config.analyzers).filter((name) => !played.has(name))
  const unasked = idle.map((name) =>
    warn(`analyzers.${name}`, 'plays no role: no rule can ask for it', 'name it under roles'),
  )
  return found.length + unasked.length > 0
    ? [...found, ...unasked]
    : [ok('roles', Object.keys(config.roles).join(', '))]
}

async function layers({ composition: { inspector }, config }: Ground): Promise<readonly Finding[]> {
  const where = config.inspector.socket || 'inspector'
  try {
    await inspector.start()
    const { layers: all } = await inspector.check()
    const missing = all.filter(({ active }) => !active)
    // A layer says itself what helps, behind its reason.
    const found = missing.map(({ name, detail }) => {
      const at = detail.lastIndexOf(';')
      return warn(where, `${name} is missing: ${detail.slice(0, Math.max(0, at))}`, detail.slice(at + 1).trim())
    })
    return [...found, ok(where, `reads a test message; ${all.length - missing.length} of ${all.length} layers`)]
  } catch (error) {
    return [fail(where, `cannot read messages: ${describeError(error)}`, 'systemctl status peekaboo-inspector')]
  } finally {
    await inspector.stop()
  }
}

async function store({ config }: Ground): Promise<readonly Finding[]> {
  try {
    const { name, version, minReader, newest } = await storeStatus(config.store, config.dataDir)
    if (minReader > newest)
      return [fail(name, `schema version ${version} is for newer programs`, 'install the newer program')]
    if (version > 0 && version < newest)
      return [warn(name, `schema version ${version}, we know ${newest}`, 'peekaboo store migrate')]
    return [ok(name, version === 0 ? 'nothing is there yet: the first start makes it' : `schema version ${version}`)]
  } catch (error) {
    return [
      fail('store', describeError(error), 'what needs an analysis gets 451 meanwhile: see store in the configuration'),
    ]
  }
}

async function clock({ config }: Ground): Promise<readonly Finding[]> {
  const asked = Date.now()
  const status = await storeStatus(config.store, config.dataDir).catch(() => undefined)
  const now = status?.now
  if (now === undefined) return [ok('clock', 'the store has our clock')]
  const skew = skewOf(now, asked, Date.now())
  const told = `${(skew / 1000).toFixed(1)} s off the clock of ${status?.name}`
  if (skew <= SKEW_MS) return [ok('clock', told)]
  return [
    warn('clock', told, 'let chrony or systemd-timesyncd keep both: ages and leases count by the clock of the store'),
  ]
}

/** How far apart two clocks are at least, of which one was read at some time between question and answer of the other. */
export function skewOf(theirs: number, asked: number, answered: number): number {
  return Math.max(0, asked - theirs, theirs - answered)
}

async function analyzers({ composition, timeoutMs }: Ground): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(timeoutMs)
  const answers = await Promise.all(
    Array.from(composition.analyzers, async ([name, analyzer]) => {
      const health = await analyzer.health(signal).catch((error: unknown) => describeError(error))
      if (typeof health === 'string') return [fail(name, health, `peekaboo analyzers check ${name}`)]
      return health.map(({ instance, ok: works, detail, version }) => {
        const where = `${name} ${instance}`
        if (!works) return fail(where, detail, `peekaboo analyzers check ${name}`)
        return detail === '' ? ok(where, version || 'works') : warn(where, detail, `peekaboo analyzers check ${name}`)
      })
    }),
  )
  return answers.flat()
}
