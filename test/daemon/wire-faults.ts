/** What a mail server, or somebody who plays one, may do wrong on the wire; each with a bad attachment inside where there is a message. */
import { encodeFrame, encodeHeader, encodeMail, encodeRcpt, SMFIC } from '../../src/milter/index.ts'
import { fakePostfix, type MilterClient, piecesOf } from '../../src/milter/testing.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { deliver, newSender, rawSession, said } from './mta.ts'

export interface WireFault {
  readonly name: string
  /** Does it to the filter at that port and tells the answer in a word or two. */
  readonly act: (port: number) => Promise<string>
}

const BAD = mail({ attachments: [{ name: 'eicar.com', content: eicar() }] })
const BODY = BAD.subarray(BAD.indexOf('\r\n\r\n') + 4)
const TYPE = encodeHeader('Content-Type', ' multipart/mixed; boundary="part-of-a-test-mail"')
const MIME = encodeHeader('MIME-Version', ' 1.0')
const BODY_FRAME = encodeFrame(SMFIC.BODY, BODY)
const END = encodeFrame(SMFIC.BODYEOB)
const ENVELOPE = [encodeMail('<a@src.test>'), encodeRcpt('<b@dst.test>'), encodeFrame(SMFIC.DATA)]

export const WIRE_FAULTS: readonly WireFault[] = [
  { name: 'empty frame', act: (port) => closing(port, Buffer.alloc(4)) },
  { name: 'frame that claims 512 MiB', act: (port) => closing(port, Buffer.from('2000000042', 'hex')) },
  { name: 'frame that claims 4 GiB', act: (port) => closing(port, Buffer.from('ffffffff42', 'hex')) },
  { name: 'unknown command', act: (port) => closing(port, Buffer.from('0000000121', 'hex')) },
  {
    name: 'sender without its NUL',
    act: (port) => message(port, [encodeFrame(SMFIC.MAIL, Buffer.from('<a@src.test>')), ...ENVELOPE.slice(1)]),
  },
  {
    name: 'header without its NUL',
    act: (port) => message(port, [...ENVELOPE, encodeFrame(SMFIC.HEADER, Buffer.from('Subject'))]),
  },
  {
    name: 'odd macro list',
    act: (port) => message(port, [encodeFrame(SMFIC.MACRO, Buffer.from('Mi\0')), ...ENVELOPE]),
  },
  { name: 'end of message before its beginning', act: endFirst },
  { name: 'message cut off in the middle, connection lost', act: lost },
  { name: 'frames byte by byte', act: (port) => inPieces(port, 1) },
  { name: 'frames glued together', act: glued },
  { name: 'half-open: no more is sent after the end of message', act: halfOpen },
  { name: '10,000 headers', act: async (port) => said(await deliver(port, prefixed(headers(10_000)))) },
  {
    name: 'header of 60,000 bytes',
    act: async (port) => said(await deliver(port, prefixed(`X-Long: ${'x'.repeat(59_990)}\r\n`))),
  },
  { name: 'NUL and 8-bit bytes', act: async (port) => said(await deliver(port, prefixed('X-Odd: \0\xff\xfc\r\n'))) },
  { name: 'no body', act: async (port) => said(await deliver(port, Buffer.from('Subject: x\r\n\r\n'))) },
  { name: 'no headers', act: async (port) => said(await deliver(port, Buffer.from('just text\r\n'))) },
]

async function closing(port: number, bytes: Buffer): Promise<string> {
  const client = await rawSession(port)
  await client.send(bytes)
  return (await client.closed()) ? 'session closed' : 'session stays open'
}

/** The given events in place of a proper envelope, then a whole bad message. */
async function message(port: number, before: readonly Buffer[]): Promise<string> {
  const client = await rawSession(port)
  const reply = await client.ask(...before, MIME, TYPE, encodeFrame(SMFIC.EOH), BODY_FRAME, END)
  await client.quit()
  return said(reply)
}

async function endFirst(port: number): Promise<string> {
  const client = await rawSession(port)
  await client.send(END)
  return afterwards(client)
}

async function lost(port: number): Promise<string> {
  const client = await rawSession(port)
  await client.send(...ENVELOPE, MIME, TYPE, encodeFrame(SMFIC.EOH), BODY_FRAME.subarray(0, 100))
  client.reset()
  return said(await deliver(port, BAD))
}

/** The session goes on: a proper message in it is judged as ever. */
async function afterwards(client: MilterClient): Promise<string> {
  const reply = await client.ask(...ENVELOPE, MIME, TYPE, encodeFrame(SMFIC.EOH), BODY_FRAME, END)
  await client.quit()
  return said(reply)
}

async function inPieces(port: number, size: number): Promise<string> {
  const mta = await fakePostfix({ host: '127.0.0.1', port }, { cut: piecesOf(size) })
  const reply = await mta.deliver({ from: newSender(), to: ['b@dst.test'], message: BAD })
  await mta.quit()
  return said(reply)
}

function glued(port: number): Promise<string> {
  return message(port, ENVELOPE)
}

async function halfOpen(port: number): Promise<string> {
  const client = await rawSession(port)
  await client.send(...ENVELOPE, MIME, TYPE, encodeFrame(SMFIC.EOH), BODY_FRAME, END)
  client.half()
  return said(await client.reply())
}

function prefixed(header: string): Buffer {
  return Buffer.concat([Buffer.from(header, 'latin1'), BAD])
}

function headers(count: number): string {
  return Array.from({ length: count }, (_, i) => `X-${i}: ${i}\r\n`).join('')
}
