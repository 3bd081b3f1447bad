import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { test } from 'node:test'
import { brief, load, refusals, refused, written } from './written.ts'

/** What is wrong → the text and the problem, as `line:column path: message; remedy`. */
const REFUSED: Readonly<Record<string, readonly [text: string, problem: RegExp]>> = {
  'an unknown key at the root': ['hold: 5s\n', /^1:1 hold: unknown key; valid here: dataDir, milter/],
  'a misspelt key at the root': ['miltr: {}\n', /^1:1 miltr: unknown key; did you mean "milter"\?/],
  'a misspelt key of a profile': [
    'profiles:\n  mx:\n    badd: reject\n',
    /^3:5 profiles\.mx\.badd: unknown key; did you mean "bad"\?/,
  ],
  'a misspelt key in a list': [
    'milter:\n  listeners:\n    - listen: unix:/a\n    - listen: unix:/b\n      profil: mx\n',
    /^5:7 milter\.listeners\.1\.profil: unknown key; did you mean "profile"\?/,
  ],
  'a key in the wrong case': ['profiles: { mx: { maxage: 4h } }\n', /did you mean "maxAge"\?/],
  'two neighbours swapped': ['stroe: {}\n', /did you mean "store"\?/],
  'a misspelt action': ['profiles: { mx: { bad: rejct } }\n', /^1:24 .*did you mean "reject"\?/],
  'a duplicate key': ['log: {}\nhttp: {}\nlog: {}\n', /^3:1 log: was written already at line 1; remove one/],
  'a duplicate key in an inner map': ['log: { level: info, level: warn }', /^1:21 log\.level: was written already/],
  'a tab as indentation': ['milter:\n\theld: 5\n', /^2:1 : not valid YAML: Tabs .*; indent with spaces/],
  'an open bracket': ['rules:\n  dirs: [a\n', /^\d:\d : not valid YAML: /],
  'an open quote': ['contact: "me\nlog: {}\n', /^\d:\d : not valid YAML: /],
  'two values on one line': ['store: url: x\n', /^1:8 : not valid YAML: /],
  'a second document': ['log: {}\n---\nlog: {}\n', /^2:1 : not valid YAML: .*; one document per file/],
  'an old YAML version': ['%YAML 1.1\n---\nlog: {}\n', /only YAML 1\.2/],
  'a tag': ['contact: !!binary aGVsbG8=\n', /^1:10 : not valid YAML: Unresolved tag.*without a tag/],
  'a key that is no word': ['? [a]\n: 1\n', /^1:3 : not valid YAML: .*keys are plain words/],
  'an alias without its anchor': ['contact: *who\n', /^1:10 contact: nothing before this is marked &who/],
  'a list instead of a map': ['- milter\n', /^1:1 : is not a map; write keys/],
  'a word instead of a map': ['milter\n', /^1:1 : is not a map/],
  'a value that contains itself': ['rules: &a { dirs: *a }\n', /is nested too deeply/],
  'a key of the language': ['profiles:\n  __proto__: {}\n', /^2:3 profiles\.__proto__: unknown key/],
  'a name that is not allowed': ['analyzers: { Box: { type: dummy } }\n', /^1:14 analyzers\.Box: not a name/],
  'an analyzer without its type': ['analyzers: { box: {} }\n', /^1:14 analyzers\.box\.type: is missing/],
  'a listener without an address': [
    'milter: { listeners: [{ profile: mx }] }\n',
    /^1:23 milter\.listeners\.0\.listen: is missing/,
  ],
  'no listener at all': ['milter: { listeners: [] }\n', /^1:22 milter\.listeners: needs at least 1 entry/],
  'a key without a value': ['milter:\n', /^1:1 milter: has no value; give it a value, or remove the key/],
  'a listener whose profile does not exist': [
    'milter:\n  listeners:\n    - { listen: unix:/a, profile: obsrve }\n',
    /^3:35 milter\.listeners\.0\.profile: there is no profile "obsrve"; did you mean "observe"\?/,
  ],
  'a profile that extends one that does not exist': [
    'profiles: { site: { extends: max } }\n',
    /^1:30 profiles\.site\.extends: there is no profile "max"; did you mean "mx"\?/,
  ],
  'a role played by an analyzer that does not exist': [
    'analyzers: { clamav: { type: dummy } }\nroles: { av: clmav }\n',
    /^2:14 roles\.av: there is no analyzer "clmav"; did you mean "clamav"\?/,
  ],
  'a clamd at two places': [
    'analyzers: { av: { type: clamav, socket: /s, host: h } }\n',
    /^1:\d+ analyzers\.av\.host: stands beside socket: one instance has one of them/,
  ],
  'a port without a host': [
    'analyzers: { av: { type: clamav, instances: [{ port: 3310 }] } }\n',
    /^1:\d+ analyzers\.av\.instances\.0\.port: has no host/,
  ],
  'an instance that is nowhere': [
    'analyzers: { av: { type: clamav, instances: [{}] } }\n',
    /^1:\d+ analyzers\.av\.instances\.0\.socket: is missing/,
  ],
  'a clamd beside its instances': [
    'analyzers: { av: { type: clamav, socket: /s, instances: [{ host: h }] } }\n',
    /^1:\d+ analyzers\.av\.socket: stands beside instances: put it there/,
  ],
  'a misspelt key of a clamd': [
    'analyzers: { av: { type: clamav, sockett: /s } }\n',
    /^1:\d+ analyzers\.av\.sockett: unknown key; did you mean "socket"/,
  ],
  'a profile named like a method of objects': [
    'milter: { listeners: [{ listen: unix:/a, profile: toString }] }\n',
    /there is no profile "toString"; there are: mx, observe, submission/,
  ],
  'a port that does not exist': ['milter: { listeners: [{ listen: "inet:h:65536" }] }\n', /has no valid port/],
  'two listeners at one address': [
    'milter: { listeners: [{ listen: unix:/a }, { listen: unix:/a }] }\n',
    /^1:54 milter\.listeners\.1\.listen: listeners\[0\] listens there already/,
  ],
  'an HTTP address without a port': ['http: { listen: localhost }\n', /^1:17 http\.listen: .*HOST:PORT/],
  'an HTTP port that does not exist': ['http: { listen: "h:70000" }\n', /^1:17 http\.listen: .*valid port/],
}

