import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import { Secret, secret } from '../../src/config/index.ts'

const WORD = 'open sesame'

test('a secret in a file is read without its last line end, from a path that starts at the configuration', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-secret-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'token'), `${WORD}\n`)
  const parsed = secret('a token').parse({ file: 'token' })

  assert.equal(parsed.resolve({}, folder), '')

  assert.equal(parsed.reveal(), WORD)
})

test('a secret in the environment is read from there', () => {
  const parsed = secret('a token').parse({ env: 'TOKEN' })

  assert.equal(parsed.resolve({ TOKEN: WORD }, '/'), '')

  assert.equal(parsed.reveal(), WORD)
})

test('a secret that is printed, logged or serialised does not show itself', () => {
  const parsed = secret('a token').parse({ env: 'TOKEN' })
  parsed.resolve({ TOKEN: WORD }, '/')

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
  assert.match(new Secret({ env: 'TOKEN' }).resolve({}, '/'), /environment has no TOKEN/)
  assert.match(new Secret({ env: 'TOKEN' }).resolve({ TOKEN: '' }, '/'), /environment has no TOKEN/)
  assert.match(
    new Secret({ file: 'gone' }).resolve({}, '/nonexistent'),
    /\/nonexistent\/gone cannot be read \(ENOENT\)/,
  )
  assert.match(new Secret({ file: '/dev/null' }).resolve({}, '/'), /is empty/)
})

test('a secret that was never read throws instead of being empty', () => {
  assert.throws(() => new Secret({ env: 'TOKEN' }).reveal(), /was not read/)
})
