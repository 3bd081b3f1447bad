import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EditBuffer } from '../../src/milter/edit.ts'
import {
  ACTION_BITS,
  type Action,
  accept,
  type FinalReply,
  type MessageEdit,
  reject,
  SMFIP,
  type Transaction,
} from '../../src/milter/index.ts'
import { END, MESSAGE, startFilter } from './support.ts'

const ALL = Object.keys(ACTION_BITS) as Action[]

function editing(edit: (edit: MessageEdit) => void, reply: FinalReply = accept()) {
  return {
    endOfMessage: (tx: Transaction) => {
      edit(tx.edit)
      return reply
    },
  }
}

test('edits leave in one order, whatever the order of the calls', async (t) => {
  const filter = await startFilter(t, {
    actions: ALL,
    hooks: editing((edit) => {
      edit.quarantine('held\r\nfor a reason')
      edit.replaceBody('new\r\n')
      edit.deleteHeader('X-Old', 1)
      edit.deleteHeader('X-Old', 3)
      edit.deleteHeader('X-Old', 2)
      edit.changeHeader('Subject', 1, 'y')
      edit.insertHeader(0, 'X-Top', 't')
      edit.addHeader('X-End', 'e\r\n folded')
      edit.removeRecipient('b@x')
      edit.addRecipient('<c@x>', ['NOTIFY=NEVER'])
      edit.addRecipient('d@x')
      edit.changeSender('', ['RET=HDRS', 'ENVID=q'])
    }),
  })
  const mta = await filter.postfix()

  const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

  assert.equal(reply.kind, 'accept')
  assert.deepEqual(reply.edits, [
    { kind: 'removeRecipient', address: '<b@x>' },
    { kind: 'addRecipient', address: '<c@x>', args: 'NOTIFY=NEVER' },
    { kind: 'addRecipient', address: '<d@x>', args: undefined },
    { kind: 'changeSender', address: '<>', args: 'RET=HDRS ENVID=q' },
    { kind: 'changeHeader', index: 1, name: 'Subject', value: 'y' },
    { kind: 'changeHeader', index: 3, name: 'X-Old', value: '' },
    { kind: 'changeHeader', index: 2, name: 'X-Old', value: '' },
    { kind: 'changeHeader', index: 1, name: 'X-Old', value: '' },
    { kind: 'insertHeader', index: 0, name: 'X-Top', value: 't' },
    { kind: 'addHeader', name: 'X-End', value: 'e\n folded' },
    { kind: 'replaceBody', chunk: Buffer.from('new\r\n') },
    { kind: 'quarantine', reason: 'held for a reason' },
  ])
})

test('with leading space asked for, our values bring their own and those of the message keep theirs', async (t) => {
  const values: string[] = []
  const filter = await startFilter(t, {
    actions: ['addHeader', 'changeHeader'],
    headerLeadingSpace: true,
    hooks: {
      header: (_tx, header) => void values.push(header.valueText),
      ...editing((edit) => {
        edit.addHeader('X-A', 'b')
        edit.insertHeader(1, 'X-B', 'c')
        edit.changeHeader('X-C', 1, 'd')
        edit.deleteHeader('X-D', 1)
      }),
    },
  })
  const mta = await filter.postfix()

  const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message: 'A:  two\r\nB:none\r\nC:\ttab\r\n\r\n' })

  assert.deepEqual(values, ['  two', 'none', '\ttab'])
  assert.deepEqual(
    reply.edits.map((edit) => 'value' in edit && edit.value),
    [' d', '', ' b', ' c'],
  )
})

test('edits of a message that is refused are not sent', async (t) => {
  const filter = await startFilter(t, { actions: ALL, hooks: editing((edit) => edit.addHeader('X', 'y'), reject()) })
  const mta = await filter.postfix()

  const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

  assert.deepEqual([reply.kind, reply.edits], ['reject', []])
})

test('edits asked for by earlier hooks wait for the end of the message, and for no other message', async (t) => {
  const filter = await startFilter(t, {
    actions: ['addHeader'],
    hooks: { mail: (tx) => tx.edit.addHeader('X-From', tx.sender?.address ?? ''), header: () => undefined },
  })
  const mta = await filter.postfix()

  const first = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })
  await mta.mail('lost@x')
  await mta.rset()
  const second = await mta.deliver({ from: 'c@x', to: ['b@x'], message: MESSAGE })

  assert.deepEqual(first.edits, [{ kind: 'addHeader', name: 'X-From', value: 'a@x' }])
  assert.deepEqual(second.edits, [{ kind: 'addHeader', name: 'X-From', value: 'c@x' }])
})

