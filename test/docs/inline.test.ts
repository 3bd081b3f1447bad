/** Commands within sentences and tables, and the pages that tell everything of a kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoryDraft } from '../../src/store/index.ts'
import { World } from '../cli/world.ts'
import { digest } from '../store/build.ts'
import { pages, read } from './pages.ts'

/** Commands that refuse to run without some option. */
const DEMANDING = /^(?:peekaboo )?(override add|rule disable|brake on|quarantine delete|store purge) ([^`]*)$/
/** The name of such a command with its first argument, where a sentence is about it. */
const NAMED_ONLY = /^peekaboo override add (?:allow|deny)$/

test('a command within a sentence of the pages runs as it is printed', async (t) => {
  const spans = pages().flatMap((page) =>
    [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => ({ page, span: span.replaceAll('\\|', '|') })),
  )
  const shown = spans.filter(({ span }) => DEMANDING.test(span) && !NAMED_ONLY.test(span))
  const refused: string[] = []
  for (const { page, span } of shown) {
    const world = new World(t)
    world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nstore: { url: "memory:" }\n`)
    const [, command = '', rest = ''] = DEMANDING.exec(span) ?? []
    const argv = rest
      .replaceAll('allow|deny', 'deny')
      .replaceAll(/[[\]]/g, '')
      .replaceAll('SHA256', digest(1))
      .split(' ')
    // A store in memory cannot be used from outside, so that a command that was understood ends with 1.
    if ((await world.command(command, ...argv)) !== 1) refused.push(`${page}: ${span}: ${world.stderr}`)
  }

  assert.ok(shown.length >= 7, `${shown.length} found`)
  assert.deepEqual(refused, [])
})

test('README.md names every command', async (t) => {
  const world = new World(t)
  await world.run('--help')
  const [, listed = ''] = world.stdout.split(/^COMMANDS$|^EXAMPLES$/m)
  const commands = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name = '']) => name)
  const [, table = ''] = read('README.md').split(/^## The command$/m)
  const known = new Set([...(table.split(/^## /m)[0] ?? '').matchAll(/`([a-z]+)/g)].map(([, name]) => name))

  assert.ok(commands.includes('quarantine') && commands.includes('serve'), commands.join(' '))
  assert.deepEqual(
    commands.filter((name) => name !== 'help' && !known.has(name)),
    [],
  )
})

/** What the page on privacy calls each field of a story (a new one is a type error here); empty where it tells nothing of people. */
const CALLED: Readonly<Record<keyof StoryDraft, string>> = {
  ref: '',
  key: '',
  queueId: '',
  listener: '',
  profile: '',
  mode: '',
  clientAddress: 'client',
  helo: 'HELO',
  sender: 'sender',
  recipients: 'recipients',
  subject: 'subject and',
  messageId: 'Message-ID',
  size: '',
  rulesetVersion: '',
  samples: 'attachment names and digests',
  outcome: 'verdicts',
  answer: '',
  membersLeftOut: '',
  switched: '',
}

test('the page on privacy names every field of a story that tells something of people', () => {
  const row = /^\| stories: .*$/m.exec(read('docs/privacy.md'))?.[0] ?? ''

  for (const word of Object.values(CALLED)) assert.ok(row.includes(word), `${word} is not in: ${row}`)
})
