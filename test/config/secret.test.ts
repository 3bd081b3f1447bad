import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import { formatProblem, readSecret } from '../../src/config/index.ts'
import { parseYaml } from '../../src/config/parse.ts'
import { resolveSecrets } from '../../src/config/resolve-secrets.ts'
import { showConfig } from '../../src/config/show.ts'
import { plainValue } from '../../src/config/tree.ts'
import { Secret, secret } from '../../src/core/index.ts'

const WORD = 'open sesame'

test('a secret in a file is read without its last line end, from a path that starts at the configuration', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-secret-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'token'), `${WORD}\n`)
  const parsed = secret('a token').parse({ file: 'token' })

  assert.equal(readSecret(parsed, {}, folder), '')

  assert.equal(parsed.reveal(), WORD)
})

test('a secret in the environment is read from there', () => {
  const parsed = secret('a token').parse({ env: 'TOKEN' })

  assert.equal(readSecret(parsed, { TOKEN: WORD }, '/'), '')

  assert.equal(parsed.reveal(), WORD)
})

test('a secret that is printed, logged or serialised does not show itself', () => {
  const parsed = secret('a token').parse({ env: 'TOKEN' })
  readSecret(parsed, { TOKEN: WORD }, '/')

  const shown = [String(parsed), `${parsed}`, JSON.stringify({ parsed }), inspect(parsed), inspect({ a: [parsed] })]

  for (const text of shown) assert.doesNotMatch(text, /sesame/)
  assert.equal(JSON.stringify(parsed), '{"env":"TOKEN"}')
})

test('a secret that stands in the configuration itself is refused with what to write', () => {
  const result = z.strictObject({ token: secret('a token') }).safeParse({ token: WORD })

  assert.equal(result.success, false)
  assert.match(result.error?.issues[0]?.message ?? '', /write \{ file: \/PATH \} or \{ env: NAME \}/)
})

test('a secret that is not there is said to be missing, by file or by name', () => {
  assert.match(readSecret(new Secret({ env: 'TOKEN' }), {}, '/'), /environment has no TOKEN/)
  assert.match(readSecret(new Secret({ env: 'TOKEN' }), { TOKEN: '' }, '/'), /environment has no TOKEN/)
  assert.match(
    readSecret(new Secret({ file: 'gone' }), {}, '/nonexistent'),
    /\/nonexistent\/gone cannot be read \(ENOENT\)/,
  )
  assert.match(readSecret(new Secret({ file: '/dev/null' }), {}, '/'), /is empty/)
})

test('a secret that was never read throws instead of being empty', () => {
  assert.throws(() => new Secret({ env: 'TOKEN' }).reveal(), /was not read/)
})

test('every secret of a configuration is read, and one that is missing is refused where it is named', () => {
  const text = 'box:\n  - token: { env: HERE }\n  - token: { env: GONE }\n'
  const { tree } = parseYaml(text, '/etc/peekaboo/peekaboo.yaml')
  const options = z.strictObject({ box: z.array(z.strictObject({ token: secret('a token') })) })
  const value = options.parse(plainValue(tree))

  const problems = resolveSecrets(value, [], tree, { env: { HERE: WORD }, uid: 0, home: '/' })

  assert.equal(value.box[0]?.token.reveal(), WORD)
  assert.deepEqual(problems.map(formatProblem), [
    '/etc/peekaboo/peekaboo.yaml:3:12: box[1].token: the environment has no GONE; put the secret there, or name where it lies',
  ])
})

test('what is shown of a secret is where it lies, never the secret', () => {
  const { tree } = parseYaml('analyzers: { box: { token: { env: TOKEN } } }\n', 'peekaboo.yaml')

  const shown = showConfig(tree, '/var/lib/peekaboo')

  assert.match(shown, /token:\s+env: TOKEN # peekaboo\.yaml:1:/)
})