for (const [action, edit] of Object.entries({
  addHeader: (edit: MessageEdit) => edit.addHeader('A', 'b'),
  insertHeader: (edit: MessageEdit) => edit.insertHeader(0, 'A', 'b'),
  changeHeader: (edit: MessageEdit) => edit.changeHeader('A', 1, 'b'),
  deleteHeader: (edit: MessageEdit) => edit.deleteHeader('A', 1),
  replaceBody: (edit: MessageEdit) => edit.replaceBody('x'),
  changeSender: (edit: MessageEdit) => edit.changeSender('a@x'),
  addRecipient: (edit: MessageEdit) => edit.addRecipient('a@x'),
  addRecipientArgs: (edit: MessageEdit) => edit.addRecipient('a@x', ['NOTIFY=NEVER']),
  removeRecipient: (edit: MessageEdit) => edit.removeRecipient('a@x'),
  quarantine: (edit: MessageEdit) => edit.quarantine('x'),
})) {
  test(`${action} throws at once when it was not negotiated, and passes when it was`, () => {
    assert.throws(() => edit(new EditBuffer(0, false, 65535)), /was not negotiated/)
    assert.doesNotThrow(() => edit(new EditBuffer(0x1ff, false, 65535)))
  })
}

for (const { name, edit } of [
  { name: 'an empty header name', edit: (edit: MessageEdit) => edit.addHeader('', 'b') },
  { name: 'a header name with a colon', edit: (edit: MessageEdit) => edit.addHeader('A:', 'b') },
  { name: 'a header name with a space', edit: (edit: MessageEdit) => edit.insertHeader(0, 'A B', 'b') },
  { name: 'a header name with a line end', edit: (edit: MessageEdit) => edit.deleteHeader('A\r\nB', 1) },
  { name: 'a header name that is no ASCII', edit: (edit: MessageEdit) => edit.changeHeader('Ä', 1, 'b') },
  {
    name: 'a header value with an injected header',
    edit: (edit: MessageEdit) => edit.addHeader('A', 'b\r\nX-Evil: 1'),
  },
  { name: 'a header value with a bare CR', edit: (edit: MessageEdit) => edit.addHeader('A', 'b\rc') },
  { name: 'a header value with NUL', edit: (edit: MessageEdit) => edit.addHeader('A', 'b\0c') },
  { name: 'a header value that ends its line', edit: (edit: MessageEdit) => edit.addHeader('A', 'b\n') },
  { name: 'a header value of 60,001 bytes', edit: (edit: MessageEdit) => edit.addHeader('A', 'b'.repeat(60_001)) },
  { name: 'a changed header without a value', edit: (edit: MessageEdit) => edit.changeHeader('A', 1, '') },
  { name: 'a header index below its first', edit: (edit: MessageEdit) => edit.deleteHeader('A', 0) },
  { name: 'a header index that is no whole number', edit: (edit: MessageEdit) => edit.insertHeader(0.5, 'A', 'b') },
  { name: 'a recipient without an address', edit: (edit: MessageEdit) => edit.addRecipient('<>') },
  { name: 'an address with a line end', edit: (edit: MessageEdit) => edit.removeRecipient('a@x\r\nb@x') },
  { name: 'an ESMTP argument with a space', edit: (edit: MessageEdit) => edit.changeSender('a@x', ['RET=HDRS X']) },
]) {
  test(`${name} is refused at once`, () => {
    assert.throws(() => edit(new EditBuffer(0x1ff, false, 65535)), RangeError)
  })
}

test('an edit after the final answer throws instead of being lost', async (t) => {
  const kept: Transaction[] = []
  const filter = await startFilter(t, {
    actions: ALL,
    hooks: {
      endOfMessage: (tx) => {
        kept.push(tx)
        return accept()
      },
    },
  })
  const mta = await filter.postfix()

  await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

  assert.throws(() => kept[0]?.edit.addHeader('A', 'b'), /the message is over/)
})

test('an empty body is one empty chunk, and small pieces stay whole', () => {
  const lengths = (body: string | Iterable<Uint8Array>) => {
    const edit = new EditBuffer(0x1ff, false, 65535)
    edit.replaceBody(body)
    return edit.frames().map((frame) => frame.length)
  }

  assert.deepEqual(lengths(''), [5])
  assert.deepEqual(lengths([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')]), [5, 2, 5, 1])
})

test('chunks of a replaced body are as long as was negotiated and no longer', async (t) => {
  const filter = await startFilter(t, {
    actions: ALL,
    maxDataSize: 262143,
    hooks: editing((edit) => edit.replaceBody(Buffer.alloc(300_000))),
  })
  const client = await filter.client()
  await client.negotiate({ protocol: 0x1fffff | SMFIP.MDS_256K })

  const reply = await client.ask(END)

  assert.deepEqual(
    reply.edits.map((edit) => edit.kind === 'replaceBody' && edit.chunk.length),
    [262143, 37857],
  )
})
