/** What the tests ask of decodings. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { decodings } from '../../../src/mail/decode/decodings.ts'

/** Every outcome, one character a byte. */
export function outcomes(raw: string, encoding: string): readonly string[] {
  return decodings(Buffer.from(raw, 'latin1'), encoding).map(({ bytes }) => bytes.toString('latin1'))
}

/** Asserts that the text is among the outcomes. */
export function assertOutcome(raw: string, encoding: string, expected: string): void {
  const all = outcomes(raw, encoding)
  assert.ok(all.includes(expected), `${JSON.stringify(expected)} is not one of ${JSON.stringify(all)}`)
}

/** What python3 prints when it runs the code with the bytes as `data`. */
export function python(code: string, data: Buffer): Buffer {
  const { stdout, stderr, status } = spawnSync(
    'python3',
    ['-c', `import sys\ndata = sys.stdin.buffer.read()\n${code}`],
    {
      input: data,
    },
  )
  assert.equal(status, 0, String(stderr))
  return stdout
}
