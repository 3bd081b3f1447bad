import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { read } from './pages.ts'

/** Where texts of the program stand: sources, catalogues of messages, and what the role says. */
const FOLDERS = ['src', 'ansible/roles']
/** Texts of Postfix, in its own programs. */
const POSTFIX = [
  '/usr/lib/postfix/sbin/smtpd',
  '/usr/lib/postfix/libpostfix-milter.so',
  '/usr/lib/postfix/sbin/cleanup',
]

function ours(): string {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${root}${folder}/${name}`),
  )
  return files
    .filter((name) => /\.(ts|mjs|ya?ml)$/.test(name))
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n')
}

test('what the page on troubles says that one sees is what the program, or Postfix, says', () => {
  const rows = read('docs/troubleshooting.md').match(/^\| .*`.*$/gm) ?? []
  const program = ours()
  const postfix = POSTFIX.map((file) => tryRead(file)).join('')

  const unknown = rows.flatMap((row) => {
    const [seen = ''] = row.slice(2).split(' | ')
    const source = seen.startsWith('Postfix:') ? postfix : program
    const texts = [...seen.matchAll(/`([^`]+)`/g)].flatMap(([, text = '']) => text.split('…'))
    return texts
      .map((text) => text.replace(/[():,\s]+$/, '').trim())
      .filter((text) => text.length > 2 && !source.includes(text))
  })

  assert.ok(rows.length > 20, `${rows.length} rows`)
  assert.deepEqual(unknown, [])
})

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
