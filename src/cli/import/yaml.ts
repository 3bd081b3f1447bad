/** The rules as YAML, each with where it comes from and what is different, as comments. */
import { harmless } from '../style.ts'
import type { Carried, ImportedRule } from './carried.ts'
import { definitions } from './vocabulary.ts'

/** One rule as YAML. */
export function ruleYaml({ id, when, verdict, reason }: ImportedRule): string {
  return `- id: ${id}\n  when: ${scalar(when)}\n  verdict: ${verdict}\n  reason: ${quoted(reason.replaceAll('{{', '{ {'))}\n`
}

/** The file of rules. */
export function rulesYaml(all: readonly Carried[]): string {
  return HEAD + rulesFile(all.map(block))
}

/** Rules, as YAML, below the definitions that they share. */
export function rulesFile(rules: readonly string[]): string {
  const shared = Object.entries(definitions()).map(([name, text]) => `  ${name}: |-\n    ${text}\n`)
  return `define:\n${shared.join('')}\nrules:\n\n${rules.join('\n')}`
}

const HEAD = comments([
  'Rules imported from PeekabooAV by `peekaboo import peekabooav`. Each stands below what it was made of.',
  'They are read before the shipped rules; what none of them decides goes on to those.',
  'Words used below:',
  '  changed: decides otherwise than PeekabooAV did, and never lets more pass',
  '  not carried over, guarded: the rule asks the role "peekabooav", which no analyzer plays; where it might apply the outcome is',
  '    "unanalysed", and no later rule lets the sample pass as good or ignored',
  '  not carried over, left out: there is no rule, and nothing more passes without it',
])

/** What comments call what became of something. */
export const TITLES = {
  exact: '',
  changed: 'changed',
  guarded: 'not carried over, guarded',
  'left-out': 'not carried over, left out',
  moot: 'has no meaning here',
  unknown: 'unknown to both programs',
} as const

function block({ place, what, how, why, notes = [], source = [], rule }: Carried): string {
  const head = `${place === '' ? '(default)' : place} ${what}`
  const title = TITLES[how]
  const reasons = [...why.map((reason) => `${title}: ${reason}`), ...notes.map((note) => `note: ${note}`)]
  const bare = title !== '' && why.length === 0 ? [title] : []
  return comments([head, ...source.map((line) => `  | ${line}`), ...bare, ...reasons]) + (rule ? ruleYaml(rule) : '')
}

/** Lines of comment; nothing that stands in a file of the operator can end one. */
export function comments(lines: readonly string[]): string {
  return lines
    .map((line) => `# ${harmless(line)}`.trimEnd())
    .join('\n')
    .concat('\n')
}

/** A condition as it is read best: literally, where YAML keeps all its characters. */
function scalar(text: string): string {
  return /^[ -~]+$/.test(text) && text === text.trim() ? `|-\n    ${text}` : quoted(text)
}

/** A text in double quotes, as JSON writes it, with everything but ASCII escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
