/** `peekaboo.conf` and `analyzers.conf` → `peekaboo.yaml`. */
import type { Carried } from './carried.ts'
import { IMPORTED_ROLES } from './checked-rule.ts'
import { type Becomes, CUCKOO, isSecret, MAIN, oldOption } from './config-option.ts'
import type { Option } from './ini.ts'
import { ANALYZER_OPTIONS, MAIN_OPTIONS } from './known.ts'
import { MISSING_ROLE, SANDBOX_ROLE } from './losses.ts'
import { ImportError } from './problem.ts'
import { unknownIn } from './ruleset.ts'
import { type Known, type Settings, shortPlace } from './settings.ts'
import { comments, quoted, TITLES } from './yaml.ts'

/** What was found in both files; either may be missing. */
export interface ConfigSource {
  readonly main: Settings | undefined
  readonly analyzers: Settings | undefined
  readonly problems: ImportError[]
}

/** The text of `peekaboo.yaml`, and what became of each option. */
export interface ImportedConfig {
  readonly text: string
  readonly carried: readonly Carried[]
}

/** Where a value stands in our configuration. */
interface Placed {
  readonly carried: Carried
  readonly key?: string
  readonly value?: string
}

/** Makes the configuration; `rulesDir` is where the imported rules lie. */
export function carryConfig(source: ConfigSource, rulesDir: string): ImportedConfig {
  const { main, analyzers, problems } = source
  const options = [
    ...optionsOf(main, MAIN_OPTIONS).filter(
      ({ section }) => section !== 'cuckoo' || !analyzers?.sections.has('cuckoo'),
    ),
    ...optionsOf(analyzers, ANALYZER_OPTIONS),
  ]
  const placed = [...listen(options), ...options.flatMap((option) => place(option, problems))]
  const unknown = [main, analyzers].flatMap((settings) => (settings ? unknownIn(settings) : []))
  const carried = [...placed.map((one) => one.carried), ...unknown]
  return {
    carried,
    text: textOf([...placed, ...unknown.map((one) => ({ carried: one }))], rulesDir, sandbox(options)),
  }
}

function optionsOf(settings: Settings | undefined, known: Known): readonly Option[] {
  if (!settings) return []
  return Object.entries(known).flatMap(([section, { plain }]) =>
    plain.flatMap((name) => settings.plain(section, name) ?? []),
  )
}

/** The API's address; what listens there today are the health checks, and the API where there is one. */
function listen(options: readonly Option[]): readonly Placed[] {
  const [host, port] = ['host', 'port'].map((one) =>
    options.find(({ section, name }) => section === 'global' && name === one),
  )
  const at = host ?? port
  if (!at) return []
  const address = host?.value ?? '127.0.0.1'
  const value = quoted(`${address.includes(':') ? `[${address}]` : address}:${port?.value ?? '8100'}`)
  const why = ['health checks answer there; whoever asked PeekabooAV over HTTP plugs in as a milter']
  const carried: Carried = { place: shortPlace(at), what: '[global] host, port', how: 'changed', why }
  return [{ carried, key: 'http.listen', value }]
}

function place(option: Option, problems: ImportError[]): readonly Placed[] {
  const { section, name, value } = option
  if (section === 'global' && (name === 'host' || name === 'port')) return portProblem(option, problems)
  const becomes = convert(option)
  if (!becomes) {
    problems.push(
      new ImportError(option, `[${section}] ${name}: ${JSON.stringify(value)} is no value that the predecessor takes`),
    )
    return []
  }
  const { how, why, ...rest } = becomes
  const carried: Carried = {
    place: shortPlace(option),
    what: `[${section}] ${name}`,
    how,
    why: why === '' ? [] : [why],
    ...(!isSecret(option) && { source: value.split('\n') }),
  }
  return [{ carried, ...rest }]
}

