/** Everything that a rule may say and look at, told from what is declared: nothing here is written twice. */
import { FACTS, type Field, ROLES_IN_MESSAGE, RULE_SEVERITIES, reportSchema, VERDICTS } from '../core/index.ts'
import { FAILED } from './declare.ts'
import { MOST_UNSURE } from './pattern-list.ts'
import { STEP_BUDGET } from './scope.ts'

/** A word of the rules' language and what it means. */
export interface Entry {
  readonly name: string
  /** The kind of value, where it is one. */
  readonly type: string
  readonly doc: string
}

export interface Section {
  readonly id: string
  readonly title: string
  readonly entries: readonly Entry[]
}

/** The whole reference, section by section. */
export function rulesReference(): readonly Section[] {
  const facts = Object.entries(FACTS).map(([root, field]) => {
    return { id: root, title: `${root}: ${field.doc}`, entries: fieldsOf(field, root) }
  })
  const report = fieldsOf({ ...reportSchema, fields: { ...reportSchema.fields, failed: FAILED } }, 'ROLE')
  return [
    ...facts,
    { id: 'role', title: `ROLE (av, sandbox, …): ${reportSchema.doc}`, entries: report },
    { id: 'file', title: 'A rule file: a list of rules, or a map of these keys', entries: keys(FILE) },
    { id: 'rule', title: 'A rule', entries: keys(RULE) },
    { id: 'list', title: 'A list, one of the first four keys and options', entries: keys(LIST) },
    { id: 'test', title: 'A test of a rule', entries: keys(TEST) },
    { id: 'operators', title: 'Operators', entries: keys(OPERATORS) },
    { id: 'functions', title: 'Functions', entries: FUNCTIONS.map(([name, type, doc]) => ({ name, type, doc })) },
    { id: 'limits', title: 'Limits', entries: keys(LIMITS) },
  ]
}

/** The same as text for a terminal or a file. */
export function referenceText(sections: readonly Section[]): string {
  return sections.map(sectionText).join('\n\n')
}

function sectionText({ title, entries }: Section): string {
  const width = Math.max(...entries.map(({ name, type }) => name.length + type.length + (type === '' ? 0 : 2)))
  const lines = entries.map(({ name, type, doc }) => {
    return `  ${(type === '' ? name : `${name}  ${type}`).padEnd(width)}  ${doc}`
  })
  return [title, ...lines].join('\n')
}

function keys(table: Readonly<Record<string, string>>): readonly Entry[] {
  return Object.entries(table).map(([name, doc]) => ({ name, type: '', doc }))
}

const WORDS = { text: 'text', whole: 'whole number', number: 'number', flag: 'true/false' } as const

function fieldsOf(field: Field, path: string): readonly Entry[] {
  if (field.kind !== 'record') return []
  return Object.entries(field.fields).flatMap(([name, inner]) => {
    const own = `${path}.${name}`
    const doc = inner.optional ? `${inner.doc} (may be unknown)` : inner.doc
    return [{ name: own, type: typeOf(inner), doc }, ...below(inner, own)]
  })
}

function below(field: Field, path: string): readonly Entry[] {
  return field.kind === 'list' ? fieldsOf(field.of, `${path}[]`) : fieldsOf(field, path)
}

function typeOf(field: Field): string {
  if (field.kind === 'record') return 'record'
  return field.kind === 'list' ? `list of ${typeOf(field.of)}` : WORDS[field.kind]
}

const FILE: Readonly<Record<string, string>> = {
  include: 'other files, named from the folder of this one; what they say comes before what this one says',
  lists: 'named lists: conditions ask `x in lists.NAME`',
  define: 'named conditions: NAME: condition; every condition of every file may use them by name',
  off: 'ids of rules that are not asked',
  rules: 'the rules, in order',
}

const RULE: Readonly<Record<string, string>> = {
  id: 'its name: small letters, digits, dots and dashes; the log, the journal and other rules call it so',
  samples: `which samples it is asked about: some of ${ROLES_IN_MESSAGE.join(', ')} (default: attachment)`,
  when: 'the condition; the first rule whose condition holds decides',
  verdict: VERDICTS.join(', '),
  reason:
    'why, in words, with {{expression}} holes; or one text for each language: { en: …, de: … }. What a hole cannot know is "(unknown)", and it asks no role',
  severity: `${RULE_SEVERITIES.join(', ')}: decides nothing, people sort by it`,
  tags: 'words that go with the verdict, such as attack.t1566',
  before: 'id of the rule that it stands before, whatever file that is in',
  after: 'id of the rule that it stands after',
  instead: 'id of the rule whose place it takes; it may have the same id',
  tests: 'cases that are run when the rules are loaded: one that fails refuses the rules',
}

