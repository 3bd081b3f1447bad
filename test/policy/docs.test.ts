/** What docs/policy.md shows is a configuration that the filter takes, and it names every text and every built-in profile. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatProblem, loadConfigWithPlaces } from '../../src/config/index.ts'
import { TEXTS } from '../../src/policy/catalogue.ts'
import { BUILTIN_PROFILES, createPolicy, policyWarnings } from '../../src/policy/index.ts'
import { SURROUNDINGS, written } from '../config/written.ts'

const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8')

test('each configuration on the page is taken without a warning', (t) => {
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml)
  const empty = { 'never.list': '', 'pilot.list': '', 'domains.list': '' }

  for (const yaml of examples) {
    const file = written(t, { 'peekaboo.yaml': yaml, ...empty })
    const { config, placed } = loadConfigWithPlaces({
      file,
      surroundings: SURROUNDINGS,
      builtinProfiles: Object.keys(BUILTIN_PROFILES),
    })
    assert.deepEqual(placed(policyWarnings(createPolicy(config), config)).map(formatProblem), [], yaml)
  }
  assert.ok(examples.length >= 4)
})

test('the page names every built-in profile and every text', () => {
  for (const name of [...Object.keys(BUILTIN_PROFILES), ...Object.keys(TEXTS)])
    assert.ok(page.includes(`\`${name}\``), name)
})
