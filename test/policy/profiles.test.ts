import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_HOLD_MS, PolicyError, profilesOptions, resolveProfiles } from '../../src/policy/index.ts'

/** Profiles as an operator writes them, through the schema of the configuration. */
function profiles(written: unknown) {
  return resolveProfiles(profilesOptions.parse(written))
}

function problemsOf(written: unknown) {
  try {
    profiles(written)
  } catch (error) {
    assert.ok(error instanceof PolicyError)
    return error.problems.map(({ path, message, remedy }) => ({ path: path.join('.'), message, remedy }))
  }
  return assert.fail('the profiles were accepted')
}

test('mx, observe, submission, relay and postmaster exist without being written', () => {
  const built = profiles({})

  assert.deepEqual([...built.keys()], ['mx', 'observe', 'submission', 'relay', 'postmaster'])
  assert.deepEqual(built.get('mx'), {
    mode: 'enforce',
    hold: 60_000,
    maxAge: 14_400_000,
    bad: 'reject',
    suspicious: 'tag',
    good: 'accept',
    ignored: 'accept',
    unknown: 'tag',
    unscannable: 'reject',
    unanalysed: 'tag',
    encrypted: { mail: 'accept', container: 'tag', document: 'tag' },
    pending: 'tempfail',
    failed: 'tempfail',
    expired: 'reject',
    mixed: 'defer',
  })
})

test('submission is mx with a short hold and a quarantine for what is not decided', () => {
  const { mx, submission } = Object.fromEntries(profiles({}))

  assert.deepEqual(submission, {
    ...mx,
    hold: 15_000,
    pending: 'quarantine',
    failed: 'quarantine',
    expired: 'return',
    mixed: 'strictest',
  })
})

test('what is written under the name of a built-in profile changes only that', () => {
  const built = profiles({}).get('mx')

  assert.deepEqual(profiles({ mx: { suspicious: 'reject' } }).get('mx'), { ...built, suspicious: 'reject' })
})

test('a change of mx reaches the profiles that extend it', () => {
  const written = profiles({ mx: { bad: 'discard' }, branch: { extends: 'submission', hold: '5s' } })

  assert.equal(written.get('submission')?.bad, 'discard')
  assert.equal(written.get('branch')?.bad, 'discard')
  assert.equal(written.get('branch')?.pending, 'quarantine')
  assert.equal(written.get('branch')?.hold, 5000)
})

test('a written profile that extends another starts from that one, also under a built-in name', () => {
  const written = profiles({ submission: { extends: 'mx', hold: '20s' } })

  assert.equal(written.get('submission')?.pending, 'tempfail')
})

test('encrypted merges key by key', () => {
  const written = profiles({ strict: { extends: 'mx', encrypted: { container: 'reject' } } })

  assert.deepEqual(written.get('strict')?.encrypted, { mail: 'accept', container: 'reject', document: 'tag' })
})

test('good and ignored need not be written, every other key must be', () => {
  const missing = problemsOf({ own: { mode: 'enforce', encrypted: { mail: 'accept' } } })

  assert.deepEqual(
    missing.map(({ path }) => path),
    [
      ...[
        'hold',
        'maxAge',
        'bad',
        'suspicious',
        'unknown',
        'unscannable',
        'unanalysed',
        'pending',
        'failed',
        'expired',
        'mixed',
      ],
      'encrypted.container',
      'encrypted.document',
    ].map((key) => `profiles.own.${key}`),
  )
  assert.equal(missing[0]?.message, 'profile "own" does not say what to do: hold is missing')
  assert.equal(missing[0]?.remedy, 'write hold, or begin from a profile that has it: extends: mx')
})

test('profiles that extend each other in a circle are refused, naming the circle', () => {
  const [first] = problemsOf({ a: { extends: 'b' }, b: { extends: 'c' }, c: { extends: 'a' } })

  assert.deepEqual(first, {
    path: 'profiles.c.extends',
    message: 'profile "c" extends itself: a → b → c → a',
    remedy: 'break the circle',
  })
})

test('a built-in profile that extends itself is refused with what was probably meant', () => {
  const [first] = problemsOf({ mx: { extends: 'mx', bad: 'tag' } })

  assert.equal(first?.message, 'profile "mx" extends itself: mx → mx')
  assert.equal(first?.remedy, 'remove extends: what is written under mx changes the built-in one')
})

test('a profile that extends one that does not exist is refused, naming those that do', () => {
  assert.deepEqual(problemsOf({ own: { extends: 'xm' } }), [
    {
      path: 'profiles.own.extends',
      message: 'profile "own" extends "xm", which does not exist',
      remedy: 'there are mx, observe, submission, relay, postmaster, own',
    },
  ])
})

test('a hold beyond what Postfix waits is refused, the longest that fits is not', () => {
  assert.equal(profiles({ mx: { hold: '240s' } }).get('mx')?.hold, MAX_HOLD_MS)
  assert.deepEqual(problemsOf({ observe: { hold: '241s' } }), [
    {
      path: 'profiles.observe.hold',
      message: 'profile "observe" holds answers for 241s, but Postfix waits only 300s for a milter',
      remedy: 'write at most 240s',
    },
  ])
})

test('all problems of all profiles are told at once', () => {
  const found = problemsOf({ a: { extends: 'none' }, b: { extends: 'mx', hold: '10m' } })

  assert.deepEqual(
    found.map(({ path }) => path),
    ['profiles.a.extends', 'profiles.b.hold'],
  )
})
