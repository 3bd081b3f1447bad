/** One rule file → its rules, checked and compiled. */
import type { Scalar } from 'yaml'
import { ROLES_IN_MESSAGE, type RoleInMessage, VERDICTS, type Verdict } from '../core/index.ts'
import { ConditionError } from './compiler.ts'
import { type Condition, readCondition } from './condition.ts'
import type { Declarations } from './declare.ts'
import { suggest } from './nearest.ts'
import { type RuleCase, readCase } from './read-case.ts'
import { offsetInScalar } from './scalar-offset.ts'
import { type Place, placeOf } from './source.ts'
import { type FileReader, kindOf, textOf, type YamlNode } from './yaml-file.ts'

/** One rule, ready to be evaluated. */
export interface Rule extends Place {
  readonly id: string
  readonly verdict: Verdict
  readonly reason: string
  /** The samples of a message that it is asked about. */
  readonly samples: readonly RoleInMessage[]
  readonly file: string
  readonly condition: Condition
  readonly cases: readonly RuleCase[]
}

const RULE_KEYS = ['id', 'samples', 'when', 'verdict', 'reason', 'tests']

/** Texts and whole messages are looked at by the rules that ask for them: no analysis of every text by mistake. */
const USUAL_SAMPLES: readonly RoleInMessage[] = ['attachment']

/** Reads all rules of a file; what is wrong is noted, and a wrong rule is left out. */
export function readRules(reader: FileReader, declarations: Declarations): readonly Rule[] {
  const content = reader.read()
  if (reader.problems.length > 0 || isEmpty(content)) return []
  const rules = reader.items(content, 'a rule file')
  return rules.flatMap((node) => readRule(node, declarations, reader) ?? [])
}

function isEmpty(content: YamlNode): boolean {
  return !content || ('value' in content && content.value === null)
}

function readRule(node: YamlNode, declarations: Declarations, reader: FileReader): Rule | undefined {
  const entries = reader.entries(node, RULE_KEYS, 'a rule')
  if (!entries) return undefined
  const missing = ['id', 'when', 'verdict'].filter((key) => !entries.has(key))
  for (const key of missing) reader.note(node, `the rule has no ${key}`, `write ${key}: …`)
  const id = readId(entries.get('id'), reader)
  const verdict = readVerdict(entries.get('verdict'), reader)
  const condition = readWhen(entries.get('when'), declarations, reader)
  const reason = readReason(entries.get('reason'), reader)
  const samples = entries.has('samples') ? readSamples(entries.get('samples'), reader) : USUAL_SAMPLES
  if (!id || !verdict || !condition) return undefined
  const cases = entries.has('tests') ? reader.items(entries.get('tests'), 'tests') : []
  return {
    id,
    verdict,
    reason: reason ?? id,
    samples,
    condition,
    cases: cases.flatMap((one) => readCase(one, verdict, declarations, reader) ?? []),
    file: reader.file.path,
    ...placeOf(reader.file, entries.get('id')?.range?.[0] ?? 0),
  }
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

function readReason(node: YamlNode, reader: FileReader): string | undefined {
  const scalar = node && reader.text(node, 'reason')
  if (!scalar) return undefined
  const reason = textOf(scalar)
  const hole = reason.indexOf('{{')
  if (hole < 0) return reason
  const offset = offsetInScalar(scalar, reader.file.text, hole)
  reader.note(offset, 'a reason cannot have {{…}} in it', 'write a fixed text')
  return undefined
}

function readWhen(node: YamlNode, declarations: Declarations, reader: FileReader): Condition | undefined {
  const scalar = node && reader.text(node, 'when')
  if (!scalar) return undefined
  try {
    return readCondition(textOf(scalar), declarations)
  } catch (error) {
    const { offset, message, remedy } = conditionError(error)
    reader.note(offsetOf(scalar, reader, offset), message, remedy)
    return undefined
  }
}

function offsetOf(scalar: Scalar, reader: FileReader, offset: number): number {
  if (typeof scalar.value === 'string') return offsetInScalar(scalar, reader.file.text, offset)
  return (scalar.range?.[0] ?? 0) + offset
}

/** Anything else than our own error is the parser giving up on something monstrous. */
function conditionError(error: unknown): Pick<ConditionError, 'offset' | 'message' | 'remedy'> {
  if (error instanceof ConditionError) return error
  const why = error instanceof Error ? error.message : String(error)
  return { offset: 0, message: `the condition cannot be read: ${why}`, remedy: 'make it simpler' }
}