for (const [what, [text, problem]] of Object.entries(REFUSED)) {
  test(`${what} is refused`, (t) => {
    const problems = brief(refused(t, text))

    assert.match(problems[0] ?? 'nothing was refused', problem)
  })
}

test('all problems are told at once, in the order of the file', (t) => {
  const problems = refused(t, 'log: { level: loud }\nhuh: 1\nmilter: { held: 0, progress: 5 }\n')

  assert.deepEqual(
    problems.map(({ path }) => path.join('.')),
    ['log.level', 'huh', 'milter.held', 'milter.progress'],
  )
})

test('aliases that multiply without end are refused before they fill the memory', (t) => {
  const levels = Array.from({ length: 20 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}x]`)

  const problems = brief(refused(t, [`a0: &a0 [x]`, ...levels.slice(1)].join('\n')))

  assert.match(problems[0] ?? '', /too many values/)
})

test('ten thousand levels of brackets are refused', (t) => {
  const problems = brief(refused(t, `rules: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`))

  assert.match(problems[0] ?? '', /nested too deeply/)
})

test('a file larger than a configuration can be is refused', (t) => {
  const problems = brief(refused(t, `# ${'x'.repeat(1024 * 1024)}\n`))

  assert.match(problems[0] ?? '', /larger than 1 MiB/)
})

test('a file that is not UTF-8 is refused', (t) => {
  const problems = brief(refused(t, Buffer.from('contact: \xe9\n', 'latin1')))

  assert.match(problems[0] ?? '', /is not UTF-8/)
})

test('a file that does not exist is refused when it was asked for', () => {
  const problems = refusals({ file: '/nonexistent/peekaboo.yaml' })

  assert.match(brief(problems)[0] ?? '', /no such file; check the name given with --config/)
})

test('a folder is refused as a file', (t) => {
  const file = written(t, { 'peekaboo.yaml/x': '' })

  assert.match(brief(refusals({ file: file.replace(/\/x$/, '') }))[0] ?? '', /it is a folder/)
})

test('a file that may not be read is refused, except by root who may read everything', (t) => {
  const file = written(t, { 'peekaboo.yaml': 'log: {}\n' })
  chmodSync(file, 0)

  const problems = brief(refusals({ file }))

  if (process.getuid?.() === 0) assert.deepEqual(problems, [])
  else assert.match(problems[0] ?? '', /permission denied/)
})

test('anchors and aliases that stay small are taken', (t) => {
  const config = load(t, 'profiles:\n  a: &a { bad: tag }\n  b: *a\n')

  assert.deepEqual(config.profiles.b, { bad: 'tag' })
})
