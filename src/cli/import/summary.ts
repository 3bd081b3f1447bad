/** What the import says on standard output. */
import { harmless, type Style } from '../style.ts'
import type { Carried, How } from './carried.ts'

/** What was read and written, and what became of everything. */
export interface Summary {
  readonly read: readonly string[]
  readonly written: readonly string[]
  readonly items: readonly Carried[]
}

const TITLES: readonly (readonly [how: How, title: string])[] = [
  ['guarded', 'NOT CARRIED OVER, GUARDED: where it might apply the outcome is "unanalysed", answered 451'],
  ['unknown', 'UNKNOWN TO BOTH PROGRAMS'],
  ['left-out', 'NOT CARRIED OVER, LEFT OUT: nothing more passes without it'],
  ['moot', 'WITHOUT MEANING HERE'],
  ['changed', 'CHANGED ON PURPOSE, never to let more pass'],
]

/** The summary for a person. */
export function summaryText({ read, written, items }: Summary, style: Style): string {
  const rules = items.filter(({ rule }) => rule !== undefined).length
  const exact = items.filter(({ how }) => how === 'exact').length
  const [yaml = '', config = ''] = written
  return [
    `read     ${read.map(harmless).join(', ')}`,
    `written  ${harmless(yaml)} (${rules} rules), ${harmless(config)}`,
    `exact    ${exact} of ${items.length}`,
    ...TITLES.flatMap(([how, title]) =>
      part(
        title,
        items.filter((item) => item.how === how),
        style,
      ),
    ),
    '',
    `next     peekaboo config check --config ${harmless(config)}`,
    '',
  ].join('\n')
}

function part(title: string, items: readonly Carried[], style: Style): readonly string[] {
  if (items.length === 0) return []
  return ['', `${style.bold(title)}`, ...items.flatMap(lines)]
}

function lines({ place, what, why: reasons, notes = [] }: Carried): readonly string[] {
  const [first = '', ...more] = [...reasons, ...notes].map(harmless)
  const head = `  ${harmless(place === '' ? '(default)' : place)}  ${harmless(what)}`
  return [`${head}${first === '' ? '' : `: ${first}`}`, ...more.map((reason) => `      ${reason}`)]
}
