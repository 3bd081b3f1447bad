import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Budget } from '../../src/archive/budget.ts'
import { STANDARD_LIMITS } from '../../src/archive/index.ts'
import { Passwords } from '../../src/archive/password.ts'
import { inLockedZip } from './hide.ts'
import { makeZip } from './make-zip.ts'
import { memberNamed, open } from './rig.ts'

function passwords(site: readonly string[] = []): Passwords {
  const budget = new Budget(STANDARD_LIMITS, () => 0)
  return new Passwords(
    site.map((value) => ({ value, source: 'site' })),
    budget,
  )
}

/** What is tried, in order. */
async function tries(tested: Passwords): Promise<string[]> {
  const seen: string[] = []
  await tested.find(async (value) => {
    seen.push(value)
    return false
  })
  return seen
}

test('a message that says very much does not keep the passwords of the site from being tried', async () => {
  const tested = passwords(['s1', 's2'])
  tested.suggest(Array.from({ length: 100 }, (_, i) => `m${i}`))

  const seen = await tries(tested)

  assert.deepEqual(seen.slice(0, 6), ['m0', 'm1', 's1', 'm2', 'm3', 's2'])
  assert.equal(seen.length, STANDARD_LIMITS.passwordTries)
})

test('what opened one container is tried first at the next', async () => {
  const tested = passwords(['s1', 's2'])
  tested.suggest(['m0', 'm1'])
  await tested.find(async (value) => value === 's2')

  assert.deepEqual((await tries(tested))[0], 's2')
})

test('what is said beside a container comes after what the message says, and is never much', async () => {
  const tested = passwords()
  tested.suggest(['m0'])
  tested.mention(Array.from({ length: 60 }, (_, i) => `n${i}`))

  const seen = await tries(tested)

  assert.deepEqual(seen.slice(0, 2), ['m0', 'n0'])
})

test('a note in the archive and the names of files tell the password of what lies beside', async () => {
  const inner = await inLockedZip('a.txt', Buffer.from('inner'), 'Tango-77')
  const newMeter = () => {
    let size = 0
    const end = () => ({
      sha256: '',
      size,
      type: '',
      types: ['text/plain'],
      groups: [],
      charset: '',
      testString: '',
      links: [],
    })
    const write = (chunk: Uint8Array) => {
      size += chunk.length
    }
    return { write, end }
  }
  const noted = makeZip([
    { name: 'readme.txt', data: Buffer.from('The password is Tango-77') },
    { name: 'inner.zip', data: inner },
  ])
  const named = makeZip([{ name: 'inner pw Tango-77.zip', data: inner }])

  for (const [content, name] of [
    [noted, ''],
    [named, ''],
    [inner, 'scan_pass_Tango-77.zip'],
  ] as const) {
    const tree = await open(content, { newMeter, name })
    assert.equal(memberNamed(tree, 'a.txt').content?.size, 5, name)
  }
  assert.equal(memberNamed(await open(inner), 'a.txt').content, undefined)
})
