import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compose } from '../../../src/main.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { World } from '../world.ts'
import { Import, withExpressions } from './harness.ts'
import { SAMPLE_ANALYZERS, SAMPLE_MAIN, SAMPLE_RULESET } from './samples.ts'

const FILES = { 'ruleset.conf': SAMPLE_RULESET, 'peekaboo.conf': SAMPLE_MAIN, 'analyzers.conf': SAMPLE_ANALYZERS }

test('an import passes config check, which reads its rules as serve would', async (t) => {
  const one = new Import(t, FILES)
  assert.equal(await one.run(), 2)
  const world = new World(t, { deps: { compose: (config) => compose(config, createLogger({ level: 'silent' })) } })

  const code = await world.run('config', 'check', '--config', one.configFile)

  assert.equal(code, 0, world.stderr)
  assert.match(world.stdout, /^good/)
})

test('everything that was carried over ends with 0, also without a main file', async (t) => {
  const one = new Import(t, { 'ruleset.conf': '[rules]\nrule.1: cuckoo_score\n[cuckoo_score]\nhigher_than: 5\n' })

  assert.equal(await one.run(), 0, one.world.stderr)

  assert.match(one.rules, /# ruleset\.conf:4 \[cuckoo_score\] higher_than\n- id: peekabooav-cuckoo-score\n/)
  assert.match(one.rules, /sandbox\.score >= 5\.0/)
})

test('files of an earlier import are overwritten only when that is asked for', async (t) => {
  const one = new Import(t, { 'ruleset.conf': withExpressions('True -> bad') })
  assert.equal(await one.run(), 0)
  const before = one.rules
  one.write('ruleset.conf', withExpressions('False -> bad'))

  assert.equal(await one.run(), 1)
  assert.equal(one.rules, before)
  assert.match(one.world.stderr, /nothing was written: .*peekabooav\.yaml.*--force/)

  assert.equal(await one.run('--force'), 2)
  assert.notEqual(one.rules, before)
})

test('what is wrong is told with file, line and column, all of it at once, and nothing is written', async (t) => {
  const one = new Import(t, {
    'ruleset.conf': `${withExpressions('sample.filename ==\n    "a" and and -> bad', 'sample.nam == "a" -> bad')}[cuckoo_score]\nhigher_than: much\n`,
    'peekaboo.conf': '[global]\nport: many\nhost\n',
  })

  assert.equal(await one.run(), 1)

  const { stderr } = one.world
  assert.match(stderr, /ruleset\.conf:5:13: \[expressions\] expression\.0: a value must stand here/)
  assert.match(
    stderr,
    /ruleset\.conf:6:15: .*sample\.nam is not known: did you mean sample\.name_declared\?|ruleset\.conf:6:15: .*is not known/,
  )
  assert.match(stderr, /peekaboo\.conf:2: \[global\] port: "many" is no port/)
  assert.match(stderr, /peekaboo\.conf:3: this is neither a \[section\] nor/)
  assert.ok(!one.hasWritten)
})

test('unknown sections and options are named in the summary and in the files, with what was meant', async (t) => {
  const one = new Import(t, {
    'ruleset.conf': `${withExpressions('True -> bad')}[cuckoo_scores]\nhigher_then: 4\n[cuckoo_score]\nhigher_then: 4\n`,
    'peekaboo.conf': '[global]\nuzer: peekaboo\n',
  })

  assert.equal(await one.run(), 2)

  assert.match(
    one.world.stdout,
    /UNKNOWN[\s\S]*ruleset\.conf:5 {2}section \[cuckoo_scores\] \(did you mean cuckoo_score\?\)/,
  )
  assert.match(
    one.rules,
    /# ruleset\.conf:8 \[cuckoo_score\] higher_then \(did you mean higher_than\?\)\n# {3}\| 4\n# unknown to both/,
  )
  assert.match(one.config, /# peekaboo\.conf:2 \[global\] uzer \(did you mean user\?\) = peekaboo/)
})

test('every option that was written is somewhere in what is written, but for secrets', async (t) => {
  const one = new Import(t, FILES)
  assert.equal(await one.run(), 2)
  const all = one.rules + one.config

  for (const [file, text] of Object.entries(FILES)) {
    const lines = text
      .split('\n')
      .flatMap((line, i) => (/^(?!rule\.)[a-z_]+(\.\d+)?:/.test(line) ? [`${file}:${i + 1} `] : []))
    // The list of rules is the order of the rules; the port stands with the host.
    const told = lines.filter((place) => !/^peekaboo\.conf:4 /.test(place))
    assert.deepEqual(
      told.filter((place) => !all.includes(place)),
      [],
      file,
    )
  }
  assert.ok(!`${all}${one.world.stdout}`.includes('s3cret'))
})

test('--json is one line with everything that was read, written and decided', async (t) => {
  const one = new Import(t, FILES)

  assert.equal(await one.run('--json'), 2)

  const [line] = one.world.json
  assert.equal(one.world.json.length, 1)
  assert.equal((line?.read as string[]).length, 3)
  assert.deepEqual(line?.written, [`${one.out}/rules.d/peekabooav.yaml`, `${one.out}/peekaboo.yaml`])
  const items = line?.items as { what: string; how: string; rule?: { id: string } }[]
  assert.equal(items.find(({ rule }) => rule?.id === 'peekabooav-expression-4')?.how, 'guarded')
})

test('a folder without any of the files is an error, and help tells the exit codes', async (t) => {
  const one = new Import(t, {})

  assert.equal(await one.run(), 1)
  assert.match(one.world.stderr, /neither ruleset\.conf nor/)

  assert.equal(await one.world.run('import', 'peekabooav', '--help'), 0)
  assert.match(one.world.stdout, /EXIT CODES/)
})

test('peekaboo.conf says how the other files are called, and its values find their place', async (t) => {
  const one = new Import(t, {
    'peekaboo.conf':
      '[global]\nhost = ::1\nport = 8200\nreport_locale = de_DE.UTF-8\n[ruleset]\nconfig = /elsewhere/my-rules.conf\n[logging]\nlog_level = WARNING\n',
    'my-rules.conf': withExpressions('sample.filename == "100%" -> bad'),
  })

  assert.equal(await one.run(), 0, one.world.stdout)

  assert.match(one.config, /^http: \{ listen: "\[::1\]:8200" \}$/m)
  assert.match(one.config, /^log: \{ level: warn \}$/m)
  assert.match(one.config, /^language: de$/m)
  assert.match(one.rules, /sample\.name == '100%'/)
})

test('nothing in a file can end a comment or reach a terminal as it is', async (t) => {
  const evil = 'a\u001b[31m\u2028- id: evil\u0085x'
  const one = new Import(t, { 'ruleset.conf': withExpressions(`sample.filename == "${evil}" -> bad`) })

  assert.equal(await one.run(), 0, one.world.stderr)

  assert.ok(!/[\u001b\u2028\u0085]/.test(one.rules + one.world.stdout))
  assert.equal(readFileSync(one.configFile, 'utf8').includes('\u001b'), false)
})
