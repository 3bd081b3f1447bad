// The same bytes to a filter on libmilter (python3-milter) and to one on our library: the answers are the same, frame by
// frame, but for the differences that are listed here with their reason.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { MilterServer } from '../../src/milter/index.ts'
import { type PythonPeer, startPythonPeer } from './python-peer.ts'
import { startPlannedFilter } from './scripted-filter.ts'
import { answersOf } from './wire-run.ts'
import { disorderlyScripts, orderlyScripts, replyScripts } from './wire-scripts.ts'

type Difference = { readonly why: string; readonly libmilter: RegExp; readonly ours: RegExp }

const fault = 'y "451 4\\.3\\.0 [^"]*"'

const differences: Readonly<Record<string, Difference>> = {
  'connect-discard': {
    why: 'Postfix ignores a discard there with a warning, and the mail passes: we do not let a hook say it',
    libmilter: /^O d$/,
    ours: new RegExp(`^O ${fault}$`),
  },
  'helo-discard': {
    why: 'as at connect',
    libmilter: /^O c d$/,
    ours: new RegExp(`^O c ${fault}$`),
  },
  'MAIL without its NUL': {
    why: 'libmilter hangs up, after which Postfix asks no more in this SMTP session: we defer this one message',
    libmilter: /^O c c$/,
    ours: new RegExp(`^O c c ${fault} ${fault} c{1}( c){6} y "550 `),
  },
  'MAIL without an address': {
    why: 'as without its NUL',
    libmilter: /^O c c$/,
    ours: new RegExp(`^O c c ${fault} ${fault} c{1}( c){6} y "550 `),
  },
  'a header without a value': {
    why: 'as without its NUL',
    libmilter: /^O c c c c$/,
    ours: new RegExp(`^O c c c c( ${fault}){3}$`),
  },
  'no negotiation': {
    why: 'without it neither side knows which replies the other waits for: we close; pymilter runs into an exception',
    libmilter: /untrapped exception/,
    ours: /^$/,
  },
  'two negotiations': {
    why: 'libmilter ignores the second one; for us it is a peer that is no MTA, and we close',
    libmilter: /^O( c){10}$/,
    ours: /^O c c$/,
  },
}

suite('a filter on libmilter and one on our library', () => {
  let server: MilterServer
  let port = 0
  let peer: PythonPeer
  before(async () => {
    const filter = await startPlannedFilter()
    server = filter.server
    port = filter.port
    peer = await startPythonPeer()
  })
  after(async () => {
    await peer.stop()
    await server.close({ graceMs: 0 })
  })

  const scripts = { ...replyScripts(), ...orderlyScripts, ...disorderlyScripts }
  for (const [name, script] of Object.entries(scripts)) {
    const difference = differences[name]
    const title = difference === undefined ? 'are answered alike' : `are answered differently: ${difference.why}`
    test(`the bytes of “${name}” ${title}`, async () => {
      const theirs = await answersOf(peer.port, script)
      const ours = await answersOf(port, script)

      if (difference === undefined) {
        assert.ok(theirs.length > 1, 'the peer answered nothing, so nothing is compared')
        assert.deepEqual(ours, theirs)
        return
      }
      assert.match(theirs.join(' '), difference.libmilter)
      assert.match(ours.join(' '), difference.ours)
    })
  }

  test('every listed difference is about a script that is run', () => {
    assert.deepEqual(
      Object.keys(differences).filter((name) => !(name in scripts)),
      [],
    )
  })
})
