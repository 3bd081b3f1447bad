/** What a sandbox is given of a container: told by facts alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member, Members, Sample } from '../../src/core/index.ts'
import { viewOf } from '../../src/pipeline/view.ts'
import { withinOf } from '../../src/pipeline/within.ts'
import { EMPTY, member, sample } from '../fakes/inspector.ts'

const KINDS: Readonly<Record<string, readonly [type: string, group: string]>> = {
  exe: ['application/x-dosexec', 'executable'],
  js: ['text/javascript', 'script'],
  docm: ['application/vnd.ms-word.document.macroEnabled.12', 'office'],
  pdf: ['application/pdf', 'document'],
  zip: ['application/zip', 'archive'],
  iso: ['application/x-iso9660-image', 'disk'],
  jar: ['application/java-archive', 'archive'],
  png: ['image/png', 'image'],
  svg: ['image/svg+xml', 'image'],
  txt: ['text/plain', 'text'],
  bat: ['text/plain', 'text'],
  csv: ['text/plain', 'text'],
  bin: ['application/octet-stream', ''],
}

/** Type and group by the extension of the name. */
function kind(name: string) {
  const [type, group] = KINDS[name.split('.').at(-1) ?? ''] ?? ['application/octet-stream', '']
  return { type, types: group === '' ? [] : [type], groups: group === '' ? [] : [group] }
}

function file(path: string, name: string, facts: Partial<Member> = {}): Member {
  const { content, ...rest } = member(path, name)
  const names = [{ value: name, origin: 'zip.central' }]
  return { ...rest, names, ...(content && { content: { ...content, ...kind(name) } }), ...facts }
}

/** The names of what is in an attachment, by place; a slash leads into a container. */
function scene(
  name: string,
  names: readonly string[],
  root: Partial<Members['root']> = {},
  more: Partial<Member> = {},
) {
  const places = new Map<string, string>()
  const members = names.map((whole, i) => {
    const around = whole.slice(0, whole.lastIndexOf('/') + 1)
    const path = `${places.get(around.slice(0, -1)) ?? ''}/${i + 1}`.slice(around === '' ? 1 : 0)
    places.set(whole, path)
    return file(path, whole.slice(around.length), i === 0 ? more : {})
  })
  const attachment = sample(name, { ...kind(name), path: '2' })
  const within = withinOf(attachment, { root: { ...EMPTY, ...root }, members })
  const opening = new Map([['2', within]])
  const all = [within.container, ...within.members]
  const of = (wanted: string) => {
    const one = all.find((each) => each.name === wanted) as Sample
    return viewOf(one, opening)
  }
  return { of, shown: of(name).sample.name }
}

const CASES: Readonly<Record<string, readonly [name: string, within: readonly string[], shown: string]>> = {
  'a program alone': ['a.zip', ['x.exe'], 'x.exe'],
  'a program beside a note and a picture': ['a.zip', ['readme.txt', 'x.exe', 'logo.png'], 'x.exe'],
  'a document alone': ['a.zip', ['x.pdf'], 'x.pdf'],
  'a program in a container in a container': ['a.zip', ['b.zip', 'b.zip/c.iso', 'b.zip/c.iso/x.exe'], 'x.exe'],
  'a document with its parts': ['a.zip', ['x.docm', 'x.docm/vba.bin', 'x.docm/logo.png', 'note.txt'], 'x.docm'],
  'a script alone': ['a.zip', ['x.js'], 'x.js'],
  'a script beside a text that may be its load': ['a.zip', ['x.js', 'log.txt'], 'a.zip'],
  'a program and a text that a spreadsheet opens': ['a.zip', ['x.exe', 'y.csv'], 'a.zip'],
  'two programs': ['a.zip', ['x.exe', 'y.exe'], 'a.zip'],
  'a program and what nobody knows': ['a.zip', ['x.exe', 'data.bin'], 'a.zip'],
  'a program and a document': ['a.zip', ['x.exe', 'y.pdf'], 'a.zip'],
  'a program and a text with the name of a script': ['a.zip', ['x.exe', 'y.bat'], 'a.zip'],
  'a program and a picture that is instructions': ['a.zip', ['x.exe', 'y.svg'], 'a.zip'],
  'two programs in two containers': ['a.zip', ['b.zip', 'b.zip/x.exe', 'c.zip', 'c.zip/y.js'], 'a.zip'],
  'a program beside a container that holds nothing': ['a.zip', ['b.zip', 'x.exe'], 'a.zip'],
  'only a note': ['a.zip', ['readme.txt'], 'a.zip'],
  nothing: ['a.zip', [], 'a.zip'],
  'a package of a program': ['a.jar', ['x.exe'], 'a.jar'],
  'a document that holds a program': ['a.docm', ['x.exe'], 'a.docm'],
}

