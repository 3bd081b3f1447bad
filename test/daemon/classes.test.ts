/** Each class of attachment that the predecessor's default rules let pass or analysed: what Postfix says now, and what `scan` explains. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ROWS, type Row } from '../cli/import/classes.ts'
import { assertGenerated, table } from '../generated.ts'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { type SmtpReply, sendMail } from '../postfix/smtp-client.ts'
import { type Filter, type LogLine, startFilter } from './filter.ts'
import { diskImage } from './shipped-mails.ts'

const SESSIONS = 6
/** A sandbox that finds next to nothing in anything, and none at all. */
const SANDBOX = {
  scheduler: { poll: '250ms' },
  roles: { sandbox: 'box' },
  analyzers: { box: { type: 'dummy', answer: { score: 3 } } },
}

/** One sample as `scan --json --explain` tells it. */
interface Scanned {
  readonly file: string
  readonly samples: readonly {
    readonly verdict: string
    readonly outcome: { readonly rule?: string }
    readonly rules: readonly { readonly rule: string; readonly decided: boolean; readonly looked: readonly unknown[] }[]
  }[]
}

interface Answered {
  readonly reply: SmtpReply
  readonly line: LogLine
}

let filter: Filter
let postfix: PostfixInstance
let disc: Buffer
const dir = mkdtempSync(join(tmpdir(), 'peekaboo-classes-'))
const told = new Map<Row, Answered>()

before(async () => {
  disc = await diskImage()
  filter = await startFilter({ listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }], config: SANDBOX })
  postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port() })
  const open = [...ROWS]
  await Promise.all(Array.from({ length: SESSIONS }, () => sendAll(open)))
})
after(async () => {
  await Promise.all([postfix?.stop(), filter?.stop()])
  rmSync(dir, { recursive: true, force: true })
})

/** A message is sent as it is, a disc whole: nobody packs a mail into base64, and a damaged disc is told as such. */
function messageOf({ what, name = '', declared = '', disposition, bytes = '' }: Row): Buffer {
  const content = what === 'disk image' ? disc : Buffer.from(bytes)
  const encoding = declared === 'message/rfc822' ? '7bit' : 'base64'
  const how = disposition === 'inline' ? 'inline' : 'attachment'
  const type = declared === '' ? {} : { type: declared }
  return mail({ subject: what, attachments: [{ name, content, encoding, disposition: how, ...type }] })
}

async function sendAll(open: Row[]): Promise<void> {
  for (let next = open.shift(); next; next = open.shift()) {
    const from = `class${ROWS.indexOf(next)}@src.test`
    const message = messageOf(next)
    const reply = await sendMail(postfix.port, { from, to: 'b@dst.test', message, deadlineMs: 90_000 })
    told.set(next, { reply, line: await filter.message(({ sender }) => sender === from) })
  }
}

function answered(row: Row): Answered {
  return told.get(row) ?? assert.fail(row.what)
}

test('what Postfix says of each class stands in the docs, and nothing that acts is delivered unmarked', () => {
  const rows = ROWS.map((row) => {
    const { reply, line } = answered(row)
    const answer =
      reply.code === 250 ? (line.disposition === 'tag' ? '250, marked' : '250') : `${reply.code} ${reply.enhanced}`
    return [row.what, row.name ?? '', row.declared || 'nothing', answer, String(line.verdict), String(line.rule ?? '')]
  })

  assertGenerated(
    'docs/rules.md',
    'classes',
    table(['attachment', 'name', 'declared type', 'answer', 'verdict', 'rule'], rows),
  )
  // Text, a mail, signatures and pictures by their content; documents without macros.
  const unmarked = rows.filter(([, , , answer]) => answer === '250').map(([what]) => what)
  assert.deepEqual(
    unmarked.filter((what) => /script|shell|shortcut|EXE|HTML|batch|JAR|add-in|OneNote|disk/i.test(what ?? '')),
    [],
  )
})

test('scan explains each class by the rule that Postfix was told', async () => {
  const files = ROWS.map((row, i) => {
    const path = join(dir, `${i}.eml`)
    writeFileSync(path, messageOf(row))
    return path
  })

  const scanned = await scan(files)

  for (const [i, row] of ROWS.entries()) {
    const { line } = answered(row)
    const found = scanned.find(({ file }) => file === files[i]) ?? assert.fail(row.what)
    const [sample] = found.samples.filter(({ outcome }) => outcome.rule === line.rule)
    if (line.rule === undefined) continue
    const decided = sample?.rules.filter((one) => one.decided) ?? []
    assert.deepEqual(
      decided.map(({ rule }) => rule),
      [line.rule],
      row.what,
    )
    assert.ok(line.rule === 'final-unknown' || (decided[0]?.looked.length ?? 0) > 0, row.what)
  }
})

/** `peekaboo scan --json --explain` with the same analyzers; its exit code is that of the gravest. */
function scan(files: readonly string[]): Promise<readonly Scanned[]> {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const config = join(dir, 'peekaboo.yaml')
  writeFileSync(config, JSON.stringify({ ...SANDBOX, dataDir: join(dir, 'data') }))
  const args = [main, 'scan', '--config', config, '--json', '--explain', ...files]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line !== '')
      if (lines.length < files.length) reject(new Error(`${error?.message}\n${stderr}`))
      else resolve(lines.map((line) => JSON.parse(line)))
    })
  })
}
