/** Which policy counts for whom, and for a message whose recipients have several. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DISPOSITIONS, type Disposition, type Outcome } from '../../src/core/index.ts'
import {
  answerAt,
  type Circumstances,
  createPolicy,
  dispositionOf,
  headersOptions,
  MessageClass,
  overridesOptions,
  type PolicyClass,
  PolicyError,
  policyWarnings,
  profilesOptions,
  resolveProfiles,
  strictest,
} from '../../src/policy/index.ts'
import { anyProfile } from './any-profile.ts'

/** The configuration as an operator writes it; profile names stand for listeners. */
export function input(overrides: unknown, profiles: unknown = {}, listeners: readonly string[] = ['mx']) {
  return {
    profiles: profilesOptions.parse(profiles),
    overrides: overridesOptions.parse(overrides),
    headers: headersOptions.parse(undefined),
    language: 'en',
    milter: { listeners: listeners.map((profile) => ({ profile })) },
  }
}

const STRANGER: Circumstances = {
  sender: 'a@src.test',
  clientAddress: '203.0.113.9',
  authenticated: false,
  direction: 'inbound',
}

/** Name of the override that counts, or nothing. */
function which(overrides: unknown, recipient: string, about: Partial<Circumstances> = {}): string | undefined {
  return createPolicy(input(overrides)).classesFor('mx', { ...STRANGER, ...about })(recipient).override
}

function told(overrides: unknown, profiles?: unknown, listeners?: readonly string[]): readonly string[] {
  try {
    createPolicy(input(overrides, profiles, listeners))
    return []
  } catch (error) {
    assert.ok(error instanceof PolicyError)
    return error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }
}

test('each condition of an override must hold, and the first override that matches counts', () => {
  const overrides = [
    { name: 'bounces', senders: ['<>'], bad: 'discard' },
    { name: 'partner', networks: ['192.0.2.0/24'], domains: ['.dst.test', 'dst.test'], profile: 'relay' },
    { name: 'staff', authenticated: true, profile: 'submission' },
    { name: 'out', direction: 'outbound', suspicious: 'reject' },
    { name: 'boss', recipients: ['boss@dst.test'], senders: ['@src.test'], unknown: 'reject' },
    { name: 'all', recipients: ['@dst.test'], bad: 'tag' },
  ]

  assert.equal(which(overrides, 'x@dst.test', { sender: '' }), 'bounces')
  assert.equal(which(overrides, 'x@dst.test', { clientAddress: '192.0.2.9' }), 'partner')
  assert.equal(which(overrides, 'x@other.test', { clientAddress: '192.0.2.9' }), undefined)
  assert.equal(which(overrides, 'boss@dst.test', { authenticated: true, direction: 'outbound' }), 'staff')
  assert.equal(which(overrides, 'boss@dst.test', { direction: 'outbound' }), 'out')
  assert.equal(which(overrides, 'boss@dst.test'), 'boss')
  assert.equal(which(overrides, 'boss@dst.test', { sender: 'a@else.test' }), 'all')
  assert.equal(which(overrides, 'x@elsewhere.test'), undefined)
})

test('an override changes what it writes and leaves the rest of the profile, whatever listener it is', () => {
  const policy = createPolicy(input([{ name: 'p', recipients: ['p@'], mode: 'enforce', encrypted: { mail: 'tag' } }]))
  const mx = resolveProfiles({}).get('mx')

  const { profile, profileName } = policy.classesFor('observe', STRANGER)('p@dst.test')

  assert.deepEqual(profile, { ...mx, encrypted: { ...mx?.encrypted, mail: 'tag' } })
  assert.equal(profileName, 'observe')
  assert.equal(policy.classesFor('observe', STRANGER)('q@dst.test').profile.mode, 'monitor')
})

test('bad mail to postmaster and abuse alone is tagged, unless the site says otherwise or its own users send it', () => {
  const bad = (overrides: unknown, recipient: string, about: Partial<Circumstances> = {}) =>
    createPolicy(input(overrides)).classesFor('mx', { ...STRANGER, ...about })(recipient).profile.bad

  assert.equal(bad([], 'Postmaster@dst.test'), 'tag')
  assert.equal(bad([], 'abuse+x@dst.test'), 'tag')
  assert.equal(bad([], 'x@dst.test'), 'reject')
  assert.equal(bad([], 'postmaster@far.test', { authenticated: true }), 'reject')
  assert.equal(bad([{ recipients: ['postmaster@'], bad: 'reject' }], 'postmaster@dst.test'), 'reject')
})

