/** Encoders of Debian that are not ours, and what the tests ask of the files found. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Embedded, embeddedIn, mayEmbed } from '../../../src/mail/embedded/index.ts'

/** What a program writes when it reads the input; fails the test when the program fails. */
export function run(program: string, args: readonly string[], input: Buffer | string = '', cwd?: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 2 ** 28, cwd })
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? stderr}`)
  return stdout
}

/** Calls with a new folder, which is removed afterwards. */
export function inFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-embedded-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a program writes about a file of that name. */
export function runOnFile(program: string, args: readonly string[], name: string, content: Buffer): Buffer {
  return inFolder((folder) => {
    writeFileSync(join(folder, name), content)
    return run(program, [...args, name], '', folder)
  })
}

/** Bytes without a pattern but always the same, some of them in runs. */
export function bytesOf(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => (i % 97 < 20 ? 0x90 : Math.imul(i, 2654435761) >>> 24)))
}

/** Kind, name and bytes of all files found; that the search beforehand is right is asked too. */
export function filesIn(content: Buffer | string, type = 'text/plain', name = ''): readonly Embedded[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  const found = embeddedIn(bytes, { type, name })
  assert.ok(found.length === 0 || mayEmbed(bytes, { type, name }))
  return found
}

/** The only file in the content; fails the test where there is none or another. */
export function onlyFile(content: Buffer | string, type = 'text/plain', name = ''): Embedded {
  const found = filesIn(content, type, name)
  const [file] = found
  assert.ok(file !== undefined && found.length === 1, `${found.length} files: ${found.map((each) => each.kind).join()}`)
  return file
}
