/** The rules of one file, checked and compiled. */
import {
  FACTS,
  HEADER_FACTS,
  ROLES_IN_MESSAGE,
  type RoleInMessage,
  RULE_SEVERITIES,
  type RuleSeverity,
  VERDICTS,
  type Verdict,
} from '../core/index.ts'
import { allNamesIn, type Condition, listsIn, namesIn, readCondition } from './condition.ts'
import type { Declarations } from './declare.ts'
import { type Guard, guardOf } from './guard.ts'
import { suggest } from './nearest.ts'
import { noteErrors } from './note-errors.ts'
import { PLACES, type PlacedRule, type Placement } from './place-rules.ts'
import { type RuleCase, readCase } from './read-case.ts'
import type { FileParts } from './read-parts.ts'
import { plainReason, type Reason, readReason } from './reason.ts'
import { type Place, placeOf } from './source.ts'
import type { Steps } from './steps.ts'
import { type FileReader, kindOf, textOf, type YamlNode } from './yaml-file.ts'

/** One rule, ready to be evaluated. */
export interface Rule extends Place {
  readonly id: string
  readonly verdict: Verdict
  readonly reason: Reason
  readonly severity: RuleSeverity | undefined
  readonly tags: readonly string[]
  /** The samples of a message that it is asked about. */
  readonly samples: readonly RoleInMessage[]
  readonly file: string
  readonly shipped: boolean
  readonly when: string
  readonly condition: Condition
  /** What must be true of a sample for it to be anything but false. */
  readonly guard: Guard | undefined
  /** Facts, roles and definitions that its condition names, and facts that its reason names. */
  readonly names: ReadonlySet<string>
  /** Whether it may look at what only the header of the message says. */
  readonly asksHeader: boolean
  readonly cases: readonly RuleCase[]
  /** Whether a list that it asks was changed by another file: then its cases may fail without it being wrong. */
  readonly isUnderChange: boolean
}

export const RULE_KEYS = ['id', 'samples', 'when', 'verdict', 'reason', 'severity', 'tags', ...PLACES, 'tests']

/** Texts and whole messages are looked at by the rules that ask for them: no analysis of every text by mistake. */
const USUAL_SAMPLES: readonly RoleInMessage[] = ['attachment']

/** What the rules of all files have in common. */
export interface ReadContext {
  readonly declarations: Declarations
  readonly language: string
  /** Roles that only rules that came with the filter may name. */
  readonly spareRoles: readonly string[]
}

/** Reads all rules of a file; what is wrong is noted, and a wrong rule is left out. */
export function* readRules({ reader, shipped, rules }: FileParts, context: ReadContext): Steps<readonly PlacedRule[]> {
  const read: PlacedRule[] = []
  for (const node of rules) {
    const rule = readRule(node, shipped, context, reader)
    if (rule) read.push(rule)
    yield
  }
  return read
}

function readRule(node: YamlNode, shipped: boolean, context: ReadContext, reader: FileReader): PlacedRule | undefined {
  const entries = reader.entries(node, RULE_KEYS, 'a rule')
  if (!entries) return undefined
  const { declarations, language } = context
  const missing = ['id', 'when', 'verdict'].filter((key) => !entries.has(key))
  for (const key of missing) reader.note(node, `the rule has no ${key}`, `write ${key}: …`)
  const id = readId(entries.get('id'), reader)
  const verdict = readVerdict(entries.get('verdict'), reader)
  const written = readWhen(entries.get('when'), shipped, context, reader)
  const reason = readReason(entries.get('reason'), language, declarations, reader)
  const samples = entries.has('samples') ? readSamples(entries.get('samples'), reader) : USUAL_SAMPLES
  const severity = readSeverity(entries.get('severity'), reader)
  const tags = entries.has('tags') ? readTags(entries.get('tags'), reader) : []
  const placement = readPlacement(entries, reader)
  if (!id || !verdict || !written) return undefined
  const cases = entries.has('tests') ? reader.items(entries.get('tests'), 'tests') : []
  const rule: Rule = {
    id,
    verdict,
    reason: reason ?? plainReason(id),
    severity,
    tags,
    samples,
    ...written,
    cases: cases.flatMap((one) => readCase(one, verdict, declarations, reader) ?? []),
    names: new Set([...allNamesIn(written.condition.ast, declarations), ...namesInReason(reason)]),
    asksHeader: looksAtHeader(written, reason, declarations),
    guard: guardOf(written.condition.ast, declarations),
    isUnderChange: [...listsIn(written.condition.ast, declarations)].some(
      (one) => declarations.lists.get(one)?.isChanged,
    ),
    file: reader.file.path,
    shipped,
    ...placeOf(reader.file, entries.get('id')?.range?.[0] ?? 0),
  }
  return { rule, placement, reader, node: entries.get('id') }
}

