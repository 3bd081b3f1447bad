/** What lies in containers decides about mail, through a real Postfix. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { inDocx, inLocked7z, inLockedZip, inMsg, inTarGz, inZip } from '../archive/hide.ts'
import { startPostfix } from '../postfix/instance.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { type LogLine, startFilter } from './filter.ts'

const PASSWORD = 'Sommer-2026'

type Scene = Awaited<ReturnType<typeof startScene>>
let scene: Scene

before(async () => {
  scene = await startScene()
})
after(() => scene.stop())

/** One filter behind one Postfix for all tests: what each sends is its own. */
async function startScene() {
  const [filter, sink] = await Promise.all([startFilter(), startSink()])
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  const stop = async () => {
    await postfix.stop()
    await Promise.all([filter.stop(), sink.stop()])
  }
  const lines = () => filter.lines.filter(({ msg }) => msg === 'message')
  /** Sends an attachment; the answer, and the line that the log has for it. */
  const send = async (name: string, content: Buffer, text?: string) => {
    const before = lines().length
    const message = mail({ attachments: [{ name, content }], ...(text && { text }) })
    const reply = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message })
    await filter.waitFor(() => lines().length > before)
    return { reply, line: lines()[before] as LogLine }
  }
  return { sink, send, stop }
}

function isOpened({ times }: LogLine): boolean {
  return Object.hasOwn(times as object, 'open')
}

function badPaths({ samples }: LogLine): string[] {
  return (samples as { path: string; verdict: string }[])
    .filter(({ verdict }) => verdict === 'bad')
    .map(({ path }) => path)
}

test('the test file is refused in a zip file, and the second time without opening it', async () => {
  const { send } = scene
  const content = await inZip('eicar.com', eicar())

  const first = await send('invoice.zip', content)
  const second = await send('other.zip', content, 'another text')

  assert.deepEqual([first.reply.code, second.reply.code], [550, 550])
  assert.deepEqual([isOpened(first.line), isOpened(second.line)], [true, false])
  assert.deepEqual(badPaths(second.line), badPaths(first.line))
  assert.match(badPaths(first.line)[0] ?? '', /^2\/\d+$/)
})

test('the test file is refused in a zip file in a document in a tar.gz file, and as often as it comes', async () => {
  const { send } = scene
  const content = await inTarGz('letter.docx', inDocx('inner.zip', await inZip('eicar.com', eicar())))

  const first = await send('letters.tar.gz', content)
  const again = await send('letters.tar.gz', content)

  assert.deepEqual([first.reply.code, again.reply.code], [550, 550])
  assert.deepEqual([isOpened(first.line), isOpened(again.line)], [true, false])
})

test('what is closed is delivered with a header, and refused when the password comes with it', async () => {
  const { send, sink } = scene
  const content = await inLocked7z('mail.msg', inMsg('inner.zip', await inZip('eicar.com', eicar())), PASSWORD)

  const closed = await send('scan.7z', content)
  const open = await send('scan.7z', content, `Das Passwort lautet: ${PASSWORD}`)
  const closedAgain = await send('scan.7z', content)
  const openAgain = await send('scan.7z', content, `Das Passwort lautet: ${PASSWORD}`)

  assert.deepEqual(
    [closed, open, closedAgain, openAgain].map(({ reply }) => reply.code),
    [250, 550, 250, 550],
  )
  assert.deepEqual(
    [closed, open, closedAgain, openAgain].map(({ line }) => isOpened(line)),
    [true, true, true, false],
  )
  assert.equal(closed.line.verdict, 'encrypted(container)')
  assert.equal(open.line.rule, 'eicar-test-file')
  const [delivered] = await sink.waitFor(1)
  assert.match(delivered?.raw.toString('latin1') ?? '', /^X-Peekaboo: verdict=encrypted; id=/m)
})

test('a member of a zip file that no password opens is told as encrypted, and the others are judged', async () => {
  const { send } = scene
  const content = await inLockedZip('notes.txt', Buffer.from('minutes'), PASSWORD)

  const closed = await send('notes.zip', content)
  const open = await send('notes.zip', content, `Password: ${PASSWORD}`)

  assert.deepEqual([closed.line.disposition, closed.line.verdict], ['tag', 'encrypted(container)'])
  assert.deepEqual([open.line.disposition, open.line.verdict], ['accept', 'ignored'])
})

test('a bomb is refused as what cannot be scanned, and opened anew each time', async () => {
  const { send } = scene
  const content = gzipSync(Buffer.alloc(64 * 1024 * 1024))

  const first = await send('big.gz', content)
  const second = await send('big.gz', content)

  assert.deepEqual([first.reply.code, second.reply.code], [550, 550])
  assert.equal(first.line.verdict, 'unscannable(container-ratio)')
  assert.deepEqual([isOpened(first.line), isOpened(second.line)], [true, true])
})

test('mail without containers is not opened at all', async () => {
  const { send } = scene

  const { reply, line } = await send('notes.txt', Buffer.from('minutes of the meeting'))

  assert.equal(reply.code, 250)
  assert.equal(isOpened(line), false)
})