const RESOLVED: readonly (readonly [written: string, resolved: string | undefined, bad: string, pilot: string])[] = [
  ['victim@dst.test', 'victim@dst.test', 'reject', 'enforce'],
  ['postmaster', 'postmaster@mx.test', 'tag', 'monitor'],
  ['postmaster+x@dst.test', 'postmaster+x@dst.test', 'tag', 'monitor'],
  ['postmaster+: victim@dst.test;', 'victim@dst.test', 'reject', 'enforce'],
  ['postmaster+<victim@dst.test', 'victim@dst.test', 'reject', 'enforce'],
  ['x: postmaster@dst.test;', 'postmaster@dst.test', 'reject', 'monitor'],
  ['postmaster+: victim@dst.test;', undefined, 'reject', 'enforce'],
  ['postmaster@dst.test', undefined, 'reject', 'enforce'],
  ['"postmaster+ x"@dst.test', 'postmaster+ x@dst.test', 'reject', 'monitor'],
  ['postmaster+%victim@dst.test', 'postmaster+%victim@dst.test', 'reject', 'enforce'],
  ['dst.test!postmaster', 'postmaster@dst.test', 'reject', 'monitor'],
  ['"c d"@free.test', 'c d@free.test', 'accept', 'monitor'],
  ['"c d"@free.test', '"c d"@free.test', 'accept', 'monitor'],
  ['"c d"@free.test', '"c e"@free.test', 'reject', 'enforce'],
  ['"c d"@free.test', 'c d@dst.test', 'reject', 'enforce'],
  ['"c%dst.test"@free.test', 'c%dst.test@free.test', 'reject', 'enforce'],
  ['a@free.test', 'a@free.test', 'accept', 'monitor'],
  ['x: a@free.test;', 'a@free.test', 'reject', 'monitor'],
  ['dst.test!victim', 'victim@dst.test', 'reject', 'enforce'],
  ['victim@dst.test(x)', 'victim@dst.test', 'reject', 'enforce'],
  ['victim@[192.0.2.1]', 'victim@[192.0.2.1]', 'reject', 'enforce'],
  ['po\u017ftmaster@dst.test', 'po\u017ftmaster@dst.test', 'reject', 'enforce'],
]

for (const [written, resolved, bad, mode] of RESOLVED) {
  test(`${written}, to Postfix ${resolved ?? 'nobody it tells of'}: bad is answered ${bad}, a pilot would ${mode}`, () => {
    const weak = createPolicy(input([{ domains: ['free.test'], bad: 'accept' }]))
    const pilot = createPolicy(input([{ recipients: ['victim@dst.test'], mode: 'enforce' }, { mode: 'monitor' }]))

    assert.equal(weak.classesFor('mx', STRANGER)(resolved, written).profile.bad, bad)
    assert.equal(pilot.classesFor('mx', STRANGER)(resolved, written).profile.mode, mode)
  })
}

test('a strange spelling where no override is stricter changes nothing, so such recipients share a message', () => {
  const classOf = createPolicy(input([])).classesFor('mx', STRANGER)

  assert.equal(classOf('postmaster@dst.test', 'x: postmaster@dst.test;'), classOf('x@dst.test'))
  assert.equal(classOf(undefined, 'x'), classOf(''))
})

test('who is never parted joins by the strictest', () => {
  const classOf = createPolicy(input([])).classesFor('mx', STRANGER)
  const message = new MessageClass(true)

  const taken = ['postmaster@dst.test', 'x@dst.test', 'abuse@dst.test'].map((one) => message.take(classOf(one)))

  assert.deepEqual(taken, [true, true, true])
  assert.equal(message.ruling(classOf('')).profile.bad, 'reject')
  assert.equal(message.ruling(classOf('')).isMixed, true)
})

test('what cannot be right is refused with its path', () => {
  assert.deepEqual(told([{ recipients: ['nobody'], bad: 'tag' }]), [
    'overrides.0.recipients.0: "nobody" is not an address',
  ])
  assert.deepEqual(told([{ networks: ['192.0.2.1/24'], bad: 'tag' }]), [
    'overrides.0.networks.0: "192.0.2.1/24" is not a network',
  ])
  assert.deepEqual(told([{ bad: 'redirect' }]), [
    'overrides.0: this override redirects (bad) and does not say where to',
  ])
  assert.deepEqual(told([], { mx: { encrypted: { mail: 'redirect' } } }), [
    ...['mx', 'observe', 'submission', 'relay', 'postmaster'].map(
      (name) => `profiles.${name}: profile "${name}" redirects (mail) and does not say where to`,
    ),
  ])
  assert.deepEqual(told([{ profile: 'xm' }]), ['overrides.0.profile: there is no profile "xm"'])
  assert.deepEqual(told([{ hold: '5m' }]), [
    'overrides.0.hold: this override holds answers for 300s, but Postfix waits only 300s for a milter',
  ])
  assert.deepEqual(told([], {}, ['gone']), ['milter.listeners.0.profile: there is no profile "gone"'])
})