for (const [what, [name, within, shown]] of Object.entries(CASES)) {
  test(`of a container with ${what} the sandbox is given ${shown === name ? 'all' : 'that file'}`, () => {
    assert.equal(scene(name, within).shown, shown)
  })
}

test('a container within a container is looked into by itself', () => {
  const { of } = scene('a.zip', ['b.zip', 'b.zip/x.exe', 'c.zip', 'c.zip/y.exe', 'c.zip/z.exe'])

  assert.deepEqual(
    ['a.zip', 'b.zip', 'c.zip', 'x.exe'].map((name) => of(name).sample.name),
    ['a.zip', 'x.exe', 'c.zip', 'x.exe'],
  )
})

test('a container of which something was not read goes as it is', () => {
  const limited = scene('a.zip', ['x.exe'], { limit: 'container-bytes' })
  const damaged = scene('a.zip', ['x.exe'], {
    anomalies: [{ name: 'corrupt', severity: 'unscannable', offset: 0 }],
  })
  const { content: _, ...closed } = file('1', 'y.exe', { isEncrypted: true })
  const locked = withinOf(sample('a.zip', { ...kind('a.zip'), path: '2' }), {
    root: { ...EMPTY, isEncrypted: true },
    members: [closed, file('2', 'x.exe')],
  })

  const view = viewOf(locked.container, new Map([['2', locked]]))

  assert.deepEqual([limited.shown, damaged.shown, view.sample.name], ['a.zip', 'a.zip', 'a.zip'])
  assert.deepEqual([view.isClosed, view.locked], [true, []])
})

test('a text is to rely on only where every name of it says so', () => {
  const names = [
    { value: 'note.txt', origin: 'zip.central' },
    { value: 'note.bat', origin: 'zip.local' },
  ]

  const shown = [{ names }, { name: '', names: [] }, {}].map(
    (more) => scene('a.zip', ['note.txt', 'x.exe'], {}, more).shown,
  )

  assert.deepEqual(shown, ['a.zip', 'a.zip', 'x.exe'])
})

test('a picture that is called a program is none to rely on', () => {
  assert.equal(scene('a.zip', ['logo.png', 'x.exe'], {}, { mismatches: ['image/png called exe'] }).shown, 'a.zip')
})

test('what passwords opened is told: the sample itself first, then what lies within; not what everybody can open', () => {
  const openedBy = (by: string) => ({ opened: { ...EMPTY, isEncrypted: true, openedBy: by } })
  const said = scene(
    'a.zip',
    ['b.zip', 'b.zip/x.exe', 'y.exe'],
    { isEncrypted: true, openedBy: 'message' },
    openedBy('site'),
  )
  const common = scene('a.zip', ['b.zip', 'b.zip/x.exe', 'y.exe'], {}, openedBy('common'))
  const digest = (name: string) => sample(name).sha256

  assert.deepEqual(said.of('a.zip').locked, [digest('a.zip'), digest('b.zip')])
  assert.deepEqual(said.of('y.exe').locked, [])
  assert.deepEqual(common.of('a.zip').locked, [])
})

test('a file that a password laid bare is given as it is: nothing of it is locked any more', () => {
  const { of } = scene('a.zip', ['x.exe', 'note.txt'], { isEncrypted: true, openedBy: 'message' })

  const view = of('a.zip')

  assert.deepEqual([view.sample.name, view.locked, view.isClosed], ['x.exe', [], false])
})

test('another reading of the same place is another sample', () => {
  const within = withinOf(sample('a.zip', { ...kind('a.zip'), path: '2' }), {
    root: EMPTY,
    members: [file('1', 'x.exe')],
  })
  const other = sample('b.zip', { ...kind('b.zip'), path: '2' })

  assert.equal(viewOf(other, new Map([['2', within]])).sample, other)
})
