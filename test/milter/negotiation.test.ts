import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, encodeOptions, SMFIC, SMFIF, SMFIP } from '../../src/milter/index.ts'
import {
  BODY,
  CONNECT,
  DATA,
  END,
  EOH,
  HEADER,
  HELO,
  lettersOf,
  MAIL,
  MESSAGE,
  OFFER,
  QUIT,
  RCPT,
  startFilter,
} from './support.ts'

const look = () => undefined
const end = { endOfMessage: () => accept() }
const everything = {
  connect: look,
  helo: look,
  mail: look,
  rcpt: look,
  data: look,
  unknown: look,
  header: look,
  endOfHeaders: look,
  body: look,
  ...end,
}
const quiet = {
  connect: true,
  helo: true,
  mail: true,
  rcpt: true,
  data: true,
  unknown: true,
  header: true,
  endOfHeaders: true,
  body: true,
}
const ALL_NO = 0x37f
const ALL_NR = 0xff080

for (const { offered, answered } of [
  { offered: 2, answered: 2 },
  { offered: 3, answered: 3 },
  { offered: 4, answered: 4 },
  { offered: 5, answered: 4 },
  { offered: 6, answered: 6 },
  { offered: 7, answered: 6 },
]) {
  test(`an MTA that offers version ${offered} gets ${answered}`, async (t) => {
    const filter = await startFilter(t, { hooks: end })

    const answer = await (await filter.client()).negotiate({ version: offered })

    assert.equal(answer?.version, answered)
  })
}

for (const version of [0, 1]) {
  test(`version ${version} is refused by closing, and reported`, async (t) => {
    const filter = await startFilter(t, { hooks: end })
    const client = await filter.client()

    const answer = await client.negotiate({ version })

    assert.equal(answer, undefined)
    assert.equal(filter.reported('negotiation-failed').length, 1)
  })
}

for (const version of [2, 3, 4, 5, 6] as const) {
  test(`a whole message passes with Postfix's milter_protocol=${version}`, async (t) => {
    const seen: string[] = []
    const filter = await startFilter(t, {
      noReply: quiet,
      hooks: {
        ...everything,
        header: (_tx, header) => void seen.push(header.nameText),
        body: (_tx, chunk) => void seen.push(`${chunk}`),
      },
    })
    const mta = await filter.postfix({ version })
    await mta.connect()
    await mta.helo('client.test')

    const replies = [
      await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE }),
      await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE }),
    ]

    assert.deepEqual(
      replies.map((reply) => reply.kind),
      ['accept', 'accept'],
    )
    assert.deepEqual(seen, ['Subject', 'hello\r\n', 'Subject', 'hello\r\n'])
  })
}

test('only the stages of the hooks given are asked for', async (t) => {
  const filter = await startFilter(t, { hooks: { rcpt: look, body: look, ...end }, skip: false })

  const answer = await (await filter.client()).negotiate()

  assert.equal(answer?.protocol, ALL_NO & ~(SMFIP.NORCPT | SMFIP.NOBODY))
})

test('a stage named in noReply is asked for even without a hook', async (t) => {
  const filter = await startFilter(t, { hooks: end, noReply: { connect: true }, skip: false })

  const answer = await (await filter.client()).negotiate()

  assert.equal(answer?.protocol, (ALL_NO & ~SMFIP.NOCONNECT) | SMFIP.NR_CONN)
})

test('every no-reply bit is asked for when every stage is named', async (t) => {
  const filter = await startFilter(t, { hooks: everything, noReply: quiet, skip: false })

  const answer = await (await filter.client()).negotiate()

  assert.equal(answer?.protocol, ALL_NR)
})

test('what the MTA does not offer is not asked for, and reported as lacking', async (t) => {
  const filter = await startFilter(t, { hooks: end, actions: ['addHeader', 'quarantine'], noReply: { connect: true } })

  const answer = await (await filter.client()).negotiate({ actions: SMFIF.ADDHDRS, protocol: SMFIP.NOHELO })

  assert.deepEqual([answer?.actions, answer?.protocol], [SMFIF.ADDHDRS, SMFIP.NOHELO])
  assert.equal(filter.reported('negotiated')[0]?.negotiated.lacking.actions, SMFIF.QUARANTINE)
  assert.equal((filter.reported('negotiated')[0]?.negotiated.lacking.protocol ?? 0) & SMFIP.NR_CONN, SMFIP.NR_CONN)
})

test('an offer of nothing means the first version’s set, as libmilter takes it', async (t) => {
  const filter = await startFilter(t, { hooks: end, actions: ['addHeader', 'quarantine'] })

  const answer = await (await filter.client()).negotiate({ version: 2, actions: 0, protocol: 0 })

  assert.deepEqual([answer?.actions, answer?.protocol], [SMFIF.ADDHDRS, 0x3f])
})

test('where the MTA lacks a no-reply bit every event is answered with continue', async (t) => {
  const filter = await startFilter(t, { hooks: everything, noReply: quiet })
  const client = await filter.client()
  await client.negotiate({ protocol: 0 })

  await client.send(CONNECT, HELO, MAIL, RCPT, DATA, HEADER, EOH, BODY, END)

  assert.equal(await lettersOf(client, 9), 'cccccccca')
})

test('where the MTA lacks the bits to leave stages out, they are answered with continue without a hook', async (t) => {
  const filter = await startFilter(t, { hooks: {} })
  const client = await filter.client()
  await client.send(encodeOptions({ version: 6, actions: 0x1ff, protocol: 0x400 }))

  await client.send(CONNECT, HELO, MAIL, RCPT, DATA, HEADER, EOH, BODY, END)

  assert.equal(await lettersOf(client, 10), 'Occccccccc')
})

