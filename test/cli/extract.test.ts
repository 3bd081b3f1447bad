import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { extractJsonSchema, extractSchema } from '../../src/cli/extract-line.ts'
import { Fault, toZod } from '../../src/core/index.ts'
import { reading, sample } from '../fakes/inspector.ts'
import { TextInspector } from './text-inspector.ts'
import { World } from './world.ts'

const PUBLISHED = new URL('../../docs/extract.schema.json', import.meta.url)
const LINE_KEYS = ['file', 'attachments', 'bodies', 'anomalies', 'unscannable']

function publishedCheck(): z.ZodType {
  return z.fromJSONSchema(JSON.parse(readFileSync(PUBLISHED, 'utf8')))
}

test('the published schema is what core declares; UPDATE_DOCS=1 writes it anew', () => {
  const declared = `${JSON.stringify(extractJsonSchema(), null, 2)}\n`

  if (process.env.UPDATE_DOCS) writeFileSync(PUBLISHED, declared)

  assert.equal(readFileSync(PUBLISHED, 'utf8'), declared)
})

test('one line for each file in the order given, also for those that cannot be read, all by the published schema', async (t) => {
  const world = new World(t)
  const files = [
    world.file('1', 'one'),
    world.file('2', 'crash'),
    `${world.folder}/gone`,
    world.file('4', 'limit parts'),
    world.folder,
    world.file('6', 'six'),
  ]

  const code = await world.command('extract', '--json', ...files)

  const lines = world.json
  assert.deepEqual(
    lines.map(({ file }) => file),
    files,
  )
  assert.deepEqual(
    lines.map(({ unscannable }) => unscannable),
    ['', 'inspector-crashed', 'unreadable', 'parts', 'unreadable', ''],
  )
  for (const line of lines) {
    publishedCheck().parse(line)
    toZod(extractSchema).parse(line)
    assert.deepEqual(Object.keys(line), LINE_KEYS)
  }
  assert.equal(code, 1)
  assert.match(world.stderr, /gone cannot be read: there is no such file/)
})

test('the published schema refuses a line with a key more or a key less', () => {
  const line = { file: 'x', attachments: [], bodies: [], anomalies: [], unscannable: '' }

  assert.equal(publishedCheck().safeParse(line).success, true)
  assert.equal(publishedCheck().safeParse({ ...line, more: 1 }).success, false)
  assert.equal(publishedCheck().safeParse({ ...line, unscannable: undefined }).success, false)
})

test('an attachment has exactly the published fields', async (t) => {
  const world = new World(t)

  await world.command('extract', '--json', world.file('1', 'x.doc'))

  const [attachment] = (world.json[0]?.attachments ?? []) as readonly object[]
  const fields = ['name', 'names', 'size', 'sha256', 'type', 'path', 'readings', 'anomalies']
  assert.deepEqual(Object.keys(attachment ?? {}), fields)
})

test('a file that cannot be read has the anomaly unreadable', async (t) => {
  const world = new World(t)

  await world.command('extract', '--json', '/nonexistent/mail.eml')

  assert.deepEqual(world.json, [
    {
      file: '/nonexistent/mail.eml',
      attachments: [],
      bodies: [],
      anomalies: [{ name: 'unreadable', severity: 'unscannable', offset: -1 }],
      unscannable: 'unreadable',
    },
  ])
})

test('lines keep the order of the files when a later file is read first', async (t) => {
  const second = Promise.withResolvers<void>()
  class Overtaking extends TextInspector {
    override read() {
      const inspection = super.read()
      const finish = async () => {
        const found = await inspection.finish()
        if (found.attachments[0]?.name === 'second') second.resolve()
        else await second.promise
        return found
      }
      return { ...inspection, finish }
    }
  }
  const world = new World(t, { inspector: new Overtaking() })

  const code = await world.command('extract', '--json', world.file('1', 'first'), world.file('2', 'second'))

  assert.equal(code, 0)
  assert.deepEqual(
    world.json.map(({ file }) => String(file).slice(-1)),
    ['1', '2'],
  )
})

