/** The whole way of containers to a sandbox: the filter with its inspector and its store, and a CAPE that opens what it can. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { inWorkshop } from '../archive/tools.ts'
import { type Filter, startFilter } from '../daemon/filter.ts'
import { deliver, newSender, said } from '../daemon/mta.ts'
import { FakeCape } from '../fakes/cape.ts'
import { startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'

const PASSWORD = 'Sommer-2026'
const SAID = `Das Passwort lautet: ${PASSWORD}`
/** Files that nobody knows: either may do anything. */
const PARTS = { 'a.bin': Buffer.from([1, 2, 3, 250]), 'b.bin': Buffer.from([4, 5, 6, 251]) }

/** A zip file, encrypted where there is a password. */
function zipOf(files: Readonly<Record<string, Buffer>>, password = ''): Promise<Buffer> {
  return inWorkshop(({ put, run, read }) => {
    for (const [name, content] of Object.entries(files)) put(name, content)
    run('zip', '-q', ...(password === '' ? [] : ['-P', password]), 'out.zip', ...Object.keys(files))
    return read('out.zip')
  })
}

/** A CAPE that opens a container with the password, and finds malware in it; without it nothing is seen. */
class OpeningCape extends FakeCape {
  override demux = (content: string) => (this.options === `password=${PASSWORD}` ? ['the malware within'] : [content])

  get options(): string | undefined {
    return this.fields.get('options')?.toString()
  }
}

/** One that is told passwords, one that is not, and one that may be handed nothing. */
const capes = { sandbox: new OpeningCape(), strict: new OpeningCape(), third: new OpeningCape() }
let dataDir = ''
let filter: Filter
let postfix: Awaited<ReturnType<typeof startPostfix>>
/** Ends what was begun, the last first, also where not all of it could be. */
const ends: (() => Promise<unknown>)[] = []

before(async () => {
  for (const { service } of Object.values(capes)) {
    ends.push(() => service.stop())
    await service.begin()
  }
  dataDir = await mkdtemp(join(tmpdir(), 'peekaboo-view-'))
  ends.push(() => rm(dataDir, { recursive: true, force: true }))
  const sink = await startSink()
  ends.push(() => sink.stop())
  filter = await start()
  ends.push(() => filter.stop())
  postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  ends.push(() => postfix.stop())
})
after(async () => {
  for (const end of ends.reverse()) await end()
})
beforeEach(() => {
  for (const cape of Object.values(capes)) {
    cape.reset()
    cape.fields = new Map()
    cape.service.requests.length = 0
  }
})

function start(): Promise<Filter> {
  const box = (cape: FakeCape, more: object) => ({ type: 'cape', url: cape.url, poll: '50ms', ...more })
  const { sandbox, strict, third } = capes
  return startFilter({
    dataDir,
    config: {
      analyzers: {
        told: box(sandbox, { sharePasswords: true }),
        mute: box(strict, {}),
        abroad: box(third, { upload: false }),
      },
      roles: { sandbox: 'told', strict: 'mute', third: 'abroad' },
      rules: { dirs: [new URL('./view-rules', import.meta.url).pathname] },
      scheduler: { poll: '50ms' },
    },
  })
}

/** Sends it without Postfix: the answer, and the line that the log has for it. */
async function send(name: string, content: Buffer, text: string) {
  const sender = newSender()
  const reply = said(await deliver(filter.port(), message(name, content, text), sender))
  return { reply, line: await filter.message((line) => line.sender === sender) }
}

function message(name: string, content: Buffer, text: string): Buffer {
  return mail({ subject: 'invoice', text, attachments: [{ name, content }] })
}

/** What a folder holds, in all its files. */
function everything(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n')
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

test('a locked zip file is refused through Postfix because CAPE was told the password of the mail; it stands nowhere else', async () => {
  const zip = await zipOf(PARTS, PASSWORD)
  const letter = message('sandbox.zip', zip, SAID)

  const reply = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message: letter })
  const line = await filter.message(({ sender }) => sender === 'a@src.test')

  assert.equal(`${reply.code} ${reply.enhanced}`, '550 5.7.1')
  assert.equal(line.rule, 'test-sandbox-bad')
  assert.equal(capes.sandbox.fields.get('filename')?.toString(), `${digest(zip)}.zip`)
  assert.ok(!JSON.stringify(filter.lines).includes(PASSWORD) && !filter.stderr.includes(PASSWORD), 'in the log')
  const kept = everything(dataDir)
  assert.ok(kept.includes('test-sandbox-bad') && !kept.includes(PASSWORD), 'on the disk')
})

test('a CAPE that is told no password is not believed that a locked zip file is harmless', async () => {
  const { reply, line } = await send('strict.zip', await zipOf(PARTS, PASSWORD), SAID)

  assert.equal(reply, 'accept')
  assert.deepEqual([line.verdict, line.disposition], ['unanalysed(password)', 'tag'])
  assert.equal(capes.strict.tasks.size, 1)
  assert.ok(![...capes.strict.fields.values()].some((value) => value.includes(PASSWORD)))
})

test('of a zip file with one file that can do anything CAPE gets that file, once, also where it is locked', async () => {
  const program = Buffer.from([1, 2, 3, 250, ...Buffer.from('malware'), 250, 3, 2, 1])
  const note = Buffer.from('Open the other file, please.\n')
  const plain = await zipOf({ 'x.bin': program, 'read.txt': note })
  const locked = await zipOf({ 'y.bin': program, 'me.txt': note }, PASSWORD)

  const first = await send('sandbox-a.zip', locked, SAID)
  const second = await send('sandbox-b.zip', plain, 'hello')

  const { tasks, fields } = capes.sandbox
  assert.deepEqual([first.reply, second.reply], ['550 5.7.1', '550 5.7.1'])
  assert.equal(tasks.size, 1)
  assert.deepEqual(fields.get('file'), program)
  assert.equal(fields.get('filename')?.toString(), digest(program))
  assert.equal(fields.get('options'), undefined)
})

test('a CAPE that may be handed nothing is asked by digest, and what it does not know is delivered with a mark', async () => {
  const [known, unknown] = [await zipOf(PARTS), await zipOf({ ...PARTS, 'c.bin': Buffer.from([7, 252]) })]
  Object.assign(capes.third.add(known.toString('latin1'), 'theirs').report, { malscore: 9 })

  const first = await send('third-a.zip', known, 'hello')
  const second = await send('third-b.zip', unknown, 'hello')

  assert.equal(first.reply, '550 5.7.1')
  assert.equal(second.reply, 'accept')
  assert.deepEqual([second.line.verdict, second.line.disposition], ['unanalysed(upload)', 'tag'])
  assert.ok(capes.third.service.requests.every(({ method }) => method === 'GET'))
})

test('the next mail with it, and the filter after a restart, know the report by the password and ask CAPE no more', async () => {
  const zip = await zipOf({ ...PARTS, 'd.bin': Buffer.from([8, 253]) }, PASSWORD)

  const before = await send('sandbox.zip', zip, SAID)
  await filter.stop()
  filter = await start()
  const again = await send('sandbox.zip', zip, SAID)
  const other = await send('sandbox-2.zip', zip, `Kennwort: ${PASSWORD} viele Grüße`)

  assert.deepEqual([before.reply, again.reply, other.reply], ['550 5.7.1', '550 5.7.1', '550 5.7.1'])
  assert.equal(capes.sandbox.tasks.size, 1)
})
