import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsOf } from './harness.ts'

/** `when:` begins in column 9 of line 2, so the first character of the condition is at 2:9. */
function problemOf(when: string): string {
  const [problem, ...others] = problemsOf(`- id: x\n  when: ${when}\n  verdict: bad\n`)
  assert.deepEqual(others, [])
  return `${problem?.line}:${problem?.column}: ${problem?.message}; ${problem?.remedy}`
}

const FUNCTIONS =
  'matches, matchesIgnoreCase, size, startsWith, endsWith, contains, equalsIgnoreCase, startsWithIgnoreCase, endsWithIgnoreCase, containsIgnoreCase, lowerAscii, upperAscii, trim, split, join, has, string, int, double, exists, all, exists_one, filter, map'

const CASES: readonly (readonly [what: string, when: string, problem: string])[] = [
  ['an unknown field', 'sample.tpye == "x"', '2:16: sample has no field "tpye"; did you mean "type"?'],
  [
    'an unknown field that is near to none',
    'sample.names[0].qqqqq == "x"',
    '2:25: sample.names[0] has no field "qqqqq"; its fields are: value, origin',
  ],
  ['an unknown field of a report', 'av.scores > 5.0', '2:12: av has no field "scores"; did you mean "score"?'],
  [
    'a field that every JavaScript object has',
    'sample.names.exists(n, n.constructor == "x")',
    '2:34: n has no field "constructor"; its fields are: value, origin',
  ],
  [
    'an unknown root',
    'smaple.type == "x"',
    '2:9: "smaple" is neither a fact nor a role nor defined; did you mean "sample"?',
  ],
  [
    'a role that is not configured',
    'cuckoo.score > 5.0',
    '2:9: the role "cuckoo" is not configured; write roles: { cuckoo: ANALYZER } or { cuckoo: none }',
  ],
  [
    'an unknown method',
    'sample.type.startWith("x")',
    '2:21: there is no function "startWith"; did you mean "startsWith"?',
  ],
  ['an unknown macro', 'sample.names.exist(n, true)', '2:22: there is no function "exist"; did you mean "exists"?'],
  ['an unknown function', 'sizes(sample.names) > 1', '2:9: there is no function "sizes"; did you mean "size"?'],
  [
    'a function of CEL that has no business here',
    'type(sample.size) == int',
    `2:9: there is no function "type"; there are: ${FUNCTIONS}`,
  ],
  ['a binding of CEL', 'cel.bind(x, 1, x > 0)', `2:13: there is no function "bind"; there are: ${FUNCTIONS}`],
  [
    'a wrong kind of argument',
    'sample.type.startsWith(3)',
    `2:21: "startsWith" cannot be used like this: string.startsWith(int); check the kinds of its arguments`,
  ],
  [
    'a comparison of different kinds',
    'sample.type == 3',
    '2:9: string == int does not fit: sample.type == 3; both sides must be of the same kind',
  ],
  [
    'a whole number compared with another kind of number',
    'sample.size == 1.0',
    '2:9: int == double does not fit: sample.size == 1.0; write whole numbers without and others with a point, or compare with <= and >=',
  ],
  [
    'a condition that is no question',
    'sample.size',
    '2:9: the condition is int, not true or false; compare it with something',
  ],
  ['a role as a whole', 'av', '2:9: the condition is report, not true or false; compare it with something'],
  [
    'a role asked for null',
    'av == null',
    '2:9: nothing is ever null here; ask ROLE.failed whether a role ended without a report, has(…) whether a fact is known',
  ],
  [
    'a report field asked for null',
    'av.score != null',
    '2:9: nothing is ever null here; ask ROLE.failed whether a role ended without a report, has(…) whether a fact is known',
  ],
  ['null in a list', 'null in [null]', '2:9: null cannot be used in a condition; '],
  ['has() of a role', 'has(av.score)', '2:13: has(…) cannot ask about the role "av"; ask av.failed'],
  [
    'has() of something inside a report',
    'has(av.score.x)',
    '2:13: has(…) cannot ask about the role "av"; ask av.failed',
  ],
  ['has() of an unknown fact', 'has(sample.nmae)', '2:20: sample has no field "nmae"; did you mean "name"?'],
  [
    'has() of a loop variable',
    'sample.names.exists(n, has(n.value))',
    '2:36: has(…) takes a path that begins with a fact; ',
  ],
  [
    'a role in a list',
    '"[av].exists(r, r.failed)"',
    '2:11: the role "av" is no value of its own; name a field such as av.score; av.failed says whether it ended without a report',
  ],
  [
    'a loop variable that hides a fact',
    'sample.names.exists(sample, true)',
    '2:29: "sample" means something else here; choose another name',
  ],
  [
    'a loop variable that hides a role',
    'sample.names.exists(av, true)',
    '2:29: "av" means something else here; choose another name',
  ],
  ['a field in brackets', 'sample["type"] == "x"', '2:16: only lists have elements; write sample.type'],
  ['a map', '"{1: 2}.size() > 0"', '2:10: this cannot be used in a condition; write it with lists and comparisons'],
  [
    'a pattern that is not valid',
    'sample.type.matches("(")',
    '2:29: the pattern is not valid: missing closing ): `(`; patterns are RE2: no look-around, no back-references',
  ],
  [
    'a pattern with a back-reference',
    `sample.type.matches(r'(a)\\1')`,
    '2:29: the pattern is not valid: invalid escape sequence: `\\1`; patterns are RE2: no look-around, no back-references',
  ],
  [
    'a pattern that comes from the mail',
    'sample.type.matches(sample.name)',
    '2:29: a pattern must be written out, so that it can be checked when it is loaded; ',
  ],
  ['a number that is too large', 'sample.size > 99999999999999999', '2:23: the number is too large; '],
  ['a conversion that can fail', 'int(sample.name) > 3', '2:13: int(…) cannot be made of string; it takes int, double'],
  ['a condition that ends too early', 'av.score >', '2:19: the condition ends too early; something is missing here'],
  ['a word where a sign is meant', 'av.failed and true', '2:19: "and" is not understood here; write &&'],
  ['an assignment', 'sample.type = "x"', '2:21: "=" is not understood here; write =='],
  ['a quote that is not closed', `sample.type == 'x`, '2:24: unterminated string; '],
  [
    'a condition as deep as a well',
    `${'('.repeat(500)}true${')'.repeat(500)}`,
    '2:73: the condition is too large; make several rules of it',
  ],
]

