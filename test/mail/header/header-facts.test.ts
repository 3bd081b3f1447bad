import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeaderFacts } from '../../../src/core/index.ts'
import { createContentMeter } from '../../../src/facts/index.ts'
import { createMessageReader } from '../../../src/mail/index.ts'
import { limits } from '../read.ts'

/** What a message with these lines as its header is told to say. */
async function headerOf(...lines: readonly string[]): Promise<HeaderFacts> {
  const reader = createMessageReader({ limits, newMeter: createContentMeter, wantsHeader: true })
  reader.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\ntext\r\n`))
  const { header } = await reader.end()
  if (header === undefined) throw new Error('no header was told')
  return header
}

const field = ({ fields }: HeaderFacts, name: string) => fields.filter((one) => one.name === name).map((o) => o.value)

test('the fields are told in their order, unfolded and decoded, under small letters', async () => {
  const header = await headerOf(
    'X-First: a',
    'SUBJECT: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
    ' and more',
    'X-First:b',
    'no field',
  )

  assert.deepEqual(header.fields, [
    { name: 'x-first', value: 'a' },
    { name: 'subject', value: 'Grüße and more' },
    { name: 'x-first', value: 'b' },
  ])
  assert.equal(header.isCut, false)
})

test('nothing of the header is told where nobody asks', async () => {
  const reader = createMessageReader({ limits, newMeter: createContentMeter })
  reader.write(Buffer.from('Subject: a\r\n\r\n'))

  assert.equal('header' in (await reader.end()), false)
})

test('200 fields are told and that there were more', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `X-${i}: ${i}`)
  const all = await headerOf(...lines)
  const more = await headerOf(...lines, 'X-Last: 1')

  assert.deepEqual([all.fields.length, all.isCut], [200, false])
  assert.deepEqual([more.fields.length, more.isCut, field(more, 'x-last')], [200, true, []])
})

test('64 KiB are told and that there was more, however they are spread', async () => {
  const long = `X-Long: ${'a'.repeat(60_000)}`
  const header = await headerOf(long, 'X-Second: b', `X-Third: ${'c'.repeat(60_000)}`, 'X-Fourth: d')
  const sizes = header.fields.map(({ name, value }) => name.length + value.length)

  assert.equal(header.isCut, true)
  assert.deepEqual([field(header, 'x-second'), field(header, 'x-fourth')], [['b'], []])
  assert.ok(sizes.reduce((a, b) => a + b, 0) <= 65_536)
  assert.equal(field(header, 'x-third')[0]?.length, 65_536 - (sizes[0] ?? 0) - (sizes[1] ?? 0) - 'x-third'.length)
})

test('of a long value that must be decoded the beginning is told, and that there was more', async () => {
  const whole = await headerOf(`X: ${'\u00fc'.repeat(4000)}`)
  const { fields, isCut } = await headerOf(`X: ${'\u00fc'.repeat(5000)}`, 'Y: after')

  assert.deepEqual([whole.fields[0]?.value.length, whole.isCut], [4000, false])
  assert.deepEqual([fields[0]?.value.length, fields[1]?.value, isCut], [4096, 'after', true])
})

test('a header that cannot be read whole is told as cut', async () => {
  const reader = createMessageReader({
    limits: { ...limits, headerBytes: 100 },
    newMeter: createContentMeter,
    wantsHeader: true,
  })
  reader.write(Buffer.from(`X-Long: ${'a'.repeat(1000)}\r\n\r\ntext`))
  const reading = await reader.end()

  assert.notEqual(reading.unscannable, '')
  assert.equal(reading.header?.isCut, true)
})

const ADDRESSES: readonly (readonly [field: string, addresses: readonly string[]])[] = [
  ['a@example.org', ['a@example.org']],
  ['"Boss, a@bank.example" <x@evil.test>', ['x@evil.test']],
  ['Boss (a@bank.example) <x@evil.test>, y@example.org', ['x@evil.test', 'y@example.org']],
  ['All: a@x.test, "b b" <b@x.test>;, c@x.test', ['a@x.test', 'b@x.test', 'c@x.test']],
  ['<@hop.test,@hop2.test:a@x.test>', ['a@x.test']],
  ['"john doe"@x.test', ['john doe@x.test']],
  ['=?utf-8?Q?a=40bank.example?= <x@evil.test>', ['x@evil.test']],
  ['a@x.test <b@x.test> <c@x.test>', ['b@x.test', 'c@x.test']],
  ['<a@x.test', ['a@x.test']],
  ['undisclosed-recipients:;', []],
  ['"not closed <a@x.test>', ['not closed <a@x.test>']],
]

test('addresses are those that stand in brackets, or else look like one', async () => {
  for (const [value, addresses] of ADDRESSES) {
    const { from, replyTo } = await headerOf(`From: ${value}`, `Reply-To: ${value}`)
    assert.deepEqual([from, replyTo], [addresses, addresses], value)
  }
})

test('all From fields count, and of very many addresses the first 100', async () => {
  const two = await headerOf('From: a@x.test', 'FROM: b@x.test')
  const many = await headerOf(`From: ${'a@x.test,'.repeat(101)}`)

  assert.deepEqual(two.from, ['a@x.test', 'b@x.test'])
  assert.deepEqual([many.from.length, many.isCut], [100, true])
})

test('each result of Authentication-Results is told with who says so', async () => {
  const { auth } = await headerOf(
    'Authentication-Results: MX.example.org 1; dkim=pass (good; really) reason="a; b=c"',
    '\theader.i=@Sub.Example.net header.d=example.net; spf/1=FAIL smtp.mailfrom=x@bank.example;',
    ' dmarc = none header.from="bank.example"',
    'Authentication-Results: "mx.example.org"; none',
    'Authentication-Results: evil.test; dkim=pass',
    'Authentication-Results: ; dkim=pass',
    'Authentication-Results: x; =pass; dkim=; d(',
  )

  assert.deepEqual(auth, [
    { server: 'mx.example.org', method: 'dkim', result: 'pass', domain: 'example.net' },
    { server: 'mx.example.org', method: 'spf', result: 'fail', domain: 'bank.example' },
    { server: 'mx.example.org', method: 'dmarc', result: 'none', domain: 'bank.example' },
    { server: 'evil.test', method: 'dkim', result: 'pass', domain: '' },
  ])
})

test('hostile headers take linear time', async () => {
  for (const piece of ['(', '"', '<', '\\', 'a=b;', 'From: <', '@,', '=?utf-8?Q?', ':']) {
    const value = piece.repeat(60_000 / piece.length)
    const before = process.cpuUsage()
    await headerOf(`From: ${value}`, `Authentication-Results: ${value}`)
    assert.ok(process.cpuUsage(before).user < 3_000_000, piece)
  }
})
