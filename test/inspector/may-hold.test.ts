import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containersOf } from '../../src/inspector/index.ts'
import { reading, sample } from '../fakes/inspector.ts'

/** A sample of these types and groups. */
function typed(path: string, types: readonly string[], groups: readonly string[]) {
  return sample(path, { path, types, groups })
}

function paths(...samples: ReturnType<typeof sample>[]): string[] {
  return containersOf(reading(...samples)).map(({ path }) => path)
}

test('archives, documents, programs, pages and what nobody knows may hold something', () => {
  const samples = [
    typed('1', ['application/zip'], ['archive']),
    typed('2', ['application/pdf'], ['document']),
    typed('3', ['application/vnd.microsoft.portable-executable'], ['executable']),
    typed('4', ['text/html'], ['markup']),
    typed('5', [], []),
    typed('6', ['application/vnd.ms-tnef'], ['message']),
    typed('7', ['application/x-ms-shortcut'], ['shortcut']),
  ]

  assert.deepEqual(paths(...samples), ['1', '2', '3', '4', '5', '6', '7'])
})

test('pictures, sound, films, fonts, texts and data hold nothing', () => {
  const samples = [
    typed('1', ['image/png'], ['image']),
    typed('2', ['audio/mpeg'], ['audio']),
    typed('3', ['video/mp4'], ['video']),
    typed('4', ['font/ttf'], ['font']),
    typed('5', ['text/plain'], ['text']),
    typed('6', ['text/csv'], ['data']),
    typed('7', ['application/pkcs7-signature'], ['crypto']),
    sample('empty', { path: '8', size: 0 }),
  ]

  assert.deepEqual(paths(...samples), [])
})

test('a picture that is an archive as well may hold something', () => {
  assert.deepEqual(paths(typed('1', ['image/gif', 'application/zip'], ['image', 'archive'])), ['1'])
})

test('a message whose parts were told is not opened again, one that was not read is', () => {
  const message = (path: string) => typed(path, ['message/rfc822'], ['message'])
  const inner = typed('2.1', ['application/zip'], ['archive'])
  const polyglot = typed('4', ['message/rfc822', 'application/zip'], ['message', 'archive'])

  assert.deepEqual(paths(message('2'), inner, message('3'), polyglot, { ...inner, path: '4.1' }), [
    '2.1',
    '3',
    '4',
    '4.1',
  ])
})

test('a text of the message is opened where a script in it builds a file', () => {
  const anomalies = [{ name: 'html-smuggling', severity: 'suspicious', offset: 0 }]
  const body = sample('page', { role: 'body', path: '1', types: ['text/html'], groups: ['markup'] })

  const plain = { ...reading(), bodies: [body] }
  const carrier = { ...reading(), bodies: [{ ...body, anomalies }] }

  assert.deepEqual([containersOf(plain).length, containersOf(carrier).length], [0, 1])
})
