import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, describeError } from '../../src/telemetry/index.ts'

function logged(fields: object): string {
  const lines: string[] = []
  createLogger({ level: 'info' }, { write: (line) => lines.push(line) }).info(fields, 'message')
  return lines.join('')
}

test('a name of a stranger neither breaks the line nor turns the terminal, and is read back as it was', () => {
  const name = 'a\u009b31m\u202egpj.\u2028{"level":"info"}\u0085\u{e0041}\ud800.exe'

  const line = logged({ name })

  assert.match(line, /^[^\p{Cc}\p{Zl}\p{Zp}\u202e\u{e0041}]*\n$/u)
  assert.equal(JSON.parse(line).name, name)
})

test('ordinary text of any language stays readable', () => {
  assert.ok(logged({ name: 'Rechnung für März – 発注書.pdf' }).includes('Rechnung für März – 発注書.pdf'))
})

test('the causes of an error stand in one line, outermost first', () => {
  const error = new Error('outer', { cause: new Error('middle', { cause: 'inner' }) })

  assert.equal(describeError(error), 'outer: middle: inner')
})
