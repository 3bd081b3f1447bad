/** The texts that strangers read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Outcome } from '../../src/core/index.ts'
import { renderReplyText } from '../../src/milter/reply-text.ts'
import { answersOf } from '../../src/policy/answers.ts'
import { CATALOGUES, TEXTS, type TextName, textProblem } from '../../src/policy/catalogue.ts'
import {
  type CatalogueSource,
  headerFor,
  headersOptions,
  recipientReply,
  replyFor,
  say,
} from '../../src/policy/index.ts'
import { taggedSubject } from '../../src/policy/subject.ts'

const headers = headersOptions.parse(undefined)
const bad: Outcome = { kind: 'decided', verdict: 'bad', rule: 'secret-rule', reason: 'a secret' }

function catalogue(language: string, texts: Readonly<Record<string, string>>): CatalogueSource {
  const place = (line: number) => ({ origin: `/etc/peekaboo/messages.d/${language}.yaml`, line, column: 1 })
  return { language, texts: Object.entries(texts).map(([name, text], i) => ({ name, text, place: place(i + 1) })) }
}

function answers(language: string, texts?: Readonly<Record<string, string>>, contact?: string) {
  return answersOf({ language, headers, contact, catalogues: texts ? [catalogue(language, texts)] : [] })
}

test('every text that comes with the filter is right in every language', () => {
  for (const [language, texts] of CATALOGUES) {
    for (const name of Object.keys(TEXTS) as TextName[])
      assert.equal(textProblem(name, texts[name]), undefined, `${language} ${name}`)
  }
})

test('German is said in ASCII, and in its own letters where the client said SMTPUTF8', () => {
  const { answers: german } = answers('de')

  const plain = replyFor('reject', { ref: 'K3', outcome: bad }, german)
  const utf8 = replyFor('reject', { ref: 'K3', outcome: bad, utf8: true }, german)

  assert.match(
    plain?.text ?? '',
    /^Nachricht wegen ihres Inhalts abgelehnt; .* den Postmaster des Empfaengers \(Ref\. K3\)$/,
  )
  assert.match(utf8?.text ?? '', /den Postmaster des Empfängers/)
})

test('a language of a file is taken text by text; what it does not say is said in English', () => {
  const { answers: french, problems } = answers(
    'fr',
    { refusedContent: 'Message refusé, écrivez à {contact} (réf. {ref})' },
    'x@y.test',
  )

  assert.deepEqual(problems, [])
  assert.equal(
    replyFor('reject', { ref: 'K3', outcome: bad }, french)?.text,
    'Message refuse, ecrivez a x@y.test (ref. K3)',
  )
  assert.match(
    replyFor('tempfail', { ref: 'K3', outcome: bad }, french)?.text ?? '',
    /^Message could not be checked yet/,
  )
})

test('a text in letters for which ASCII has none is said in English unless the client reads it', () => {
  const { answers: greek } = answers('el', { later: 'Δοκιμάστε ξανά (ref {ref})' })

  assert.match(say(greek, 'later', { ref: 'K3' }), /^Message could not be checked yet; .*\(ref K3\)$/)
  assert.equal(say(greek, 'later', { ref: 'K3' }, true), 'Δοκιμάστε ξανά (ref K3)')
})

test('a site may change one text of a language that comes with the filter, and a region one of its language', () => {
  const sources = [catalogue('de', { contact: 'die Hotline' }), catalogue('de-AT', { contact: 'den Servus-Dienst' })]

  const { answers: austrian } = answersOf({ language: 'de-AT', headers, catalogues: sources })

  assert.match(say(austrian, 'refusedContent', { ref: 'K' }), /fragen Sie den Servus-Dienst/)
})

test('a catalogue with an unknown text, a missing or an unknown word is refused with file and line', () => {
  const { problems } = answers('fr', {
    refusedContent: 'sans référence',
    later: 'Plus tard {ref} {rule}',
    refusedUnreed: 'x {ref}',
    recipientLater: 'a { brace',
    refusedUnread: 'bell \u0007 {ref}',
    contact: ' ',
  })

  assert.deepEqual(
    problems.map(({ place, message }) => `${place?.origin.split('/').at(-1)}:${place?.line}: ${message}`),
    [
      'fr.yaml:1: {ref} is missing',
      'fr.yaml:2: {rule} is no word of this text',
      'fr.yaml:3: there is no such text',
      'fr.yaml:4: a brace stands alone',
      'fr.yaml:5: the text has control characters',
      'fr.yaml:6: the text is empty',
    ],
  )
  assert.equal(problems[2]?.remedy, 'did you mean "refusedUnread"?')
})

test('a reply keeps to 512 octets a line, whatever text, contact and reference are', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 1400 })
    .map((one) => `${one.replace(/[{}\p{Cc}]/gu, ' ')} {ref}`)
  fc.assert(
    fc.property(text, fc.string({ maxLength: 100 }), fc.boolean(), (later, ref, utf8) => {
      const { answers: own } = answers('fr', { later })
      const reply = replyFor('tempfail', { ref, outcome: bad, utf8 }, own)
      assert.ok(reply)

      const lines = renderReplyText(reply, '4').split('\r\n')

      for (const [i, line] of lines.entries()) {
        assert.ok(Buffer.byteLength(line.replaceAll('%%', '%')) + 2 <= 512, line)
        assert.ok(line.startsWith(i < lines.length - 1 ? '451-4.7.1 ' : '451 4.7.1 '), line)
        if (!utf8) assert.match(line, /^[ -~]*$/)
      }
    }),
  )
})

test('a text of several lines becomes a reply of several lines', () => {
  const { answers: own } = answers('en', { refusedContent: 'First line.\nSecond (ref {ref})' })

  assert.equal(
    renderReplyText(replyFor('reject', { ref: 'K', outcome: bad }, own) ?? { code: 0 }, '5'),
    '550-5.7.1 First line.\r\n550 5.7.1 Second (ref K)',
  )
})

test('who shall come in a message of its own is told so by 452 4.5.3', () => {
  const { code, enhanced, text } = recipientReply(answers('de').answers)

  assert.deepEqual([code, enhanced, text], [452, '4.5.3', 'Bitte senden Sie diesem Empfaenger eine eigene Nachricht'])
})

test('the header says what the site wants it to say, and nothing of rules', () => {
  const own = answersOf({ language: 'en', headers: headersOptions.parse({ value: '{disposition}/{verdict} {ref}' }) })

  assert.equal(headerFor({ ref: 'K', outcome: bad }, 'tag', own.answers), 'tag/bad K')
  assert.equal(headersOptions.safeParse({ value: '{rule}' }).success, false)
})

test('a prefix is put before the subject once, in ASCII, with the subject as it was', () => {
  assert.equal(taggedSubject(' hello\n there', '[odd]'), '[odd] hello\n there')
  assert.equal(taggedSubject('', '[odd]'), '[odd] ')
  assert.equal(taggedSubject('[odd] hello', '[odd]'), undefined)
  assert.equal(taggedSubject('x'.repeat(60_000), '[odd]'), undefined)
  const twice = taggedSubject('Grüße', '⚠ Vorsicht: ')
  assert.match(twice ?? '', /^=\?utf-8\?B\?[A-Za-z0-9+/=]+\?= Grüße$/)
  assert.equal(taggedSubject(twice ?? '', '⚠ Vorsicht: '), undefined)
})
