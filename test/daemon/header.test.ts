/** Rules of a site about the header of a message, in the filter as a process of its own. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { mail } from '../postfix/mail.ts'
import { type Filter, startFilter } from './filter.ts'
import { deliver, said } from './mta.ts'

const RULES = `
- id: list-mail
  when: message.direction == 'inbound' && message.headers.exists(h, h.name == 'x-kit' && h.value == 'Grün 2')
  verdict: bad
  reason: a kit
- id: not-ours
  when: "message.from.exists(f, f.endsWith('@our.test')) && !message.auth.exists(a, a.method == 'dmarc' && a.result == 'pass' && a.domain == 'our.test')"
  verdict: bad
  reason: 'not from {{message.from}}'
`

const dir = mkdtempSync(join(tmpdir(), 'peekaboo-header-'))
let filter: Filter

before(async () => {
  writeFileSync(join(dir, 'site.yaml'), RULES)
  const listeners = [{ listen: 'inet:127.0.0.1:0', profile: 'mx', direction: 'inbound' }]
  filter = await startFilter({
    config: { rules: { dirs: [dir] }, milter: { listeners, authServers: ['MX.our.test'] } },
  })
})
after(async () => {
  await filter.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function answer(from: string, ...headers: readonly string[]): Promise<string> {
  const attachments = [{ name: 'notes.txt', type: 'text/plain', content: 'agenda' }]
  return said(await deliver(filter.port(), mail({ from, headers, attachments })))
}

test('a rule of a site decides by a field of the header', async () => {
  assert.equal(await answer('a@src.test'), 'accept')
  assert.equal(await answer('a@src.test', 'X-Kit: =?utf-8?Q?Gr=C3=BCn?= 2'), '550 5.7.1')
})

test('what a stranger says of authentication counts for nothing, what our own server says does', async () => {
  const passed = 'dmarc=pass header.from=our.test'

  assert.equal(await answer('"Boss" <boss@our.test>'), '550 5.7.1')
  assert.equal(await answer('boss@our.test', `Authentication-Results: mx.evil.test; ${passed}`), '550 5.7.1')
  assert.equal(
    await answer('boss@our.test', `Authentication-Results: mx.evil.test (mx.our.test); ${passed}`),
    '550 5.7.1',
  )
  assert.equal(await answer('boss@our.test', `Authentication-Results: mx.our.test; ${passed}`), 'accept')
})
