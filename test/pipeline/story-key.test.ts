import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { storyKey } from '../../src/pipeline/story-key.ts'
import { digest } from '../store/build.ts'

test('the order of the attachments does not change who a message is', () => {
  assert.equal(key('a@example.org', [digest(1), digest(2)]), key('a@example.org', [digest(2), digest(1)]))
})

test('no text can be moved from one part of the identity to the next', () => {
  const identities = [
    key('ab', ['c']),
    key('a', ['bc']),
    key('', ['ab', 'c']),
    key('', ['abc']),
    key('abc', []),
    key('', []),
    key('', ['']),
    key('\0\0\0\u0001a', []),
  ]

  assert.equal(new Set(identities).size, identities.length)
})

test('two messages have one key only if sender and attachments are the same', () => {
  const message = fc.record({
    sender: fc.string({ maxLength: 3 }),
    parts: fc.array(fc.string({ maxLength: 2 }), { maxLength: 3 }),
  })
  const isSame = fc.property(message, message, (a, b) => {
    const isEqual = a.sender === b.sender && new Set(a.parts).symmetricDifference(new Set(b.parts)).size === 0
    assert.equal(key(a.sender, a.parts) === key(b.sender, b.parts), isEqual)
  })

  fc.assert(isSame, { numRuns: 500 })
})

test('the same attachment to somebody else is another message', () => {
  const to = (...recipients: string[]) => storyKey({ sender: 'list@shop.test', recipients }, [digest(1)])

  assert.equal(new Set([to('alice@dst.test'), to('bob@dst.test'), to('alice@dst.test', 'bob@dst.test')]).size, 3)
  assert.equal(to('alice@dst.test', 'bob@dst.test'), to('bob@dst.test', 'alice@dst.test'))
})

test('what is only scanned continues its own story and none of mail', () => {
  const keyAt = (listener: string) =>
    storyKey({ sender: 'a@src.test', recipients: ['b@dst.test'], listener }, [digest(1)])

  assert.equal(keyAt('scan'), keyAt('scan'))
  assert.notEqual(keyAt('scan'), keyAt('inet:127.0.0.1:8095'))
  assert.equal(keyAt('inet:127.0.0.1:8096'), keyAt('inet:127.0.0.1:8095'))
})

function key(sender: string, digests: readonly string[]): string {
  return storyKey({ sender, recipients: ['b@dst.test'] }, digests)
}
