/** Lists and texts that lie in files of their own. */
import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfig, loadConfigWithPlaces } from '../../src/config/index.ts'
import { createPolicy, PolicyError } from '../../src/policy/index.ts'
import { brief, refusals, SURROUNDINGS, written } from './written.ts'

const PILOT = 'overrides:\n  - recipients: { file: lists/pilot.list }\n    bad: tag\n'

function loadPolicy(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>) {
  const file = written(t, files)
  const loaded = loadConfigWithPlaces({ file, surroundings: SURROUNDINGS })
  try {
    return createPolicy(loaded.config)
  } catch (error) {
    assert.ok(error instanceof PolicyError)
    return loaded
      .refuse(error.problems)
      .message.split('\n')
      .map((line) => line.replaceAll(`${dirname(file)}/`, ''))
  }
}

test('a list is read from its file beside the one that names it, without comments, blank lines and returns', (t) => {
  const file = written(t, { 'peekaboo.yaml': PILOT, 'lists/pilot.list': '# pilot\r\na@x.test\r\n\r\n  b@x.test  \n' })

  const [override] = loadConfig({ file, surroundings: SURROUNDINGS }).overrides

  assert.deepEqual(
    override?.recipients?.entries.map(({ text, line }) => [text, line]),
    [
      ['a@x.test', 2],
      ['b@x.test', 4],
    ],
  )
  assert.equal(override?.recipients?.file, join(dirname(file), 'lists/pilot.list'))
})

test('a wrong entry is refused with the file and line of the list', (t) => {
  assert.deepEqual(loadPolicy(t, { 'peekaboo.yaml': PILOT, 'lists/pilot.list': 'a@x.test\nb at x.test\n' }), [
    'lists/pilot.list:2:1: overrides[0].recipients: "b at x.test" is not an address; write user@example.org, user@ (in any domain), @example.org, @.example.org (its subdomains)',
  ])
})

test('a list that cannot be read is refused where it is named', (t) => {
  const missing = refusals({ file: written(t, { 'peekaboo.yaml': PILOT }) })
  const binary = refusals({
    file: written(t, { 'peekaboo.yaml': PILOT, 'lists/pilot.list': Buffer.from([0xff, 0xfe]) }),
  })

  assert.match(brief(missing)[0] ?? '', /^2:17 overrides\.0\.recipients: .*pilot\.list cannot be read \(ENOENT\)/)
  assert.match(brief(binary)[0] ?? '', /cannot be read \(it is not UTF-8\)/)
})

test('texts of further languages lie in messages.d beside the configuration', (t) => {
  const policy = loadPolicy(t, {
    'peekaboo.yaml': 'language: fr\n',
    'messages.d/fr.yaml': 'later: "Plus tard (réf. {ref})"\n',
    'messages.d/.fr.yaml.swp': 'x',
  })

  assert.ok(!Array.isArray(policy) && 'answers' in policy)
  assert.equal(policy.answers.texts.later, 'Plus tard (réf. {ref})')
})

test('a wrong text is refused with file, line and column, also in a language that is not used', (t) => {
  assert.deepEqual(
    loadPolicy(t, { 'peekaboo.yaml': '', 'messages.d/fr.yaml': '# French\nlater: Plus tard\ncontact: "{ref}"\n' }),
    [
      'messages.d/fr.yaml:2:8: later: {ref} is missing; say it: Message could not be checked yet; please try again later (ref {ref})',
      'messages.d/fr.yaml:3:10: contact: {ref} is no word of this text; no word in braces is known here',
    ],
  )
})

test('what is no catalogue is refused: a wrong name, no map, a list, no YAML', (t) => {
  const told = (name: string, text: string) => {
    const file = written(t, { 'peekaboo.yaml': '', [`messages.d/${name}`]: text })
    return brief(refusals({ file })).map((line) => line.replace(/;.*/, ''))
  }

  assert.deepEqual(told('french.yaml', ''), ['0:0 : is not named after a language'])
  assert.deepEqual(told('fr.yml', ''), ['0:0 : is not named after a language'])
  assert.deepEqual(told('fr.yaml', '- a\n'), ['1:1 : is not a map'])
  assert.deepEqual(told('fr.yaml', 'later: [a]\n'), ['1:8 later: is not a text'])
  assert.deepEqual(told('fr.yaml', 'later: x\nlater: y\n'), ['2:1 later: was written already at line 1'])
})
