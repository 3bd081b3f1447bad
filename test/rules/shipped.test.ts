/** What the rules that come with the filter say of every kind of file, where no analyzer is there to be asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shippedPlaces } from '../../src/cli/rule-files.ts'
import { BUILT_SAMPLES } from '../facts/type/samples/index.ts'
import { evaluate, FAILED, outcomeOf, PENDING, reported } from './harness.ts'
import { factsOfBytes, NO_ROLES, samplesOf, shippedRules } from './shipped.ts'

const ruleset = shippedRules()
const EXE = 'application/vnd.microsoft.portable-executable'
const exe = samplesOf(EXE)[0] ?? Buffer.alloc(0)

/** The outcome of bytes under a name. */
function of(bytes: Buffer | string, name = '', declaredType = '', depth = 0): string {
  return outcomeOf(ruleset, {
    sample: { ...factsOfBytes(Buffer.from(bytes), name, declaredType), depth },
    roles: NO_ROLES,
  })
}

test('the shipped rules pass their own tests, and each has one that applies and one that does not', () => {
  const all = shippedRules(true)
  const results = all.test()

  assert.deepEqual(
    results.filter(({ passed }) => !passed),
    [],
  )
  for (const { id, verdict } of all.rules) {
    const got = results.filter(({ rule }) => rule === id).map((one) => one.got)
    assert.ok(got.includes(verdict), id)
    assert.ok(got.some((one) => one !== verdict) || id === 'final-unknown', id)
  }
})

test('every shipped rule gives its reason in English and in German', () => {
  const german = new Map(shippedRules(true, 'de').rules.map(({ id, reason }) => [id, reason]))

  for (const { id, reason } of shippedRules(true).rules) {
    assert.notEqual(reason, id)
    assert.notEqual(reason, german.get(id), id)
  }
})

test('both test files are found by their content', () => {
  assert.equal(outcomeOf(ruleset, { sample: { testString: 'eicar', name: 'x.png' } }), 'bad by eicar-test-file')
  assert.equal(outcomeOf(ruleset, { sample: { testString: 'peekaboo' } }), 'bad by peekaboo-test-file')
})

/** The attachments that the old default rules let pass unseen, or trusted because of what the sender declared. */
const HOLES: readonly (readonly [expected: string, bytes: Buffer | string, name: string, declared?: string])[] = [
  ['suspicious by html-attachment', '<html><script>location="https://x.test"</script></html>', 'a.html', 'text/html'],
  ['bad by script-by-name', 'Get-ChildItem', 'a.ps1', 'text/plain'],
  ['bad by script-by-name', 'mere words', 'a.vbs', 'text/plain'],
  ['bad by script-for-windows', firstOf('application/x-ms-encoded-script'), 'a.vbe', 'text/plain'],
  ['bad by script-for-windows', firstOf('application/x-wsf'), 'a.wsf'],
  ['bad by script-by-name', 'var a = 1', 'a.js'],
  ['bad by script-for-windows', firstOf('application/hta'), 'a.hta'],
  ['bad by script-by-name', firstOf('application/x-ms-shortcut'), 'a.lnk'],
  ['bad by shortcut-attack', firstOf('application/x-ms-shortcut'), 'a.pdf', 'application/pdf'],
  ['suspicious by disk-image', firstOf('application/x-iso9660-image'), 'a.iso'],
  ['suspicious by disk-image', firstOf('application/x-iso9660-image'), 'a.png', 'image/png'],
  ['unanalysed(role sandbox) by sandbox-malicious', firstOf('application/onenote'), 'a.one'],
  ['suspicious by svg-attachment', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'a.svg'],
  ['bad by program-disguised', exe, 'a.png', 'image/png'],
  ['bad by program-disguised', exe, 'smime.p7m', 'application/pkcs7-mime'],
  ['bad by program-disguised', exe, 'smime.p7s', 'application/pkcs7-signature'],
  ['bad by program-disguised', exe, 'signature.asc', 'application/pgp-signature'],
  ['bad by program-disguised', exe, 'a.txt', 'text/plain'],
  ['unanalysed(role sandbox) by sandbox-malicious', exe, 'setup.exe', 'application/octet-stream'],
  ['unanalysed(role sandbox) by sandbox-malicious', firstOf('application/x-vba-project'), 'X.DOC'],
  ['bad by shortcut-attack', firstOf('application/x-windows-search-connector+xml'), 'a.xml'],
  ['bad by script-by-name', 'x', 'Documents.library-ms'],
  ['suspicious by shortcut', firstOf('application/x-mswinurl'), 'a.url'],
  ['suspicious by shortcut', firstOf('application/x-rdp'), 'a.rdp'],
]

function firstOf(type: string): Buffer {
  return samplesOf(type)[0] ?? Buffer.alloc(0)
}

for (const [expected, bytes, name, declared] of HOLES) {
  test(`${name}${declared === undefined ? '' : ` declared ${declared}`} is ${expected}`, () => {
    assert.equal(of(bytes, name, declared), expected)
  })
}

