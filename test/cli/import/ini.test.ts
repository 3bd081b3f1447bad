import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { placeIn, readIni } from '../../../src/cli/import/ini.ts'
import type { ImportError } from '../../../src/cli/import/problem.ts'
import { readSettings } from '../../../src/cli/import/settings.ts'
import { Import } from './harness.ts'

const KNOWN = { a: { plain: ['x', 'y'], lists: ['l'] } }

function read(text: string): { readonly values: readonly string[]; readonly problems: readonly string[] } {
  const problems: ImportError[] = []
  const { options } = readIni('f', text, problems)
  return {
    values: options.map(({ section, name, item, value }) => `${section}|${name}|${item ?? ''}|${value}`),
    problems: problems.map(({ place, message }) => `${place.line} ${message}`),
  }
}

test('values stand behind the first : or =, names count in any case', () => {
  const { values, problems } = read('\ufeff[a]\r\nX = 1\r\ny:a=b\r\nl.One : v\r\n')

  assert.deepEqual(values, ['a|x||1', 'a|y||a=b', 'a|l|one|v'])
  assert.deepEqual(problems, [])
})

test('a value goes on in deeper lines, across comments and empty lines', () => {
  const { values } = read('[a]\nx: 1\n  2\n# no part of it\n\n  3\n\n\ny: 4\n; nor this\n')

  assert.deepEqual(values, ['a|x||1\n2\n\n3', 'a|y||4'])
})

test('what is no INI, or stands there twice, is a problem with its line', () => {
  const { problems } = read('x: 1\n[a]\nx: 1\nX: 2\nword\n[a]\n: 3\n')

  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    ['1', '4', '5', '6', '7'],
  )
})

test('a place within a value is found in its own line', () => {
  const [option] = readIni('f', '[a]\nx:  one\n      two\n', []).options

  assert.deepEqual(option && placeIn(option, 1), { file: 'f', line: 2, column: 6 })
  assert.deepEqual(option && placeIn(option, 5), { file: 'f', line: 3, column: 8 })
})

test('drop-ins are read in order of their names: plain options are replaced, lists grow and can be emptied', (t) => {
  const one = new Import(t, {
    'f.conf': '[a]\nx: 1\nl.1: a\nl.2: b\n',
    'f.conf.d/20-more.conf': '[a]\nl.1: e\n',
    'f.conf.d/10-first.conf': '[a]\nx: 50%%\nl.9: c\nl.-: -\nl.1: d\n',
    'f.conf.d/README': 'no configuration',
    'f.conf.d/1-short.conf': '[a]\nx: 3\n',
  })
  const problems: ImportError[] = []

  const settings = readSettings(join(one.dir, 'f.conf'), KNOWN, problems)

  assert.deepEqual(problems, [])
  assert.equal(settings?.plain('a', 'x')?.value, '50%')
  assert.deepEqual(
    settings?.list('a', 'l').map(({ value }) => value),
    ['d', 'e'],
  )
  assert.equal(settings?.files.length, 3)
})

test('a list without a dot, a single per cent sign and bytes that are no UTF-8 are problems; unknown names are kept', (t) => {
  const one = new Import(t, { 'f.conf': '[a]\nl: 1\nx: 5%\nz: 1\n[b]\nx: 1\n' })
  const problems: ImportError[] = []

  const settings = readSettings(join(one.dir, 'f.conf'), KNOWN, problems)

  assert.deepEqual(
    problems.map(({ place }) => place.line),
    [2, 3],
  )
  assert.deepEqual(
    settings?.unknown.map(({ what, line }) => `${line} ${what}`),
    ['5 section [b] (did you mean a?)', '4 [a] z (did you mean x?)', '6 [b] x'],
  )
})
