// The protocol alone: a server whose hooks see every event, look at nothing and accept, with replies negotiated away
// wherever they can be. With --hold, mails of several parts are never answered. Ends on SIGTERM and says what it saw.
//
//   node subject-protocol.ts SOCKET [--hold]
import { accept, createMilterServer, type FinalReply, type HeaderField } from '../../src/milter/index.ts'

const [path = '', mode] = process.argv.slice(2)
const never = new Promise<FinalReply>(() => undefined)
const accepted = accept()
let messages = 0

function look(): void {}

function remember(tx: { data: boolean | undefined }, header: HeaderField): void {
  if (header.nameText === 'Content-Type') tx.data = header.valueText.startsWith('multipart/')
}

const server = createMilterServer<undefined, boolean>({
  hooks: {
    connect: look,
    helo: look,
    mail: look,
    rcpt: look,
    data: look,
    header: mode === '--hold' ? remember : look,
    endOfHeaders: look,
    body: look,
    endOfMessage: (tx) => {
      messages += 1
      return tx.data === true ? never : accepted
    },
  },
  noReply: {
    connect: true,
    helo: true,
    mail: true,
    rcpt: true,
    data: true,
    header: true,
    endOfHeaders: true,
    body: true,
  },
  ...(mode === '--hold' ? { deadlineMs: 3_600_000 } : {}),
})
await server.listen({ path })

process.once('SIGTERM', async () => {
  await server.close({ graceMs: 1000 })
  process.stdout.write(`${JSON.stringify({ messages })}\n`)
  process.exit(0)
})
