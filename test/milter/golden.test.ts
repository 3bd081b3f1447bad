// Recorded conversations of a real Postfix, two ways: our server is given them, and our Postfix must say them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { encodeFrame, type Frame, FrameReader, SMFIC, SMFIR } from '../../src/milter/index.ts'
import { type FakePostfix, fakePostfix, piecesOf } from '../../src/milter/testing.ts'
import { lettersOf, startFilter } from './support.ts'

interface Line {
  readonly from: 'mta' | 'filter'
  readonly length: number
  readonly bytes: Buffer
}

function readTrace(name: string): Line[] {
  const text = readFileSync(new URL(`golden/${name}.trace`, import.meta.url), 'utf8')
  return text.split('\n').flatMap((line): Line[] => {
    if (line.startsWith('<')) return [{ from: 'filter', length: 1, bytes: encodeFrame(line.charCodeAt(2)) }]
    const [, length, command = '', payload = ''] = /^> (\d+) (.) (".*")$/.exec(line) ?? []
    if (length === undefined) return []
    return [
      {
        from: 'mta',
        length: Number(length),
        bytes: encodeFrame(command.charCodeAt(0), Buffer.from(JSON.parse(payload), 'latin1')),
      },
    ]
  })
}

const look = () => undefined
const hooks = {
  connect: look,
  helo: look,
  mail: look,
  rcpt: look,
  data: look,
  unknown: look,
  header: look,
  endOfHeaders: look,
  body: look,
}

for (const name of ['smtpd', 'local', 'starttls']) {
  test(`the frames of ${name} have the lengths that were recorded`, () => {
    for (const line of readTrace(name))
      assert.equal(line.bytes.readUInt32BE(0), line.length, line.bytes.toString('latin1'))
  })

  for (const cut of [undefined, 1, 7]) {
    test(`the conversation ${name} is answered as recorded, ${cut === undefined ? 'frame by frame' : `in pieces of ${cut}`}`, async (t) => {
      const filter = await startFilter(t, { hooks })
      const client = await filter.client(cut === undefined ? {} : { cut: piecesOf(cut) })
      const lines = readTrace(name)

      for (const [i, line] of lines.entries()) {
        if (line.from === 'mta') await client.send(line.bytes)
        if (i === 0) assert.equal(await lettersOf(client, 1), 'O')
        if (line.from === 'filter') assert.equal(await lettersOf(client, 1), 'c')
      }

      assert.equal(await client.closed(), true)
      assert.deepEqual(
        filter.events.filter((event) => event.type === 'violation' || event.type === 'malformed'),
        [],
      )
    })
  }

  test(`the conversation ${name} glued into one chunk is answered with the same replies`, async (t) => {
    const filter = await startFilter(t, { hooks })
    const client = await filter.client()
    const lines = readTrace(name)

    await client.send(...lines.filter((line) => line.from === 'mta').map((line) => line.bytes))

    const count = lines.filter((line) => line.from === 'filter').length
    assert.equal(await lettersOf(client, count + 2), `O${'c'.repeat(count)}(closed)`)
  })
}

/** A filter that continues everything and writes down what it was sent. */
async function startRecorder(
  t: TestContext,
): Promise<{ readonly port: number; readonly frames: Frame[]; readonly closed: Promise<void> }> {
  const frames: Frame[] = []
  const options = encodeFrame(SMFIC.OPTNEG, Buffer.from('000000060000000000000000', 'hex'))
  let close: () => void = look
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const server = createServer((socket) => {
    const reader = new FrameReader(1 << 20)
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
      for (let frame = reader.next(); frame?.kind === 'frame'; frame = reader.next()) {
        frames.push(frame)
        if (frame.command === SMFIC.OPTNEG) socket.write(options)
        else if (!([SMFIC.MACRO, SMFIC.ABORT, SMFIC.QUIT] as number[]).includes(frame.command))
          socket.write(encodeFrame(SMFIR.CONTINUE))
      }
    })
    socket.on('close', close)
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, frames, closed }
}

const SCRIPTS: Readonly<Record<string, (mta: FakePostfix) => Promise<void>>> = {
  smtpd: async (mta) => {
    await mta.connect()
    await mta.helo('log1')
    await mta.mail('a@src.test')
    await mta.rcpt('b@dst.test')
    await mta.data()
    await mta.message('Subject: x\r\nMessage-Id: <20261123101010.86A6825E022@mx.test.invalid>\r\n\r\nhello\r\n')
    await mta.mail('a2@src.test', ['SIZE=100', 'BODY=8BITMIME', 'RET=HDRS', 'ENVID=xx'])
    await mta.rcpt('b2@dst.test', ['NOTIFY=SUCCESS,FAILURE', 'ORCPT=rfc822;b2@dst.test'])
    await mta.rset()
    await mta.unknown('FOO')
    await mta.mail('<>')
    await mta.helo('log2')
    await mta.mail('"quoted sp"@src.test')
    await mta.quit()
  },
  local: async (mta) => {
    await mta.submitLocally({ from: 'a@src.test', to: ['b@dst.test'], message: 'Subject: x\n\nhello\r\n' })
  },
  starttls: async (mta) => {
    await mta.connect()
    await mta.helo('log1')
    await mta.starttls('log1')
    await mta.mail('a@src.test')
    await mta.quit()
  },
}

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`the scripted Postfix says ${name} as the real one did`, async (t) => {
    const recorder = await startRecorder(t)

    await script(await fakePostfix({ port: recorder.port }))
    await recorder.closed

    const said = recorder.frames.map((frame) => encodeFrame(frame.command, frame.payload).toString('latin1'))
    assert.deepEqual(
      said,
      readTrace(name).flatMap((line) => (line.from === 'mta' ? [line.bytes.toString('latin1')] : [])),
    )
  })
}
