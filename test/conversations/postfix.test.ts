import { after, before, suite, test } from 'node:test'
import type { MilterServer } from '../../src/milter/index.ts'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { type Sink, startSink } from '../postfix/sink.ts'
import { readConversations, runConversation } from './run.ts'
import { PostfixDriver } from './run-postfix.ts'
import { FilterScript, startScriptedFilter } from './script.ts'

suite('conversations through a real Postfix', () => {
  const script = new FilterScript()
  let server: MilterServer
  let sink: Sink
  let postfix: PostfixInstance

  before(async () => {
    const filter = await startScriptedFilter(script)
    server = filter.server
    const milter = `inet:127.0.0.1:${filter.port}`
    sink = await startSink()
    postfix = await startPostfix({
      milters: `{ ${milter}, default_action=tempfail }`,
      nonSmtpdMilters: milter,
      listeners: { plain: { smtpd_milters: '' } },
      deliverTo: sink,
      tls: true,
    })
  })
  after(async () => {
    await postfix.stop()
    await sink.stop()
    await server.close({ graceMs: 0 })
  })

  for (const { file, conversations } of readConversations()) {
    for (const conversation of conversations) {
      test(`${file}: ${conversation.title}`, async () => {
        await runConversation(conversation, file, script, new PostfixDriver({ postfix, sink, script }))
      })
    }
  }
})
