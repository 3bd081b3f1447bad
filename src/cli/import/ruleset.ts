/** `ruleset.conf` → everything that was in force there, in the order in which it was asked. */
import { nearest } from '../../core/index.ts'
import type { Carried } from './carried.ts'
import type { Option } from './ini.ts'
import { RULESET_OPTIONS } from './known.ts'
import { ImportError, type Place } from './problem.ts'
import { RULES, TEST_STRINGS } from './rule-section.ts'
import { type Settings, shortPlace } from './settings.ts'

/** Carries over a ruleset; what is wrong with it is added to the problems. */
export function carryRuleset(settings: Settings, problems: ImportError[]): readonly Carried[] {
  const enabled = enabledRules(settings, problems)
  const carried = enabled.flatMap(({ name, place }) => RULES[name]?.({ settings, place, problems }) ?? [])
  const names = new Set(enabled.map(({ name }) => name))
  return [TEST_STRINGS, ...carried, ...idle(settings, names), ...unknownIn(settings)]
}

/** What neither program knows; PeekabooAV would not have started with it. */
export function unknownIn({ unknown }: Settings): readonly Carried[] {
  return unknown.map(({ what, value, ...place }) => ({
    place: shortPlace(place),
    what,
    how: 'unknown',
    why: ['the predecessor refused to start with it'],
    ...(value !== '' && !/token|password|secret/i.test(what) && { source: value.split('\n') }),
  }))
}

interface Enabled {
  readonly name: string
  readonly place: Place
}

function enabledRules(settings: Settings, problems: ImportError[]): readonly Enabled[] {
  const listed = settings.list('rules', 'rule')
  if (!settings.sections.has('rules')) return switchedOn(settings)
  if (listed.length === 0)
    problems.push(new ImportError({ file: settings.file, line: 0 }, 'no rule is enabled in [rules]'))
  for (const option of listed.filter(({ value }) => !Object.hasOwn(RULES, value))) {
    const meant = nearest(option.value, Object.keys(RULES))
    const hint = meant === undefined ? '' : `: did you mean ${meant}?`
    problems.push(new ImportError(option, `there is no rule ${JSON.stringify(option.value)}${hint}`))
  }
  const repeated = listed.filter(({ value }, i) => listed.findIndex((other) => other.value === value) < i)
  for (const option of repeated) problems.push(new ImportError(option, `the rule ${option.value} is enabled twice`))
  return listed.map((option) => ({ name: option.value, place: option }))
}

/** Up to 1.7 each rule had a switch, most of them on by default, and their order was fixed. */
function switchedOn(settings: Settings): readonly Enabled[] {
  const off = ['no', 'off', 'false', '0']
  const isOn = (name: string) => {
    const option = settings.plain(name, 'enabled')
    return settings.sections.has(name) && !off.includes((option?.value ?? 'yes').toLowerCase())
  }
  const names = Object.keys(RULES).filter(isOn)
  return names.map((name) => ({ name, place: settings.plain(name, 'enabled') ?? { file: settings.file, line: 0 } }))
}

/** Options of rules that were not in force, and options that mean nothing here: named, so that nothing is dropped silently. */
function idle(settings: Settings, enabled: ReadonlySet<string>): readonly Carried[] {
  const options = Object.entries(RULESET_OPTIONS).flatMap(([section, { plain, lists }]) => [
    ...plain.flatMap((name) => settings.plain(section, name) ?? []),
    ...lists.flatMap((name) => settings.list(section, name)),
  ])
  return options.flatMap((option) => idleOption(option, enabled) ?? [])
}

function idleOption(option: Option, enabled: ReadonlySet<string>): Carried | undefined {
  const { section, name, item, value } = option
  const what = `[${section}] ${item === undefined ? name : `${name}.${item}`}`
  const base = { place: shortPlace(option), what, source: value.split('\n') }
  if (section !== 'rules' && !enabled.has(section)) {
    return { ...base, how: 'moot', why: ['the rule was not in force'] }
  }
  if (name === 'log_level') return { ...base, how: 'moot', why: ['the log has one level for everything: log.level'] }
  return undefined
}
