import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const cwd = fileURLToPath(new URL('../../ansible/', import.meta.url))

function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, output: `${stdout}${stderr}` }
}

test('ansible-lint has nothing to say about the role and its examples, at its profile for production', () => {
  const { status, output } = run('ansible-lint', '--offline', '--profile', 'production', 'roles', 'examples')

  assert.equal(status, 0, output)
})

test('yamllint has nothing to say either', () => {
  const { status, output } = run('yamllint', '--strict', '.')

  assert.equal(status, 0, output)
})

test('ansible-doc tells every variable', () => {
  const { status, output } = run('ansible-doc', '-t', 'role', '-r', 'roles', 'peekaboo_milter')

  assert.equal(status, 0, output)
  for (const name of ['peekaboo_milter_archive', 'peekaboo_milter_database', 'messageSize'])
    assert.ok(output.includes(name), name)
})

test('the ways in have the time-outs of the fragments that are called the same', () => {
  const { peekaboo_milter_ways: ways } = parse(readFileSync(`${cwd}roles/peekaboo_milter/vars/main.yml`, 'utf8'))

  for (const [way, times] of Object.entries<string>(ways)) {
    const fragment = readFileSync(`${cwd}../postfix/${way}.cf`, 'utf8')
    assert.ok(fragment.includes(`, ${times} }`), way)
  }
})

test('every variable has a default, a type and a description', () => {
  const role = (file: string) => parse(readFileSync(`${cwd}roles/peekaboo_milter/${file}`, 'utf8'))
  const options = role('meta/argument_specs.yml').argument_specs.main.options
  const defaults = role('defaults/main.yml')

  assert.deepEqual(Object.keys(options).sort(), Object.keys(defaults).sort())
  for (const [name, { type, description, default: stated }] of Object.entries<Record<string, unknown>>(options)) {
    assert.ok(typeof type === 'string' && typeof description === 'string', name)
    assert.deepEqual(stated, defaults[name], name)
  }
})
