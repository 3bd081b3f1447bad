import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expressionRule } from '../../../src/cli/import/expression-rule.ts'
import type { Option } from '../../../src/cli/import/ini.ts'
import { parseExpression } from '../../../src/cli/import/parse.ts'
import type { ImportError } from '../../../src/cli/import/problem.ts'
import { BUILT_SAMPLES } from '../../facts/type/samples/index.ts'
import { ends, loaded, report, type Sent } from './harness.ts'
import { evaluate, type Facts, isTrue, PythonError, type Value } from './reference.ts'

const CONTENTS = ['application/pdf', 'image/png', 'application/x-dosexec', 'application/msword'] as const
const OURS: Readonly<Record<string, string>> = {
  'application/x-dosexec': 'application/vnd.microsoft.portable-executable',
}

const texts = fc.constantFrom('a.exe', 'b.pdf', 'exe', 'pdf', 'inline', ...CONTENTS, 'x')
const textPath = fc.constantFrom(
  'sample.filename',
  'sample.type_declared',
  'sample.content_disposition',
  'sample.file_extension',
  'filereport.type_by_content',
  'knownreport.worst',
)
const text = fc.oneof(
  textPath,
  texts.map((one) => JSON.stringify(one)),
  fc.constant('None'),
)
const set = fc.array(text, { maxLength: 3 }).map((items) => `{${items.join(', ')}}`)
const pattern = fc.constantFrom('/a/', '/exe|pdf/', '/a.exe/', '/application.*/', '/x?/')
const number = fc.oneof(fc.constant('sample.file_size'), fc.constantFrom('0', '100', '1536', '1000000'))
const orders = fc.constantFrom('<', '<=', '>', '>=', '==', '!=')
const ins = fc.constantFrom('in', 'not in')

const atom = fc.oneof(
  fc.tuple(text, fc.constantFrom('==', '!='), text),
  fc.tuple(text, ins, set),
  fc.tuple(text, ins, text),
  fc.tuple(set, fc.constantFrom('<=', '<', '>=', '>', '==', '!=', 'isdisjoint'), set),
  fc.tuple(pattern, fc.constantFrom('==', '!=', 'in', 'not in'), fc.oneof(text, set)),
  fc.tuple(number, orders, number),
  fc.tuple(fc.constant('cuckooreport.score'), orders, fc.constantFrom('4', '7.5', '12')),
  fc.tuple(text, fc.constantFrom('<', '>='), text),
)
const conditions = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom.map((words) => words.join(' ')),
    fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('any').map((inner) => `not (${inner})`),
  ),
})).any

const samples = fc.record({
  name: fc.constantFrom('', 'a.exe', 'b.pdf', 'A.EXE', 'noextension'),
  declared: fc.constantFrom('', ...CONTENTS),
  disposition: fc.constantFrom('', 'inline', 'attachment'),
  type: fc.constantFrom(...CONTENTS),
  score: fc.constantFrom(0, 4, 7.5, 10),
})

type Case = Sent & { readonly type: string; readonly score: number; readonly bytes: Buffer }

function bytesOf(type: string): Buffer {
  return (
    BUILT_SAMPLES.find((one) => one.type === (OURS[type] ?? type))?.genuine[0] ?? assert.fail(`no sample of ${type}`)
  )
}

/** What the predecessor knew of the same attachment. */
function factsOf({ name = '', declared, disposition, type, score, bytes }: Case): Facts {
  return new Map<string, Value>([
    ['sample.filename', name || null],
    ['sample.type_declared', declared || null],
    ['sample.content_disposition', disposition || null],
    ['sample.file_extension', name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : ''],
    ['sample.file_size', bytes.length],
    ['filereport.type_by_content', type],
    ['cuckooreport.score', score],
  ])
}

function there(condition: string, one: Case): boolean | 'error' {
  try {
    return isTrue(evaluate(parseExpression(`${condition} -> bad`).condition, factsOf(one)))
  } catch (error) {
    if (error instanceof PythonError) return 'error'
    throw error
  }
}

function here(condition: string, result: string, one: Case): string {
  const value = `${condition} -> ${result}`
  const place = { file: 'f', line: 1 }
  const option: Option = { ...place, section: 'expressions', name: 'expression', item: '0', value, pieces: [] }
  const problems: ImportError[] = []
  const item = expressionRule(option, 1, problems)
  assert.deepEqual(problems, [], value)
  return ends(loaded(item ? [item] : []), one, report(one.score))
}

test('what the predecessor refused is refused, or failed, or a question; whatever the expression', () => {
  fc.assert(
    fc.property(conditions, samples, (condition, sample) => {
      const one = { ...sample, bytes: bytesOf(sample.type) }
      if (there(condition, one) !== true) return
      assert.match(here(condition, 'bad', one), /^(?:bad|unanalysed|failed)/)
    }),
    { numRuns: 600 },
  )
})

test('what the predecessor did not let pass does not pass, whatever the expression', () => {
  fc.assert(
    fc.property(conditions, samples, (condition, sample) => {
      const one = { ...sample, bytes: bytesOf(sample.type) }
      if (there(condition, one) === true) return
      assert.doesNotMatch(here(condition, 'ignore', one), /^ignored/)
    }),
    { numRuns: 600 },
  )
})

test('a name that is missing is not the extension that is missing, as None is no empty text', () => {
  const type = 'application/pdf'
  const one = { name: '', declared: '', disposition: '', type, score: 0, bytes: bytesOf(type) }
  const condition = 'not (sample.file_extension == sample.filename)'

  assert.equal(there(condition, one), true)
  assert.match(here(condition, 'bad', one), /^bad/)
})

test('most expressions of the exact kind decide as before, so that neither is true of an import that says nothing', () => {
  let same = 0
  let all = 0
  fc.assert(
    fc.property(conditions, samples, (condition, sample) => {
      const one = { ...sample, bytes: bytesOf(sample.type) }
      const was = there(condition, one)
      if (was === 'error') return
      all++
      if (here(condition, 'bad', one).startsWith('bad') === was) same++
    }),
    { numRuns: 200, seed: 7 },
  )
  assert.ok(same > all * 0.7, `${same} of ${all}`)
})
