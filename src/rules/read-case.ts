/** A rule's own test cases: what is known of a sample, and what the rule alone must say of it. */
import { isMap, isScalar } from 'yaml'
import { FACTS, type Field, type Report, type RoleState, reportSchema, type Verdict } from '../core/index.ts'
import type { Declarations } from './declare.ts'
import { suggest } from './nearest.ts'
import { neutral, readRecord } from './read-value.ts'
import type { KnownRecord } from './scope.ts'
import { type Place, placeOf } from './source.ts'
import { type FileReader, kindOf, textOf, type YamlNode } from './yaml-file.ts'

export interface RuleCase extends Place {
  readonly facts: KnownRecord
  readonly roles: ReadonlyMap<string, RoleState>
  readonly expect: Expected
  /** What the reason must come to, where the case says so. */
  readonly reason: string | undefined
}

/** What a case can expect: that the rule applies (its verdict), does not (`none`), or cannot say. */
export type Expected = Verdict | 'none' | 'pending' | 'failed' | 'unanalysed'

export const CASE_KEYS = ['facts', 'reports', 'expect', 'reason']
const WITHOUT_VERDICT = ['none', 'pending', 'failed', 'unanalysed'] as const

/** Reads one case of a rule that has this verdict. */
export function readCase(
  node: YamlNode,
  verdict: Verdict,
  declarations: Declarations,
  reader: FileReader,
): RuleCase | undefined {
  const entries = reader.entries(node, CASE_KEYS, 'a test')
  if (!entries) return undefined
  const facts = readFacts(entries.get('facts'), reader)
  const roles = readReports(entries.get('reports'), declarations, reader)
  const expect = readExpected(entries.get('expect'), node, verdict, reader)
  const reason = entries.has('reason') ? reader.text(entries.get('reason'), 'reason') : undefined
  return (
    expect && { facts, roles, expect, reason: reason && textOf(reason), ...placeOf(reader.file, node?.range?.[0] ?? 0) }
  )
}

function readFacts(node: YamlNode, reader: FileReader): KnownRecord {
  const roots = Object.keys(FACTS)
  const written = node && reader.entries(node, roots, 'facts')
  const values = Object.entries(FACTS).map(([root, field]: [string, Field]) => {
    const at = written?.get(root)
    return [root, at && field.kind === 'record' ? readRecord(at, field, root, reader) : neutral(field)]
  })
  return Object.fromEntries(values)
}

function readReports(node: YamlNode, { roles }: Declarations, reader: FileReader): ReadonlyMap<string, RoleState> {
  const entries = node ? reader.entries(node, roles, 'reports') : undefined
  return new Map([...(entries ?? [])].map(([role, value]) => [role, readState(value, role, reader)]))
}

/** Beside a report a role can be in one of these states, written as one word. */
const STATES: Readonly<Record<string, RoleState>> = {
  pending: { state: 'pending' },
  failed: { state: 'failed', cause: 'analyzer-failed' },
  none: { state: 'unmapped' },
  capped: { state: 'capped' },
}

function readState(node: YamlNode, role: string, reader: FileReader): RoleState {
  if (isMap(node)) {
    return { state: 'reported', report: readRecord(node, reportSchema, role, reader) as unknown as Report }
  }
  const word = isScalar(node) ? textOf(node) : ''
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined
  if (state) return state
  const remedy = `write a report such as { score: 5 }, or one of ${Object.keys(STATES).join(', ')}`
  reader.note(node, `${role} must be a report or a word, not ${kindOf(node)}`, remedy)
  return { state: 'wanted' }
}

function readExpected(node: YamlNode, at: YamlNode, verdict: Verdict, reader: FileReader): Expected | undefined {
  const allowed: readonly Expected[] = [verdict, ...WITHOUT_VERDICT]
  const word = isScalar(node) ? textOf(node) : ''
  const expected = allowed.find((one) => one === word)
  if (expected) return expected
  const message = node ? `this rule can never come to ${kindOf(node)}` : 'the test does not say what it expects'
  reader.note(node ?? at, message, suggest(word, allowed, 'write expect: with one of'))
  return undefined
}