for (const [what, when, problem] of CASES) {
  test(`${what} is refused, with its place and a remedy`, () => {
    assert.equal(problemOf(when), problem)
  })
}

test('the problem shows the line and a caret under the place', () => {
  const [problem] = problemsOf('- id: x\n  when: sample.tpye == "x"\n  verdict: bad\n')

  assert.equal(problem?.excerpt, '      when: sample.tpye == "x"\n                   ^')
})

const PLACES: readonly (readonly [style: string, when: string, place: string])[] = [
  ['plain', 'sample.foo == "x"', '2:16'],
  ['in single quotes', `'sample.type == ''x'' && sample.foo == ''y'''`, '2:41'],
  ['in double quotes', `"sample.type == \\"\\u0078\\" && sample.foo == 'y'"`, '2:46'],
  ['plain over two lines', `sample.type == 'x'\n    && sample.foo == 'y'`, '3:15'],
  ['in double quotes over two lines', `"sample.type == 'x'\n      && sample.foo == 'y'"`, '3:17'],
  ['a literal block', `|\n    sample.type == 'x' &&\n      sample.foo == 'y'`, '4:14'],
  ['a folded block', `>-\n    sample.type == 'x' &&\n    sample.foo == 'y'`, '4:12'],
  ['a folded block with an empty line', `>\n    sample.type == 'x' &&\n\n    sample.foo == 'y'`, '5:12'],
]

for (const [style, when, place] of PLACES) {
  test(`the place is found in a condition written ${style}`, () => {
    const [problem] = problemsOf(`- id: x\n  when: ${when}\n  verdict: bad\n`)

    assert.equal(problem?.message, 'sample has no field "foo"')
    assert.equal(`${problem?.line}:${problem?.column}`, place)
  })
}