const HEADER_WORDS = new RegExp(`\\b(?:${HEADER_FACTS.join('|')})\\b`)

/** By its words: to be told too much costs a little, to be told too little would be a wrong answer. */
function looksAtHeader(
  { when, condition }: Pick<Rule, 'when' | 'condition'>,
  reason: Reason | undefined,
  declarations: Declarations,
): boolean {
  const names = allNamesIn(condition.ast, declarations)
  const used = [...names].map((name) => declarations.definitions.get(name)?.text ?? '')
  const text = [when, reason?.text ?? '', ...used].join(' ')
  return text.includes('message') && HEADER_WORDS.test(text)
}

/** The facts that a reason shows. */
function namesInReason(reason: Reason | undefined): readonly string[] {
  return Object.keys(FACTS).filter((root) => reason?.text.includes(`${root}.`))
}

function readId(node: YamlNode, reader: FileReader): string | undefined {
  const scalar = node && reader.text(node, 'id')
  if (!scalar) return undefined
  const id = textOf(scalar)
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)) return id
  reader.note(node, `${JSON.stringify(id)} is no id`, 'use up to 64 small letters, digits, dots and dashes')
  return undefined
}

function readVerdict(node: YamlNode, reader: FileReader): Verdict | undefined {
  const scalar = node && reader.text(node, 'verdict')
  if (!scalar) return undefined
  const verdict = VERDICTS.find((word) => word === scalar.value)
  if (verdict) return verdict
  reader.note(node, `${kindOf(node)} is no verdict`, suggest(textOf(scalar), VERDICTS, 'write one of'))
  return undefined
}

function readSamples(node: YamlNode, reader: FileReader): readonly RoleInMessage[] {
  return reader.items(node, 'samples').flatMap((item) => {
    const scalar = reader.text(item, 'samples')
    const written = scalar ? textOf(scalar) : ''
    const role = ROLES_IN_MESSAGE.find((each) => each === written)
    if (role) return [role]
    if (scalar)
      reader.note(item, `${kindOf(item)} is no kind of sample`, suggest(written, ROLES_IN_MESSAGE, 'write some of'))
    return []
  })
}

function readSeverity(node: YamlNode, reader: FileReader): RuleSeverity | undefined {
  const scalar = node && reader.text(node, 'severity')
  if (!scalar) return undefined
  const severity = RULE_SEVERITIES.find((word) => word === scalar.value)
  if (severity) return severity
  reader.note(node, `${kindOf(node)} is no severity`, suggest(textOf(scalar), RULE_SEVERITIES, 'write one of'))
  return undefined
}

function readTags(node: YamlNode, reader: FileReader): readonly string[] {
  return reader.items(node, 'tags').flatMap((item) => {
    const scalar = reader.text(item, 'tags')
    if (!scalar) return []
    const tag = textOf(scalar)
    if (/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/.test(tag)) return [tag]
    reader.note(item, `${JSON.stringify(tag)} is no tag`, 'use up to 64 letters, digits and . _ : / -')
    return []
  })
}

function readPlacement(entries: ReadonlyMap<string, YamlNode>, reader: FileReader): Placement | undefined {
  const [first, second] = PLACES.filter((how) => entries.has(how))
  if (!first) return undefined
  const node = entries.get(first)
  if (second) reader.note(entries.get(second), `the rule stands ${first} another one already`, 'keep one of the two')
  const scalar = reader.text(node, first)
  return scalar && { how: first, id: textOf(scalar), node }
}

function readWhen(
  node: YamlNode,
  shipped: boolean,
  { declarations, spareRoles }: ReadContext,
  reader: FileReader,
): Pick<Rule, 'when' | 'condition'> | undefined {
  const scalar = node && reader.text(node, 'when')
  if (!scalar) return undefined
  const when = textOf(scalar)
  const condition = noteErrors(scalar, reader, () => readCondition(when, declarations))
  if (!condition) return undefined
  const names = shipped || spareRoles.length === 0 ? [] : namesIn(condition.ast)
  for (const role of names) {
    if (!spareRoles.includes(role)) continue
    reader.noteUnmapped(node, role)
    return undefined
  }
  return { when, condition }
}
