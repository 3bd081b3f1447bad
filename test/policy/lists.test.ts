/** Addresses and networks as lists of a policy compare them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readAddress } from '../../src/policy/address.ts'
import { AddressSet, readDomainPattern, readPattern } from '../../src/policy/address-set.ts'
import { NetworkSet, readIp, readNetwork } from '../../src/policy/network-set.ts'

/** Whether a list of one entry has an address. */
function has(entry: string, address: string): boolean {
  const pattern = readPattern(entry, true)
  assert.ok(pattern, entry)
  return new AddressSet([pattern]).has(readAddress(address))
}

const TABLE: readonly (readonly [entry: string, matches: readonly string[], leaves: readonly string[]])[] = [
  [
    'user@example.org',
    ['user@example.org', 'USER@Example.ORG', 'user@example.org.', '"user"@example.org', '"us\\er"@example.org'],
    ['user@sub.example.org', 'other@example.org', 'user@example.orga', 'xuser@example.org', 'user', ''],
  ],
  [
    'user@example.org',
    ['user+tag@example.org', 'user+a+b@example.org', '@relay.test:user@example.org'],
    ['+user@example.org'],
  ],
  ['user+tag@example.org', ['user+tag@example.org'], ['user@example.org', 'user+other@example.org']],
  ['user@', ['user@example.org', 'User+x@anywhere.test', 'user', 'user@[192.0.2.1]'], ['users@example.org', '']],
  ['@example.org', ['a@example.org', '"odd @ name"@example.org'], ['a@b.example.org', 'a@xexample.org']],
  ['@.example.org', ['a@b.example.org', 'a@c.b.example.org'], ['a@example.org', 'a@b.xexample.org']],
  ['"john doe"@example.org', ['"John Doe"@example.org'], ['johndoe@example.org']],
  ['"a@b"@example.org', ['"a@b"@example.org'], ['b@example.org']],
  ['info@bücher.example', ['info@xn--bcher-kva.example', 'info@BÜCHER.example'], ['info@bucher.example']],
  ['grüße@example.org', ['gru\u0308ße@example.org', 'GRÜßE@example.org'], ['grusse@example.org']],
  ['用户@例子.test', ['用户@xn--fsqu00a.test'], ['用户@example.test']],
  ['user@[192.0.2.1]', ['user@[192.0.2.1]'], ['user@192.0.2.1']],
  ['<user@example.org>', ['user@example.org'], []],
  ['<>', [''], ['a@example.org', 'mailer-daemon@example.org']],
]

for (const [entry, matches, leaves] of TABLE) {
  test(`${entry} stands for ${matches
    .slice(0, 3)
    .map((one) => one || '<>')
    .join(', ')}`, () => {
    for (const address of matches) assert.ok(has(entry, address), address)
    for (const address of leaves) assert.ok(!has(entry, address), address)
  })
}

test('what is no address is refused as an entry', () => {
  for (const text of [
    '',
    'user',
    '@',
    'a b@example.org',
    'a@b@',
    'user@exa mple.org',
    'a@example..org',
    'a,b@example.org',
    'x\u0007@example.org',
  ])
    assert.equal(readPattern(text), undefined, text)
  assert.equal(readPattern('<>'), undefined)
  for (const text of ['', '.', 'a@example.org', 'two words', '@example.org'])
    assert.equal(readDomainPattern(text), undefined, text)
})

test('no text makes the reader of addresses fail, and reading twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const { local, domain } = readAddress(text)
      const plain = !/["\\@:+]/.test(local) && domain !== '' && !/["\\@]/.test(domain)
      if (plain) assert.deepEqual(readAddress(`${local}@${domain}`), { local, domain })
    }),
  )
})

test('a list that covers an entry has every address of a list that has it', () => {
  const entry = fc.constantFrom(
    'a@x.test',
    'a+t@x.test',
    'b@x.test',
    'a@',
    '@x.test',
    '@.x.test',
    '@.test',
    'a@y.x.test',
  )
  const address = fc.constantFrom(
    'a@x.test',
    'a+t@x.test',
    'b@x.test',
    'a@y.x.test',
    'a+t@y.x.test',
    'a@z.test',
    'b@y.x.test',
  )
  const patternOf = (text: string) => {
    const pattern = readPattern(text)
    assert.ok(pattern)
    return pattern
  }

  fc.assert(
    fc.property(fc.array(entry), entry, address, (wide, narrow, one) => {
      const set = new AddressSet(wide.map(patternOf))
      if (set.covers(patternOf(narrow)) && has(narrow, one)) assert.ok(set.has(readAddress(one)))
    }),
  )
})

const NETWORKS: readonly (readonly [network: string, within: readonly string[], outside: readonly string[]])[] = [
  [
    '192.0.2.0/24',
    ['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.7', 'IPv6:::ffff:192.0.2.7'],
    ['192.0.3.0', '', 'unknown'],
  ],
  ['192.0.2.7', ['192.0.2.7'], ['192.0.2.8', '192.0.2.70']],
  ['0.0.0.0/0', ['203.0.113.9'], ['2001:db8::1']],
  [
    '2001:db8::/32',
    ['2001:db8::1', 'IPv6:2001:0DB8:ffff::', '2001:db8:0:0:0:0:0:1%eth0'],
    ['2001:db9::1', '192.0.2.1'],
  ],
  ['::/0', ['2001:db8::1', '192.0.2.1'], []],
  ['[2001:db8::5]', ['2001:db8:0::5'], ['2001:db8::6']],
]

for (const [text, within, outside] of NETWORKS) {
  test(`${text} has ${within.join(', ')}`, () => {
    const network = readNetwork(text)
    assert.ok(network)
    const set = new NetworkSet([network])

    for (const address of within) assert.ok(set.has(address), address)
    for (const address of outside) assert.ok(!set.has(address), address)
  })
}

test('what is no network is refused, also one that names bits beyond its length', () => {
  for (const text of [
    '',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1/24',
    '192.0.2.0/33',
    '2001:db8::1/32',
    '1:2:3:4:5:6:7',
    '1::2::3',
    '01.2.3.4',
    'host.test',
    '192.0.2.0/24/24',
    '::/129',
  ])
    assert.equal(readNetwork(text), undefined, text)
})

test('an IPv6 address is the same number however it is written', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      assert.equal(readIp(text), readIp(`IPv6:${text.toUpperCase()}`))
      assert.notEqual(readIp(text), undefined)
    }),
  )
})
