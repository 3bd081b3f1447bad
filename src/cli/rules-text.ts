/** How rules and their tests read to a person. */
import { nearest } from '../core/index.ts'
import type { DefinitionInfo, ListInfo, RuleInfo, Ruleset, RuleTestResult } from '../rules/index.ts'
import { harmless, type Style } from './style.ts'

/** One test on a line. */
export function testText(
  { file, line, column, rule, passed, expected, got, detail }: RuleTestResult,
  style: Style,
): string {
  const why = detail === '' ? '' : ` (${harmless(detail)})`
  const told = passed ? style.green('passes') : `${style.red('fails')}: expected ${expected}, got ${got}${why}`
  return `${harmless(file)}:${line}:${column}: rule ${style.bold(rule)} ${told}\n`
}

/** A rule with its place in the order; 0 where it is switched off. */
export type PlacedInfo = RuleInfo & { readonly place: number }

/** All rules as a table. */
export function listText(rules: readonly PlacedInfo[], style: Style): string {
  const rows = rules.map(({ place, id, verdict, severity, roles, file, line }) => [
    place === 0 ? 'off' : `${place}`,
    id,
    severity === undefined ? verdict : `${verdict} ${severity}`,
    roles.join(', ') || '-',
    `${harmless(file)}:${line}`,
  ])
  const all = [['place', 'rule', 'verdict', 'roles', 'where'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const text = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [style.bold(text[0] ?? ''), ...text.slice(1), ''].join('\n')
}

interface Shown {
  readonly data: object
  readonly text: (style: Style) => string
}

/** One rule with all that belongs to it; or what was probably meant. */
export function showRule(id: string, ruleset: Ruleset): Shown | { readonly remedy: string } {
  const place = ruleset.rules.findIndex((rule) => rule.id === id)
  const rule = ruleset.rules[place] ?? ruleset.off.find((one) => one.id === id)
  if (!rule) {
    const meant = nearest(
      id,
      [...ruleset.rules, ...ruleset.off].map((one) => one.id),
    )
    return { remedy: meant === undefined ? 'peekaboo rules list shows them all' : `did you mean ${meant}?` }
  }
  const definitions = usedDefinitions(rule.when, ruleset.definitions)
  const texts = [rule.when, ...definitions.map(({ text }) => text)]
  const lists = ruleset.lists.filter(({ name }) => texts.some((text) => hasWord(text, `lists.${name}`)))
  const tests = ruleset.test().filter((one) => one.rule === id)
  const data = { place: place + 1, ...rule, definitions, lists, tests }
  return { data, text: (style) => ruleText(place + 1, rule, { definitions, lists, tests }, style) }
}

interface Belonging {
  readonly definitions: readonly DefinitionInfo[]
  readonly lists: readonly ListInfo[]
  readonly tests: readonly RuleTestResult[]
}

function ruleText(place: number, rule: RuleInfo, { definitions, lists, tests }: Belonging, style: Style): string {
  const { id, verdict, severity, reason, tags, samples, roles, when, file, line } = rule
  const rows: readonly (readonly [string, string])[] = [
    ['place', place === 0 ? 'switched off' : `${place}`],
    ['where', `${harmless(file)}:${line}`],
    ['verdict', severity === undefined ? verdict : `${verdict}, ${severity}`],
    ['reason', harmless(reason)],
    ['tags', tags.join(', ') || '-'],
    ['asked about', samples.join(', ')],
    ['needs', roles.join(', ') || 'no analyzer'],
    ['when', indented(when)],
    ...definitions.map(({ name, text }) => [`  ${name}`, indented(text)] as const),
    ...lists.map(
      (list) => [`  lists.${list.name}`, `${list.size} ${list.kind}, ${harmless(list.file)}:${list.line}`] as const,
    ),
    ['tests', `${tests.filter(({ passed }) => passed).length} of ${tests.length} pass`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const failed = tests.filter(({ passed }) => !passed).map((one) => testText(one, style))
  return `${style.bold(id)}\n${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('')}${failed.join('')}`
}

function indented(text: string): string {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .map(harmless)
    .join(' ')
}

/** Those that a condition names, and those that these name. */
function usedDefinitions(when: string, all: readonly DefinitionInfo[]): readonly DefinitionInfo[] {
  const used = new Set<DefinitionInfo>()
  const texts = [when]
  for (const text of texts) {
    for (const one of all) {
      if (used.has(one) || !hasWord(text, one.name)) continue
      used.add(one)
      texts.push(one.text)
    }
  }
  return [...used]
}

/** Whether a name stands in an expression, not as a part of another name. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text.charAt(at - 1)} ${text.charAt(at + name.length)}`
    if (!/[\w.] |\w$/.test(around)) return true
  }
  return false
}