const WARNED: readonly (readonly [overrides: unknown, warning: RegExp | undefined, listeners?: readonly string[]])[] = [
  [[{ bad: 'tag' }, { recipients: ['x@dst.test'], bad: 'accept' }], /^overrides\.1: is never reached: overrides\[0\]/],
  [
    [
      { recipients: ['@dst.test'], bad: 'tag' },
      { domains: ['dst.test'], bad: 'accept' },
    ],
    /^overrides\.1: is never reached/,
  ],
  [
    [
      { recipients: ['a@dst.test'], bad: 'tag' },
      { recipients: ['b@dst.test', 'a+x@dst.test'], bad: 'accept' },
    ],
    /^overrides\.1\.recipients\.1: "a\+x@dst\.test" is never reached here/,
  ],
  [
    [
      { recipients: ['a@dst.test'], authenticated: true, bad: 'tag' },
      { recipients: ['a@dst.test'], bad: 'accept' },
    ],
    undefined,
  ],
  [
    [
      { networks: ['192.0.2.0/24'], bad: 'tag' },
      { networks: ['192.0.2.8/29'], bad: 'accept' },
    ],
    /^overrides\.1: is never/,
  ],
  [
    [{ recipients: ['a@x.test'], domains: ['y.test'], bad: 'tag' }],
    /^overrides\.0: can never match: none of its recip/,
  ],
  [[{ recipients: ['a@x.test', 'b@'], domains: ['y.test'], bad: 'tag' }], undefined],
  [[{ authenticated: true, direction: 'inbound', bad: 'tag' }], /^overrides\.0\.direction: can never match/],
  [[{ senders: ['@x.test'], mode: 'monitor', bad: 'tag' }], /^overrides\.0\.bad: bad count for nothing/],
  [[{ senders: ['@x.test'], bad: 'tag' }], /^overrides\.0\.bad: bad count for nothing/, ['observe']],
  [[{ senders: ['@x.test'], mode: 'enforce', bad: 'tag' }], undefined, ['observe']],
  [[{ senders: ['@x.test'], bad: 'reject' }], /^overrides\.0: changes nothing/],
  [[{ recipients: ['postmaster@'], bad: 'reject' }], undefined],
]

for (const [overrides, warning, listeners] of WARNED) {
  test(`${JSON.stringify(overrides)} ${warning ? `is warned of: ${warning.source}` : 'is fine'}`, () => {
    const config = input(overrides, {}, listeners)

    const found = policyWarnings(createPolicy(config), config).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    )

    assert.deepEqual(found.length, warning ? 1 : 0, found.join('\n'))
    if (warning) assert.match(found[0] ?? '', warning)
  })
}

const anyOutcome = fc.constantFrom<Outcome>(
  { kind: 'decided', verdict: 'bad', rule: 'r', reason: '' },
  { kind: 'decided', verdict: 'unknown', rule: 'r', reason: '' },
  { kind: 'decided', verdict: 'good', rule: 'r', reason: '' },
  { kind: 'pending', roles: [] },
  { kind: 'failed', cause: 'internal' },
  { kind: 'unscannable', limit: 'parts' },
  { kind: 'encrypted', what: 'mail' },
  { kind: 'unanalysed', why: 'cap', role: 'r', rule: 'r' },
)
const anyClass: fc.Arbitrary<PolicyClass> = fc.tuple(anyProfile, fc.boolean()).map(([profile, isSoft]) => ({
  id: profile.mode === 'monitor' ? 'monitor' : JSON.stringify(profile),
  profileName: 'p',
  override: undefined,
  profile,
  isSoft,
}))
const rank = (disposition: Disposition) => DISPOSITIONS.indexOf(disposition)

test('adding a recipient never weakens what is answered, to any outcome at any age', () => {
  const classes = fc.array(anyClass, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(
      classes,
      fc.boolean(),
      fc.array(anyOutcome),
      fc.nat(20_000_000),
      fc.boolean(),
      (all, maySplit, outcomes, age, isFailed) => {
        const message = new MessageClass(maySplit)
        const [base] = all
        assert.ok(base)
        let before = 0
        for (const one of all) {
          if (!message.take(one)) continue
          const { profile } = message.ruling(base)
          const after = rank(answerAt(outcomes, profile, age, isFailed))
          assert.ok(after >= before)
          assert.ok(after >= rank(answerAt(outcomes, one.profile, age, isFailed)))
          for (const outcome of outcomes)
            assert.ok(rank(dispositionOf(outcome, profile)) >= rank(dispositionOf(outcome, one.profile)))
          before = after
        }
      },
    ),
  )
})

test('adding a sample never weakens what is answered, also where several policies count and time is over', () => {
  const profiles = fc.tuple(anyProfile, anyProfile)
  fc.assert(
    fc.property(profiles, fc.array(anyOutcome), anyOutcome, fc.nat(20_000_000), (both, outcomes, another, age) => {
      const profile = strictest(both)
      const deferred = answerAt(outcomes, profile, age, false)
      const isOver = (profile.parts ?? [profile]).some(({ maxAge }) => age > maxAge)
      if (isOver) return
      assert.ok(rank(answerAt([...outcomes, another], profile, age, false)) >= rank(deferred))
    }),
  )
})

test('of two policies that both may part recipients only the first counts, and a monitored one is never sent away', () => {
  fc.assert(
    fc.property(fc.array(anyClass, { minLength: 1, maxLength: 6 }), (all) => {
      const message = new MessageClass(true)
      const taken = all.filter((one) => message.take(one))
      const hard = new Set(
        taken.filter(({ isSoft, profile }) => !isSoft && profile.mode === 'enforce').map(({ id }) => id),
      )

      assert.ok(hard.size <= 1)
      for (const one of all) if (one.profile.mode === 'monitor') assert.ok(taken.includes(one))
    }),
  )
})
