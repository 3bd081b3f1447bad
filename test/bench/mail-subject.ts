// One reader of mails in a process of its own, with the flags of a parser process: takes {file, times} lines, answers with milliseconds.
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type ParsedMail, type SimpleParserOptions, simpleParser } from 'mailparser'
import { createContentMeter } from '../../src/facts/index.ts'
import { createMessageReader } from '../../src/mail/index.ts'
import { openStrict } from '../../src/mail/strict/strict-reading.ts'

const PIECE = 65_536
const limits = {
  messageSize: 100 * 1024 ** 2,
  parts: 10_000,
  mimeDepth: 100,
  messageDepth: 20,
  headerBytes: 1024 ** 2,
}
const options = { limits, newMeter: createContentMeter }
/** As somebody would call it who wants the digests of attachments and nothing else. */
const peerOptions: SimpleParserOptions & { readonly checksumAlgo: unknown } = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  checksumAlgo: false,
}

function parse(message: Buffer): Promise<ParsedMail> {
  return simpleParser(message, peerOptions)
}

type Reader = (message: Buffer) => Promise<number>
const readers: Readonly<Record<string, Reader>> = {
  async union(message) {
    const reader = createMessageReader(options)
    for (let at = 0; at < message.length; at += PIECE)
      if (!reader.write(message.subarray(at, at + PIECE))) await reader.drained()
    return (await reader.end()).attachments.length
  },
  async strict(message) {
    const { message: reading, findings } = openStrict(options)
    for (let at = 0; at < message.length; at += PIECE) reading.write(message.subarray(at, at + PIECE))
    reading.end()
    return findings.leaves.length
  },
  async peer(message) {
    const { attachments } = await parse(message)
    for (const { content } of attachments) createHash('sha256').update(content).digest('hex')
    return attachments.length
  },
}

/** Reads a file piece by piece into fresh memory, as from a pipe; returns how far the memory of the process grew. */
async function growth(file: string): Promise<number> {
  const before = process.memoryUsage.rss()
  const reader = createMessageReader(options)
  const descriptor = openSync(file, 'r')
  for (let length = PIECE; length === PIECE; ) {
    const piece = Buffer.allocUnsafeSlow(PIECE)
    length = readSync(descriptor, piece)
    if (!reader.write(piece.subarray(0, length))) await reader.drained()
  }
  closeSync(descriptor)
  await reader.end()
  return process.resourceUsage().maxRSS * 1024 - before
}

const read = readers[process.argv[2] ?? '']
for await (const line of createInterface({ input: process.stdin })) {
  const { file, times } = JSON.parse(line) as { file: string; times: number }
  if (times === 0) {
    process.stdout.write(`${JSON.stringify({ growth: await growth(file) })}\n`)
    continue
  }
  const message = readFileSync(file)
  const start = performance.now()
  const cpu = process.cpuUsage()
  let found = 0
  for (let n = 0; n < times; n++) found = (await read?.(message)) ?? 0
  const { user, system } = process.cpuUsage(cpu)
  const ms = (performance.now() - start) / times
  process.stdout.write(`${JSON.stringify({ ms, cpuMs: (user + system) / 1000 / times, found })}\n`)
}
