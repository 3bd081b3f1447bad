import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { MilterServer } from '../../src/milter/index.ts'
import { parseConversations } from './parse.ts'
import { runConversation } from './run.ts'
import { ClientDriver } from './run-client.ts'
import { FilterScript, startScriptedFilter } from './script.ts'

suite('the language of conversations', () => {
  test('reads a conversation with its lines', () => {
    const text = '# a comment\n\nCONVERSATION one\nFILTER reject@RCPT 550 5.7.1 no way\nEXPECT reject@RCPT 550\n'

    const [conversation] = parseConversations(text, 'x.txt')

    assert.equal(conversation?.title, 'one')
    const reply = { reply: 'reject', stage: 'RCPT', code: 550 }
    assert.deepEqual(conversation?.steps, [
      { kind: 'filter-reply', reply: { ...reply, enhanced: '5.7.1', text: 'no way' }, line: 4 },
      { kind: 'expect', expected: { ...reply, enhanced: undefined, text: undefined }, line: 5 },
    ])
  })

  for (const line of [
    'EXPECT refuse@RCPT',
    'EXPECT reject@NOWHERE',
    'FILTER add-hat X: y',
    'HELLO x',
    'DELIVERED fast',
  ]) {
    test(`refuses “${line}” with its file and line`, () => {
      assert.throws(
        () => parseConversations(`CONVERSATION x\n${line}\n`, 'x.txt'),
        /^Error: x\.txt:2: cannot understand/,
      )
    })
  }

  test('refuses a step before the first conversation', () => {
    assert.throws(() => parseConversations('CONNECT\n', 'x.txt'), /^Error: x\.txt:1: /)
  })
})

suite('a conversation that does not hold', () => {
  const script = new FilterScript()
  let server: MilterServer
  let port = 0
  before(async () => {
    const filter = await startScriptedFilter(script)
    server = filter.server
    port = filter.port
  })
  after(() => server.close({ graceMs: 0 }))

  const opening = 'CONNECT\nHELO client.test\nFROM a@src.test\nTO b@dst.test\nHEADER Subject: x\nBODY hello\n'
  const wrong: Readonly<Record<string, string>> = {
    'the reply is another kind': `FILTER reject@EOM\n${opening}EXPECT accept`,
    'the code is another': `FILTER reject@EOM 554 5.7.1 no\n${opening}EXPECT reject@EOM 550`,
    'the text is another': `FILTER reject@EOM 550 5.7.1 no\n${opening}EXPECT reject@EOM 550 5.7.1 yes`,
    'the stage is another': `FILTER reject@BODY 550 5.7.1 no\n${opening}EXPECT reject@EOM 550 5.7.1 no`,
    'a held message was to be delivered': `FILTER quarantine@EOM\n${opening}EXPECT accept`,
    'a header is missing': `FILTER delete-header 1 Subject\n${opening}DELIVERED header Subject: x`,
    'something was delivered': `${opening}DELIVERED nothing`,
    'an event is missing': `${opening}EXPECT accept\nSEEN connect helo mail rcpt data header eoh eom`,
  }
  for (const [title, text] of Object.entries(wrong)) {
    test(`fails at its line when ${title}`, async () => {
      const lines = text.split('\n')
      const [conversation] = parseConversations(`CONVERSATION wrong\n${text}\n`, 'x.txt')
      assert.ok(conversation !== undefined)

      const ran = runConversation(conversation, 'x.txt', script, new ClientDriver(port, script))

      await assert.rejects(ran, new RegExp(`^Error: x\\.txt:${lines.length + 1}: `))
    })
  }
})
