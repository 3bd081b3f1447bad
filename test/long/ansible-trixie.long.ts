// The role on a Debian 13, whose Python is too new for the Ansible of Debian 12: its own Ansible applies it. Installed, and again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MailHost, OTHERS } from '../ansible/mail-host.ts'

let host: MailHost

before(async () => {
  // debootstrap does not see that cryptography needs the backend of cffi.
  host = await MailHost.make({ release: 'trixie', packages: ['ansible-core', 'python3-cffi-backend'], isWithin: true })
})
after(() => host?.remove())

test('on Debian 13 it installs and plugs itself in; a second time it changes nothing', async () => {
  const first = await host.play({})
  const second = await host.play({})

  assert.equal(first.status, 0, first.output)
  assert.match(await host.read('etc/debian_version'), /^13|trixie/)
  assert.match(await host.read('etc/postfix/main.cf'), new RegExp(`^smtpd_milters = ${OTHERS}, \\{ inet:`, 'm'))
  assert.deepEqual([second.status, second.changed, second.asked], [0, 0, []], second.output)
})