test('whatever runs or leads elsewhere is never good or ignored, whatever it is called and wherever it lies', () => {
  const dangerous = BUILT_SAMPLES.filter(({ type }) => {
    const group = factsOfGroup(type)
    return group === 'executable' || group === 'script' || group === 'shortcut' || group === 'disk'
  })
  assert.ok(dangerous.length > 80)
  for (const { type, genuine } of dangerous) {
    for (const bytes of genuine) {
      for (const [name, declared] of [
        ['', ''],
        ['a.png', 'image/png'],
        ['smime.p7s', 'application/pkcs7-signature'],
        ['xl/printerSettings/printerSettings1.bin', ''],
      ] as const) {
        for (const depth of [0, 1]) assert.doesNotMatch(of(bytes, name, declared, depth), /^(?:good|ignored)/, type)
      }
    }
  }
})

function factsOfGroup(type: string): string {
  return BUILT_SAMPLES.some((one) => one.type === type) ? (factsOfBytes(firstOf(type)).groups?.[0] ?? '') : ''
}

test('what nobody listed is unknown: an unrecognised content, and formats that no rule names', () => {
  assert.equal(of(Buffer.from('8090a0b0c0d0e0f08191a1b1', 'hex'), 'photo.png', 'image/png'), 'unknown by final-unknown')
  assert.equal(of(firstOf('application/x-keepass2'), 'a.txt', 'text/plain'), 'unknown by final-unknown')
})

test('what is harmless by its content is ignored without any analyzer, whatever it is called', () => {
  for (const type of [
    'image/png',
    'image/jpeg',
    'text/plain',
    'text/calendar',
    'text/vcard',
    'application/pdf',
    'application/pkcs7-signature',
    'application/pgp-signature',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'audio/mpeg',
    'video/mp4',
    'font/woff2',
  ]) {
    const types = { types: [type], type, size: 10 }
    for (const name of ['', 'a.dat', 'photo.png', 'a.docm']) {
      const names = name === '' ? [] : [{ value: name, origin: 'type.name' }]
      const roles = { av: PENDING, sandbox: PENDING, lookup: PENDING }
      assert.equal(outcomeOf(ruleset, { sample: { ...types, name, names }, roles }), 'ignored by harmless', type)
    }
  }
})

test('a sandbox is asked about what does something, and only where the bytes alone do not decide', () => {
  const ask = (bytes: Buffer, name: string) =>
    outcomeOf(ruleset, { sample: factsOfBytes(bytes, name), roles: { ...NO_ROLES, sandbox: PENDING } })

  assert.equal(ask(exe, 'setup.exe'), 'pending(sandbox)')
  assert.equal(ask(firstOf('application/x-vba-project'), 'a.doc'), 'pending(sandbox)')
  assert.equal(ask(exe, 'photo.png'), 'bad by program-disguised')
  assert.equal(ask(firstOf('application/x-iso9660-image'), 'a.iso'), 'suspicious by disk-image')
  assert.equal(ask(firstOf('image/png'), 'a.png'), 'ignored by harmless')
})

test('the report of a sandbox decides, a program stays suspicious, and a failure is no verdict', () => {
  const heard = (bytes: Buffer, sandbox: ReturnType<typeof reported>) =>
    outcomeOf(ruleset, { sample: factsOfBytes(bytes, ''), roles: { ...NO_ROLES, sandbox } })
  const macros = firstOf('application/x-vba-project')

  assert.equal(heard(exe, reported({ score: 5 })), 'bad by sandbox-malicious')
  assert.equal(heard(exe, reported({ score: 0 })), 'suspicious by program')
  assert.equal(heard(macros, reported({ score: 0.9 })), 'good by sandbox-harmless')
  assert.equal(heard(macros, reported({ score: 1 })), 'suspicious by office-macros')
  assert.equal(heard(macros, FAILED), 'failed(analyzer-failed) by sandbox-malicious')
})

test('where an antivirus is there it is asked about everything but the harmless members of containers', () => {
  const withAv = shippedRules(true)
  const png = factsOfBytes(firstOf('image/png'), 'a.png')
  const ask = (depth: number, av: ReturnType<typeof reported>) =>
    outcomeOf(withAv, { sample: { ...png, depth }, roles: { ...NO_ROLES, av } })

  assert.equal(ask(0, PENDING), 'pending(av)')
  assert.equal(ask(1, PENDING), 'ignored by harmless')
  assert.equal(ask(0, reported({ findings: [] })), 'ignored by harmless')
  const found = reported({ findings: [{ id: 'Win.Test', severity: 10, description: '' }] })
  assert.equal(ask(0, found), 'bad by av-found')
  assert.equal(
    evaluate(withAv, { sample: { ...png, testString: 'eicar' }, roles: { ...NO_ROLES, av: PENDING } }).outcome.kind,
    'decided',
  )
})

test('the rules of the antivirus are read only where somebody plays it', () => {
  const names = (roles: Readonly<Record<string, string>>) =>
    shippedPlaces({ roles }).map((place) => place.replace(/^.*\/rules\//, ''))

  assert.deepEqual(names({ av: 'clamav' }), ['roles/av.yaml', ''])
  assert.deepEqual(names({ av: 'none', sandbox: 'cape' }), [''])
  assert.deepEqual(names({}), [''])
})
