/** The pages for operators, and the commands in them. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Command {
  readonly page: string
  readonly line: string
}

/** README.md and docs/*.md. */
export function pages(): readonly string[] {
  const docs = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'))
  return ['README.md', ...docs.sort().map((name) => `docs/${name}`)]
}

/** What stands in a file of the tree. */
export function read(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8')
}

/** Each command line of a page: what stands in a block for a shell, and what begins with our own command in any other. */
export function commandsOf(page: string): readonly Command[] {
  return blocksOf(page).flatMap(({ language, text }) => {
    const lines = text.split('\n').map((line) => line.trim().replace(/\s+#\s.*$/, ''))
    const isShell = ['sh', 'console', 'bash'].includes(language)
    const commands = lines.filter((line) => (isShell ? line !== '' && !line.startsWith('#') : /^peekaboo\s/.test(line)))
    return commands.map((line) => ({ page, line }))
  })
}

/** The shell blocks of a page as they stand there. */
export function shellBlocks(page: string): readonly string[] {
  return blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => text)
}

function blocksOf(page: string): readonly { readonly language: string; readonly text: string }[] {
  const blocks = read(page).matchAll(/^ *```([a-z]*)\n([\s\S]*?)^ *```/gm)
  return [...blocks].map(([, language = '', text = '']) => ({ language, text }))
}
