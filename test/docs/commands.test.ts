import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { commandsOf, pages, read } from './pages.ts'
import { OWN, RUNNERS } from './runners.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const commands = pages().flatMap(commandsOf)
/** `peekaboo …`, however a page starts it. */
const OURS = /^(?:npm run -s peekaboo --|\/opt\/peekaboo-milter\/current\/bin\/peekaboo|peekaboo)\s+(.*)$/

test('every command in the pages is run by some test', () => {
  const strays = commands.filter(({ line }) => {
    const own = OURS.exec(line)?.[1]?.split(' ')[0]
    return own === undefined ? !RUNNERS.some(({ command }) => command.test(line)) : OWN[own] === undefined
  })

  assert.ok(commands.length > 40, `only ${commands.length} commands found`)
  assert.deepEqual(strays, [], 'name in test/docs/runners.ts the test that runs it')
})

test('the tests that are said to run them do', () => {
  for (const { file, by } of RUNNERS) assert.ok(read(file).includes(by), `${file} does not name ${by}`)
  for (const [part, file] of Object.entries(OWN))
    assert.match(read(file), new RegExp(`['\`"\\[]${part}\\b`), `${file}: ${part}`)
})

test('every option of our own command that the pages show exists', () => {
  const wrong: string[] = []
  const help = new Map<string, string>()
  for (const { page, line } of commands) {
    const words = OURS.exec(line)?.[1]?.split(/\s+/) ?? []
    const options = words.filter((word) => word.startsWith('--')).map((word) => word.replace(/[\]=].*$/, ''))
    const parts = words.slice(0, 2).filter((word) => /^[a-z][a-z-]+$/.test(word))
    if (parts.length === 0) continue
    const key = parts.join(' ')
    if (!help.has(key)) help.set(key, helpOf(parts))
    const missing = options.filter((option) => !help.get(key)?.includes(option))
    if (missing.length > 0) wrong.push(`${page}: ${line}: ${missing.join(', ')}`)
  }

  assert.deepEqual(wrong, [])
})

function helpOf(parts: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...parts, '--help'], { encoding: 'utf8' })
  assert.equal(status, 0, `${parts.join(' ')}: ${stderr}`)
  return stdout
}