const LIST: Readonly<Record<string, string>> = {
  strings: 'texts as they are; a list without any key is one of these',
  patterns: 'RE2 patterns: a text is in the list if any is found anywhere in it',
  hashes: 'SHA-256 digests; in a file as sha256sum writes them',
  domains: 'domains with all that lies below them; of an address its domain counts',
  ignoreCase: 'true: capital and small letters are the same (strings, patterns)',
  add: 'true: these entries go to the list of this name that another file has',
  instead: 'true: these entries take the place of those that another file has',
}

const TEST: Readonly<Record<string, string>> = {
  facts: 'what is known: { sample: { … }, message: { … } }; what is not written is empty, zero or false',
  reports: 'by role: a report such as { score: 7 }, or pending, failed, none (no analyzer), capped (a limit)',
  expect: 'the verdict of the rule, or none (it does not apply), pending, failed, unanalysed',
  reason: 'the text that the reason must come to, in any of its languages',
}

const OPERATORS: Readonly<Record<string, string>> = {
  '&& || ! ?:': 'a side that waits or failed does not matter where the other side decides; see the truth tables',
  '== != < <= > >=': 'both sides of one kind; whole numbers and others compare with < <= > >=',
  in: '`x in [a, b]`, `x in lists.NAME`, `x in sample.types`',
  '+ - * / %': 'numbers; + also joins texts and lists. A division by zero is an error of the rule',
  'list[0]': 'an element; one that is not there is an error of the rule',
}

/** Name, what it gives, and what it means. */
export const FUNCTIONS: readonly (readonly [name: string, type: string, doc: string])[] = [
  ['text.contains(text)', 'true/false', 'whether a text is anywhere within'],
  ['text.startsWith(text)', 'true/false', 'whether it begins so'],
  ['text.endsWith(text)', 'true/false', 'whether it ends so'],
  ['text.matches(pattern)', 'true/false', 'whether an RE2 pattern is found anywhere; ^ and $ anchor it'],
  ['text.equalsIgnoreCase(text)', 'true/false', 'equal but for capital and small letters, of all scripts'],
  ['text.containsIgnoreCase(text)', 'true/false', 'the same for contains'],
  ['text.startsWithIgnoreCase(text)', 'true/false', 'the same for startsWith'],
  ['text.endsWithIgnoreCase(text)', 'true/false', 'the same for endsWith'],
  ['text.matchesIgnoreCase(pattern)', 'true/false', 'the same for matches'],
  ['text.lowerAscii()', 'text', 'A to Z as small letters'],
  ['text.upperAscii()', 'text', 'a to z as capital letters'],
  ['text.trim()', 'text', 'without white space at both ends'],
  ['text.split(text)', 'list of text', 'the pieces between separators'],
  ['list.join(text)', 'text', 'the texts of a list, with a separator'],
  ['text.size(), list.size(), size(x)', 'whole number', 'characters or elements'],
  ['list.exists(x, condition)', 'true/false', 'whether the condition holds for any element'],
  ['list.all(x, condition)', 'true/false', 'whether it holds for every element; true for none'],
  ['list.exists_one(x, condition)', 'true/false', 'whether it holds for exactly one'],
  ['list.filter(x, condition)', 'list', 'the elements for which it holds'],
  ['list.map(x, value)', 'list', 'a value for each element'],
  ['has(sample.field)', 'true/false', 'whether a fact that may be unknown is known; of roles ask ROLE.failed'],
  ['string(x), int(x), double(x)', 'text, numbers', 'the same value as another kind'],
]

const LIMITS: Readonly<Record<string, string>> = {
  steps: `${STEP_BUDGET} for each condition and sample; beyond that the rule is in error`,
  expressions: '2,000 in one condition, 64 within each other, 1,000 elements in a list that is written out',
  definitions: '32 that use each other',
  files: '16 that include each other, 1,000 in all',
  patterns: `${MOST_UNSURE} in one list that have no three plain characters which stand in all that they match; any number of others`,
  reasons: '100 characters for each hole, 500 in all',
}