function portProblem(option: Option, problems: ImportError[]): readonly Placed[] {
  const isWrong = option.name === 'port' && !(/^\d{1,5}$/.test(option.value) && Number(option.value) <= 65_535)
  if (isWrong) problems.push(new ImportError(option, `[global] port: ${JSON.stringify(option.value)} is no port`))
  return []
}

function convert(option: Option): Becomes | undefined {
  const { section, name } = option
  if (section === 'cuckoo' && Object.hasOwn(CUCKOO, name)) return CUCKOO[name]?.(option)
  if (section === 'cuckoo' && (name === 'url' || name === 'api_token')) {
    return { how: 'left-out', why: name === 'url' ? BY_HAND : SECRET }
  }
  if (section === 'cortex') return { how: 'moot', why: 'Cortex plays no role that an imported rule names' }
  const known = MAIN[`${section}.${name}`]
  return known ? known(option) : oldOption()
}

const BY_HAND = 'the sandbox is mapped by hand: see analyzers.cuckoo at the end of the file'
const SECRET = 'a secret is repeated nowhere: write it into /etc/peekaboo/cuckoo.token, readable by the filter alone'

/** The lines of our configuration that name the sandbox: as a comment, as the token is in no file yet and the role is for a person to map. */
function sandbox(options: readonly Option[]): readonly string[] {
  const option = (name: string) => options.find((one) => one.section === 'cuckoo' && one.name === name)
  const url = option('url')?.value ?? 'http://127.0.0.1:8090'
  const token = option('api_token')?.value ? ', token: { file: /etc/peekaboo/cuckoo.token }' : ''
  return ['analyzers:', `  cuckoo: { type: cuckoo, instances: [{ url: ${quoted(url)}${token} }] }`]
}

function textOf(placed: readonly Placed[], rulesDir: string, cuckoo: readonly string[]): string {
  return [
    comments(['Configuration imported from PeekabooAV by `peekaboo import peekabooav`.']),
    ...placed.map(optionComment),
    PROFILE,
    ...sectionsOf(placed),
    comments([SANDBOX_LATER, ...cuckoo]),
    comments([`No analyzer plays the role ${MISSING_ROLE}: it stands for what could not be carried over.`]),
    `roles: { ${IMPORTED_ROLES.map((role) => `${role}: none`).join(', ')} }\n`,
    `rules: { dirs: [${quoted(rulesDir)}] }\n`,
  ].join('')
}

const SANDBOX_LATER = `The sandbox, to be mapped by hand (roles: { ${SANDBOX_ROLE}: cuckoo }) where this version has its driver. Until then what needs it is unanalysed:`

/** PeekabooAV refused what was bad and what had failed; nothing unanalysed gets further than it did there. */
const PROFILE = `${comments([
  'What was not analysed is answered 451, as PeekabooAV did with what had failed: where a rule could not be carried over nothing more passes.',
  'To look on first without touching any mail: set `mode: monitor` here.',
])}profiles:
  peekabooav: { extends: mx, unanalysed: tempfail }
milter:
  listeners:
    - { listen: "inet:127.0.0.1:8095", profile: peekabooav }
`

function optionComment({ carried: { place, what, how, why, source = [] }, key }: Placed): string {
  const written = source.length === 1 && source[0] ? ` = ${source[0]}` : ''
  const becomes = key === undefined ? '' : ` → ${key}`
  return comments([`${place} ${what}${written}${becomes}`, ...why.map((reason) => `  ${TITLES[how]}: ${reason}`)])
}

/** Values by their section; two options for the same key cannot be, as each has its own. */
function sectionsOf(placed: readonly Placed[]): readonly string[] {
  const bySection = new Map<string, string[]>()
  for (const { key = '', value } of placed) {
    const [section = '', name] = key.split('.')
    if (section !== '')
      bySection.set(section, [...(bySection.get(section) ?? []), name === undefined ? `${value}` : `${name}: ${value}`])
  }
  return [...bySection].map(([section, values]) => {
    const written = values.join(', ')
    return `${section}: ${written.includes(': ') ? `{ ${written} }` : written}\n`
  })
}
