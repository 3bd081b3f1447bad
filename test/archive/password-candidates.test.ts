import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordCandidates } from '../../src/archive/index.ts'

/** Text → the password, which must be among the first. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['The password is: Tr0ub4dor', 'Tr0ub4dor'],
  ['Password: "open sesame"', 'open sesame'],
  ['Das Passwort lautet Sommer2026.', 'Sommer2026'],
  ['Kennwort für die Datei: geheim!', 'geheim!'],
  ['PIN: 4711', '4711'],
  ['Archive password - 1a2b3c', '1a2b3c'],
  ['Mot de passe : soleil42', 'soleil42'],
  ['La contraseña es Verano#1', 'Verano#1'],
  ['Hasło: zima2026', 'zima2026'],
  ['Пароль: Зима2026', 'Зима2026'],
  ['密码：abc888', 'abc888'],
  ['Wachtwoord = 7Kaas7', '7Kaas7'],
  ['Please open the file.\nPassword:\n\nx9!kk\n', 'x9!kk'],
  ['Use „Rote-Grütze“ as password', 'Rote-Grütze'],
  ['pw 123', '123'],
  ['Password is the word we agreed on, followed by tango', 'tango'],
  ['Passwort = (abc)', 'abc'],
  ['The code for the document is XK-77-21', 'XK-77-21'],
  ['Archive password: 12345', '12345'],
  ['Passwort zum Öffnen der Datei: Tulpe', 'Tulpe'],
  ['Das Passwort für das Archiv lautet: abc123', 'abc123'],
  ['Пароль к архиву: 777', '777'],
  ['Hasło do archiwum: Zima1', 'Zima1'],
  ['Het wachtwoord is 1234', '1234'],
  ['Le mot de passe est 4242', '4242'],
  ['La clave del archivo es: 0987', '0987'],
  ['La password per aprire il file è Roma24', 'Roma24'],
  ['PASSWORD - 55AA', '55AA'],
  ['pass: qwe', 'qwe'],
  ['Password 0212 ', '0212'],
  ['Use 1408 as the password to open it', '1408'],
  ['file is protected with "delta9"', 'delta9'],
]

test('what a message says of its password is among the first candidates', () => {
  for (const [text, password] of TEXTS) {
    const found = passwordCandidates([text], [])

    assert.ok(found.slice(0, 6).includes(password), `${text}: ${found}`)
  }
})

test('names of attachments are candidates, and what they say of a password', () => {
  assert.deepEqual(passwordCandidates([], ['invoice_pw_8899.zip']).slice(0, 2), ['8899', 'invoice_pw_8899'])
})

test('every candidate comes once, and there are never too many', () => {
  const found = passwordCandidates(
    [
      TEXTS.map(([text]) => text)
        .join('\n')
        .repeat(500),
    ],
    [],
  )

  assert.equal(new Set(found).size, found.length)
  assert.ok(found.length <= 100)
})

test('texts without a password cost time in proportion to their length', () => {
  const hostile = [
    'password '.repeat(30_000),
    '"'.repeat(250_000),
    'pass '.repeat(50_000),
    ' '.repeat(250_000),
    'password: : : : : '.repeat(14_000),
    'a1'.repeat(120_000),
  ]
  for (const text of hostile) {
    const start = process.threadCpuUsage().user

    passwordCandidates([text], [])

    assert.ok(process.threadCpuUsage().user - start < 1_000_000, text.slice(0, 20))
  }
})
