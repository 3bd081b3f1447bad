/** A reload by SIGHUP, of the filter as a process of its own. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { mail } from '../postfix/mail.ts'
import { type Filter, startFilter } from './filter.ts'
import { deliver, newSender, said } from './mta.ts'

const dir = mkdtempSync(join(tmpdir(), 'peekaboo-reload-'))
const rules = join(dir, 'site.yaml')
let filter: Filter

before(async () => {
  write('notes.txt')
  writeFileSync(join(dir, 'names.list'), 'minutes.txt\n')
  filter = await startFilter({ config: { rules: { dirs: [rules] }, profiles: { mx: { bad: 'reject' } } } })
})
after(async () => {
  await filter.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** One rule of the site: files of that name, and those of a list, are refused. */
function write(name: string, more = ''): void {
  const when = `sample.name == '${name}' || sample.name in lists.names`
  writeFileSync(
    rules,
    `lists:\n  names: { strings: { file: names.list } }\nrules:\n  - id: by-name\n    when: "${when}"\n    verdict: bad\n    reason: unwanted\n    tests: [{ facts: { sample: { name: ${name} } }, expect: bad }]\n${more}`,
  )
}

/** Sends an attachment of that name; the answer, and the rules by which the log says it was judged. */
async function send(name: string): Promise<readonly [reply: string, rules: unknown]> {
  const sender = newSender()
  const message = mail({ attachments: [{ name, type: 'text/plain', content: 'agenda' }] })
  const reply = said(await deliver(filter.port(), message, sender))
  const line = await filter.message((one) => one.sender === sender)
  return [reply, line.rules]
}

/** Asks for a reload; the line that tells how it went. */
async function reload(): Promise<Readonly<Record<string, unknown>>> {
  const seen = new Set(filter.lines)
  filter.kill('SIGHUP')
  return filter.waitFor((line) => !seen.has(line) && /^(?:rules reloaded|reload failed)/.test(line.msg ?? ''))
}

/** What health checks are told of the rules. */
async function told(): Promise<unknown> {
  const response = await fetch(`http://${filter.http}/readyz`)
  return ((await response.json()) as { readonly rules: unknown }).rules
}

test('SIGHUP puts changed rules and lists in force, and what is broken changes nothing but the log', async () => {
  const first = await send('notes.txt')
  const other = await send('agenda.txt')
  write('agenda.txt')
  const reloaded = await reload()
  const changed = await send('agenda.txt')
  const freed = await send('notes.txt')

  assert.deepEqual([first[0], other[0], changed[0], freed[0]], ['550 5.7.1', 'accept', '550 5.7.1', 'accept'])
  assert.deepEqual([reloaded.before, reloaded.rules], [first[1], changed[1]])
  assert.notEqual(first[1], changed[1])
  assert.equal(freed[1], changed[1])

  write('notes.txt', '  - id: broken\n    when: sample.nam == 1\n    verdict: bad\n    reason: x\n')
  const failed = await reload()
  const still = await send('agenda.txt')
  const note = await told()

  assert.equal(failed.msg, 'reload failed: the rules in force stay')
  assert.match(String((failed.problems as string[])[0]), new RegExp(`^${rules}:\\d+:\\d+: sample has no field "nam"`))
  assert.deepEqual(still, changed)
  assert.match(String(note), new RegExp(`^${changed[1]} stays in force; .*${rules}:\\d+:\\d+: `))

  writeFileSync(join(dir, 'names.list'), 'minutes.txt\nnotes.txt\n')
  write('agenda.txt')
  await reload()
  const listed = await send('notes.txt')

  assert.equal(listed[0], '550 5.7.1')
  assert.equal(await told(), 'ok')
})
