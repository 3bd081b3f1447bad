import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { patternLiteral } from '../../src/rules/pattern-literal.ts'
import { evaluate, FAILED, type Known, loadText, PENDING, reported, short } from './harness.ts'

/** Rules enough for an index, none of which applies. */
const CROWD = Array.from({ length: 20 }, (_, i) => `sample.type == 'application/x-crowd-${i}'`)

function textOf(conditions: readonly string[]): string {
  return conditions.map((when, i) => `- { id: r${i}, verdict: bad, when: ${JSON.stringify(when)} }\n`).join('')
}

/** What a condition comes to among many rules, and alone, where no index is made. */
function bothWays(condition: string, known: Known): readonly [string, string] {
  const definitions = `define:\n  isX: sample.type == 'x/y'\n  isWrong: 1 / sample.depth > 0\n`
  const file = (conditions: readonly string[]) =>
    `${definitions}rules:\n${textOf(conditions).replaceAll(/^/gm, '  ').trimEnd()}\n`
  const among = evaluate(loadText(file([condition, ...CROWD])), known).outcome
  return [short(among), short(evaluate(loadText(file([condition])), known).outcome)]
}

const word = fc.constantFrom(
  'x/y',
  'X/Y',
  'abc',
  'invoice.EXE',
  'ınvoıce.exe',
  'İnvoice',
  'a.ſcr',
  '\u212aey',
  '',
  'ab',
  'Straße.exe',
  'text/plain',
)
const path = fc.constantFrom('sample.type', 'sample.name', 'message.subject', 'n.value')
const quoted = word.map((text) => `'${text}'`)
const pattern = fc.constantFrom(
  '^inv.*exe$',
  'a|bc',
  'abc?',
  '(?i)INVOICE',
  'in(vo)?ice',
  'scr$',
  'ab+c',
  '[.]exe',
  'k.*ey',
  'a{0}bc',
  'x\\\\/y',
  'stra(ß|ss)e',
)

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(path, fc.constantFrom('==', '!='), quoted).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(path, fc.array(quoted, { minLength: 1, maxLength: 3 })).map(([a, items]) => `${a} in [${items}]`),
    fc.tuple(quoted, fc.constantFrom('sample.types', 'message.recipients')).map(([a, b]) => `${a} in ${b}`),
    fc
      .tuple(
        path,
        fc.constantFrom(
          'contains',
          'startsWith',
          'endsWith',
          'containsIgnoreCase',
          'endsWithIgnoreCase',
          'equalsIgnoreCase',
        ),
        quoted,
      )
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc
      .tuple(path, fc.constantFrom('lowerAscii', 'upperAscii'), quoted)
      .map(([a, name, b]) => `${a}.${name}().endsWith(${b})`),
    fc
      .tuple(path, fc.constantFrom('matches', 'matchesIgnoreCase'), pattern)
      .map(([a, name, b]) => `${a}.${name}('${b}')`),
    fc.constantFrom(
      'isX',
      'isWrong',
      '1 / sample.depth > 0',
      'av.score > 5.0',
      'sandbox.score > 5.0',
      'lookup.score > 5.0',
      'sample.size > 5',
      'av.families.exists(f, f == "x")',
    ),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} || ${b})`),
    tie('condition').map((a) => `!(${a})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} ? ${b} : false)`),
  ),
}))

/** The variable `n` is bound around the whole. */
const whole = fc.tuple(condition, fc.constantFrom('exists', 'all')).map(([inner, macro]) => {
  return /\bn\./.test(inner) ? `sample.names.${macro}(n, ${inner})` : inner
})
const known: fc.Arbitrary<Known> = fc
  .record({
    type: word,
    name: word,
    types: fc.array(word, { maxLength: 2 }),
    names: fc.array(word, { maxLength: 3 }),
    subject: word,
    depth: fc.nat(1),
  })
  .map(({ type, name, types, names, subject, depth }) => ({
    sample: { type, name, types, depth, names: names.map((value) => ({ value, origin: '' })) },
    message: { subject },
    roles: { av: reported({ score: 9 }), lookup: FAILED, sandbox: PENDING },
  }))

test('a rule among many comes to the same as alone', () => {
  fc.assert(
    fc.property(whole, known, (when, facts) => {
      const [among, alone] = bothWays(when, facts)

      assert.equal(among, alone)
    }),
    { numRuns: 1500 },
  )
})

test('explaining many rules tells those that could not apply as not applying, and ends at the one that decided', () => {
  const ruleset = loadText(textOf([...CROWD, "sample.name == 'x'", ...CROWD]))

  const { trace } = evaluate(ruleset, { sample: { name: 'x' } }, true)

  const told = trace?.map(({ result }) => result)
  assert.deepEqual(told, [...CROWD.map(() => 'did not apply'), 'applied', ...CROWD.map(() => 'not reached')])
})

const LITERALS: readonly (readonly [pattern: string, literal: string])[] = [
  ['invoice', 'invoice'],
  ['^Invoice [0-9]+\\.exe$', 'invoice '],
  ['(?i)INV', 'inv'],
  ['abc|def', ''],
  ['(abc|def)ghi', 'ghi'],
  ['abcd?', 'abc'],
  ['abcd*e', 'abc'],
  ['abcd+e', 'abcd'],
  ['abcd{2}', 'abc'],
  ['ab[(]cdef', 'cdef'],
  ['ab[]|]cdef', 'cdef'],
  ['a\\.b\\/c', 'a.b/c'],
  ['\\Qabc|d\\E', ''],
  ['\\x41bcd', ''],
  ['(a(b)c\\)d)efg', 'efg'],
  ['[[:alpha:]]abc', ''],
  ['straße', 'stra'],
  ['é?abc', 'abc'],
  ['', ''],
]

for (const [written, literal] of LITERALS) {
  test(`every match of ${JSON.stringify(written)} has ${JSON.stringify(literal)} in it`, () => {
    assert.equal(patternLiteral(written), literal)
  })
}

test('where a pattern is found its literal is found too, whatever the pattern', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'K',
    's',
    '.',
    '\\.',
    '\\w',
    '[ab]',
    '[^a]',
    '(a|b)',
    '(?:ab)?',
    '*',
    '+',
    '?',
    '{2}',
    '{0,1}',
    '^',
    '$',
    '|',
    'ß',
    '\\b',
    ' ',
  )
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'k', 'K', '\u212a', 's', 'ſ', 'ß', '.', ' '), maxLength: 8 })
  let found = 0

  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }).map((all) => all.join('')),
      text,
      (written, value) => {
        const compiled = compiledOrNothing(written)
        if (!compiled?.test(value)) return
        found++
        const literal = patternLiteral(written)
        const among = bothWays(`sample.name.matchesIgnoreCase(r"${written}")`, { sample: { name: value } })
        assert.ok(
          literal === '' || value.replaceAll('\u212a', 'k').replaceAll('ſ', 's').toLowerCase().includes(literal),
          literal,
        )
        assert.equal(among[0], among[1])
      },
    ),
    { numRuns: 600 },
  )
  assert.ok(found > 50, `only ${found} patterns were found`)
})

function compiledOrNothing(written: string): RE2JS | undefined {
  try {
    return RE2JS.compile(written, RE2JS.CASE_INSENSITIVE)
  } catch {
    return undefined
  }
}
