import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertGenerated, table } from '../generated.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { startFilter } from './filter.ts'
import { deliver, said } from './mta.ts'
import { WIRE_FAULTS } from './wire-faults.ts'

/** On `mx`: a refusal, a temporary refusal, or no session; never an acceptance of what was bad. */
const HARMLESS = ['no body', 'no headers']

test('whatever goes wrong on the wire is refused, deferred or ends the session, and harms no other message', async (t) => {
  const listeners = [
    { listen: 'inet:127.0.0.1:0', profile: 'mx' },
    { listen: 'inet:127.0.0.1:0', profile: 'observe' },
  ]
  const filter = await startFilter({ listeners })
  t.after(() => filter.stop())
  const bad = mail({ attachments: [{ name: 'eicar.com', content: eicar() }] })
  const rows: string[][] = []

  for (const { name, act } of WIRE_FAULTS) {
    const mx = await act(filter.port(0))
    const observe = await act(filter.port(1))
    const next = said(await deliver(filter.port(0), bad))
    rows.push([name, mx, observe, next])
  }

  for (const [name = '', mx = '', observe = '', next] of rows) {
    assert.match(mx, HARMLESS.includes(name) ? /^accept$/ : /^(?:550 5\.7\.1|451 4\.|session closed)/, name)
    assert.match(observe, /^(?:accept|session closed)$/, name)
    assert.equal(next, '550 5.7.1', `after: ${name}`)
  }
  assertGenerated(
    'ARCHITECTURE.md',
    'wire-faults',
    table(['on the wire', '`mx`', '`observe`', 'next message (EICAR)'], rows),
  )
})
