import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cat, latin, noise } from './bytes.ts'
import { factsOf } from './types-of.ts'

const TEXT = 'The quick brown fox jumps over the lazy dog, again and again.\n'
const GERMAN = 'Viele Grüße aus München, schöne Tage und äußerst gute Zeit für alle.\n'

function wide(text: string, isBig = false): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}

const CHARSETS: readonly (readonly [charset: string, content: Buffer])[] = [
  ['us-ascii', latin(TEXT)],
  ['utf-8', Buffer.from(GERMAN)],
  ['utf-8', Buffer.from('Привет, как дела? Всё хорошо.')],
  ['utf-8', Buffer.from(GERMAN.repeat(1000))],
  ['utf-16le', wide(`\ufeff${TEXT}`)],
  ['utf-16le', wide(TEXT)],
  ['utf-16be', wide(`\ufeff${TEXT}`, true)],
  ['utf-16be', wide(TEXT, true)],
  ['utf-16le', wide(`\ufeff日本語のテキストです。`)],
  ['iso-8859-1', latin(GERMAN)],
  ['windows-1252', cat(latin(GERMAN), 'a \x84quote\x93')],
  ['unknown-8bit', cat('a: ', Buffer.from('d0c8d2c5d420cbc1cb20c4c5ccc1', 'hex'), '\n', 'some words in between them ')],
  ['', cat('\x01\x02', noise(300))],
  ['', cat('MZ', noise(300))],
]

for (const [charset, content] of CHARSETS) {
  test(`${JSON.stringify(content.toString('latin1', 0, 24))} is ${charset || 'no text'}`, () => {
    assert.equal(factsOf(content).charset, charset)
  })
}

const SCRIPT = 'Dim sh\r\nSet sh = CreateObject("WScript.Shell")\r\nsh.Run "notepad.exe"\r\n'

test('a script is known in every form of its characters', () => {
  for (const content of [
    latin(SCRIPT),
    wide(SCRIPT),
    wide(`\ufeff${SCRIPT}`),
    wide(SCRIPT, true),
    Buffer.from(`\ufeff${SCRIPT}`),
  ])
    assert.equal(factsOf(content).types[0], 'text/vbscript')
})

test('commands behind a mark that hides them from everybody but their interpreter are known', () => {
  const content = cat('\xff\xfe', '&cls\r\n@echo off\r\nset a=1\r\nstart "" calc\r\n')

  assert.ok(factsOf(content).types.includes('application/x-bat'))
})

test('a script with a few bytes that no text has is still a script, and no text', () => {
  const { types, charset } = factsOf(latin(SCRIPT.replace('Dim', '\x01Dim').repeat(3)))

  assert.deepEqual([types[0], charset], ['text/vbscript', ''])
})
