import { after, before, suite, test } from 'node:test'
import type { MilterServer } from '../../src/milter/index.ts'
import { readConversations, runConversation } from './run.ts'
import { ClientDriver } from './run-client.ts'
import { FilterScript, startScriptedFilter } from './script.ts'

suite('conversations with our own MTA side', () => {
  const script = new FilterScript()
  let server: MilterServer
  let port = 0

  before(async () => {
    const filter = await startScriptedFilter(script)
    server = filter.server
    port = filter.port
  })
  after(() => server.close({ graceMs: 0 }))

  for (const { file, conversations } of readConversations()) {
    for (const conversation of conversations) {
      test(`${file}: ${conversation.title}`, async () => {
        await runConversation(conversation, file, script, new ClientDriver(port, script))
      })
    }
  }
})