test('an inspector that does not start gives a failure line for every file', async (t) => {
  class Broken extends TextInspector {
    override start = () => Promise.reject(new Fault('inspector-unavailable'))
  }
  const inspector = new Broken()
  const world = new World(t, { inspector })

  const code = await world.command('extract', '--json', world.file('1', 'a'), world.file('2', 'b'))

  assert.equal(code, 1)
  assert.deepEqual(
    world.json.map(({ unscannable }) => unscannable),
    ['inspector-unavailable', 'inspector-unavailable'],
  )
  assert.equal(inspector.isStopped, true)
})

test('standard input is read as -', async (t) => {
  const world = new World(t, { stdin: ['na', 'me'] })

  await world.command('extract', '--json', '-')

  assert.match(world.stdout, /"file":"-","attachments":\[\{"name":"name"/)
})

test('a limit that ended a reading is no error of the command, and is said in words', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('extract', world.file('1', 'limit parts')), 0)

  assert.match(world.stdout, /not read whole: the message has more parts/)
})

test('names that would change a terminal are shown escaped, in text and in JSON', async (t) => {
  const evil = 'e\x1b[2Jx\u202Ecod.exe\u009b'
  class Evil extends TextInspector {
    override read() {
      return { ...super.read(), finish: async () => reading(sample(evil)) }
    }
  }
  const world = new World(t, { inspector: new Evil(), isTTY: true, env: { NO_COLOR: '1' } })

  await world.command('extract', '--explain', world.file('1', 'x'))
  await world.command('extract', '--json', world.file('2', 'x'))

  assert.doesNotMatch(world.stdout, /[\x1b\u202e\u009b]/)
  assert.match(world.stdout, /e\\u\{1b\}\[2Jx\\u\{202e\}cod\.exe\\u\{9b\}/)
  const line = JSON.parse(world.lines.at(-1) ?? '')
  assert.equal(line.attachments[0].name, evil)
})

test('--explain adds names with their origin and the readings', async (t) => {
  const world = new World(t)

  await world.command('extract', '--explain', world.file('1', 'x.doc'))

  assert.match(world.stdout, /name x\.doc \(disposition\.filename\)/)
  assert.match(world.stdout, /seen by strict, mailparser/)
})

test('--explain says of each anomaly where it is, what it means, and what stands there', async (t) => {
  const odd = [
    { name: 'cte-duplicate', severity: 'suspicious', offset: 3 },
    { name: 'bare-lf', severity: 'note', offset: -1 },
  ] as const
  class Odd extends TextInspector {
    override read() {
      const one = { ...sample('a.doc'), anomalies: odd }
      return { ...super.read(), finish: async () => ({ ...reading(one), anomalies: odd }) }
    }
  }
  const world = new World(t, { inspector: new Odd() })

  await world.command('extract', '--explain', world.file('1', 'abc\x1b\r\n\tx\u00e4\0'))

  const [first, second, third] = world.lines.filter((line) => line.startsWith('  odd') || line.startsWith('      odd'))
  assert.match(first ?? '', /^ {6}odd: cte-duplicate \(suspicious\) at byte 3: several Content-Transfer-Encodings/)
  assert.match(second ?? '', /^ {6}odd: bare-lf \(note\): lines end in LF/)
  assert.match(third ?? '', /^ {2}odd: cte-duplicate/)
  assert.ok(world.stdout.includes(String.raw`"\u{1b}\r\n\tx\xc3\xa4\0"`), world.stdout)
})

test('what is odd about a body is said of the message', async (t) => {
  const odd = { name: 'cte-unknown', severity: 'suspicious', offset: 7 } as const
  class Odd extends TextInspector {
    override read() {
      const body = { ...sample(''), role: 'body' as const, anomalies: [odd] }
      return { ...super.read(), finish: async () => ({ ...reading(), bodies: [body] }) }
    }
  }
  const world = new World(t, { inspector: new Odd() })

  await world.command('extract', '--json', world.file('1', 'x'))

  assert.deepEqual(world.json[0]?.anomalies, [odd])
})

test('the help of extract is a page: what is shown, examples, exit codes', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('extract', '--help'), 0)

  for (const title of ['USAGE', 'OPTIONS', 'WHAT IS SHOWN', 'EXAMPLES', 'EXIT CODES'])
    assert.match(world.stdout, new RegExp(`^${title}`, 'm'))
})

test('--schema prints the published schema without any file', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('extract', '--schema'), 0)

  assert.equal(world.stdout, readFileSync(PUBLISHED, 'utf8'))
})