test('with every no-reply bit nothing is answered but end of message', async (t) => {
  const filter = await startFilter(t, { hooks: everything, noReply: quiet })
  const client = await filter.client()

  await client.send(OFFER, CONNECT, HELO, MAIL, RCPT, DATA, HEADER, EOH, BODY, END)
  await client.receive()
  const reply = await client.reply()
  await client.send(QUIT)

  assert.equal(reply.kind, 'accept')
  assert.equal(await client.receive(), undefined)
  assert.equal(client.failure, 'closed')
})

test('macro lists ride in the answer by the number of their stage', async (t) => {
  const filter = await startFilter(t, {
    hooks: end,
    macros: {
      connect: ['j'],
      helo: ['tls_version'],
      mail: ['i'],
      rcpt: ['i', 'rcpt_addr'],
      data: ['i'],
      endOfMessage: ['{client_ptr}'],
      endOfHeaders: ['i'],
    },
  })

  const answer = await (await filter.client()).negotiate()

  assert.equal((answer?.actions ?? 0) & SMFIF.SETSYMLIST, SMFIF.SETSYMLIST)
  assert.deepEqual(Object.fromEntries(answer?.macros ?? []), {
    0: 'j',
    1: '{tls_version}',
    2: 'i',
    3: 'i {rcpt_addr}',
    4: 'i',
    5: '{client_ptr}',
    6: 'i',
  })
})

test('macro lists stay out of the answer for an MTA that does not offer them', async (t) => {
  const filter = await startFilter(t, { hooks: end, macros: { rcpt: ['i'] } })

  const answer = await (await filter.client()).negotiate({ actions: 0xff })

  assert.deepEqual([answer?.actions, answer?.macros], [0, undefined])
})

test('the macros asked for are the ones that come', async (t) => {
  const seen: (string | undefined)[] = []
  const filter = await startFilter(t, {
    macros: { rcpt: ['rcpt_addr', 'client_addr', 'j'], endOfMessage: ['i', 'client_ptr'] },
    hooks: {
      rcpt: (tx) => void seen.push(tx.macros.get('client_addr'), tx.macros.get('{rcpt_addr}')),
      endOfMessage: (tx) => {
        seen.push(tx.macros.get('client_ptr'))
        return accept()
      },
    },
  })
  const mta = await filter.postfix()
  await mta.connect()

  await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

  assert.deepEqual(seen, ['127.0.0.1', 'b@x', 'unknown'])
})

for (const { wished, offered, bit, size } of [
  { wished: 65535, offered: SMFIP.MDS_1M, bit: 0, size: 65535 },
  { wished: 262143, offered: SMFIP.MDS_256K, bit: SMFIP.MDS_256K, size: 262143 },
  { wished: 1048575, offered: SMFIP.MDS_256K | SMFIP.MDS_1M, bit: SMFIP.MDS_1M, size: 1048575 },
  { wished: 1048575, offered: 0, bit: 0, size: 65535 },
] as const) {
  test(`chunks of ${size} are agreed on when ${wished} is wished and 0x${offered.toString(16)} offered`, async (t) => {
    const sizes: number[] = []
    const filter = await startFilter(t, {
      maxDataSize: wished,
      hooks: { body: (_tx, chunk) => void sizes.push(chunk.length), ...end },
    })
    const client = await filter.client()
    const answer = await client.negotiate({ protocol: 0x1fffff | offered })
    const chunk = Buffer.alloc(5 + size)
    chunk.writeUInt32BE(size + 1, 0)
    chunk[4] = SMFIC.BODY

    await client.send(RCPT, DATA, EOH, chunk, END)

    assert.equal((answer?.protocol ?? 0) & 0x30000000, bit)
    assert.equal(await lettersOf(client, 5), 'cccca')
    assert.deepEqual(sizes, [size])
  })
}

test('a negotiate hook changes what one session asks for', async (t) => {
  const filter = await startFilter(t, {
    hooks: { negotiate: (_session, offer) => ({ actions: offer.version === 6 ? ['quarantine'] : [] }), ...end },
  })

  const answer = await (await filter.client()).negotiate()

  assert.equal(answer?.actions, SMFIF.QUARANTINE)
})

test('a negotiate hook that throws ends every message of the session with the fallback', async (t) => {
  const filter = await startFilter(t, {
    hooks: {
      negotiate: () => {
        throw new Error('no')
      },
      ...end,
    },
  })
  const mta = await filter.postfix()

  const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

  assert.equal(reply.kind, 'tempfail')
})

test('recipients that the MTA refused are shown on request and do not count', async (t) => {
  const shown: unknown[] = []
  const filter = await startFilter(t, {
    rcptRej: true,
    hooks: {
      rcpt: (_tx, recipient) => void shown.push([recipient.address, recipient.isRefused]),
      endOfMessage: (tx) => {
        shown.push(tx.recipients.length)
        return accept()
      },
    },
  })
  const client = await filter.client()
  const answer = await client.negotiate()
  const refused = Buffer.from('DR{rcpt_mailer}\0error\0{rcpt_addr}\0User unknown\0')

  const length = Buffer.alloc(4)
  length.writeUInt32BE(refused.length)
  await client.send(length, refused, RCPT)
  await client.reply()
  await client.send(Buffer.from('\0\0\0\x16DR{rcpt_mailer}\0smtp\0', 'latin1').with(3, 21), RCPT, END)
  await client.reply()
  await client.reply()

  assert.equal((answer?.protocol ?? 0) & SMFIP.RCPT_REJ, SMFIP.RCPT_REJ)
  assert.deepEqual(shown, [['b@dst.test', true], ['b@dst.test', false], 1])
})
