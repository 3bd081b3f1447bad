import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { createMariadbStore } from '../../src/store/index.ts'
import { makeCertificate } from '../postfix/certificate.ts'
import { freePort } from '../postfix/ports.ts'
import { content, digest, query } from './build.ts'
import { MariadbServer } from './mariadb-server.ts'
import { awayWith } from './sqlite-bench.ts'
import { makeTempFolder, removeTempFolder } from './temp-folder.ts'

let server: MariadbServer
let folder: string
let certificate: string
let port: number
before(async () => {
  folder = await makeTempFolder()
  await chmod(folder, 0o755)
  const { key, cert } = await makeCertificate(folder, 'localhost')
  await chmod(key, 0o644)
  certificate = cert
  port = await freePort()
  const network = [`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve=0']
  server = await MariadbServer.make([...network, `--ssl-cert=${cert}`, `--ssl-key=${key}`, `--ssl-ca=${cert}`])
  await server.sql("CREATE USER tls@'%' REQUIRE SSL")
  await server.sql("GRANT ALL ON `test%`.* TO tls@'%'")
})
after(async () => {
  await server.remove()
  await removeTempFolder(folder)
})

test('a user who must use TLS is let in with it, checked against the given authority, and not without', async (t) => {
  const database = await server.database()
  const { socketPath, ...settings } = { ...server.settings(database), host: 'localhost', port, user: 'tls' }
  const store = createMariadbStore({ ...settings, tls: { ca: certificate, verify: true } })
  const plain = createMariadbStore(settings)
  t.after(() => Promise.all([store.stop(), plain.stop()]))

  await store.start()
  await store.saveFacts('recipe', [content(1)])

  assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
  await assert.rejects(plain.start(), awayWith('refuses user or password'))
})

test('a server whose certificate nobody vouches for is not spoken to', async (t) => {
  const database = await server.database()
  const { socketPath, ...settings } = { ...server.settings(database), host: 'localhost', port, user: 'tls' }
  const store = createMariadbStore({ ...settings, tls: { verify: true } })
  const other = createMariadbStore({ ...settings, tls: { ca: '/nonexistent/ca.pem', verify: true } })
  t.after(() => Promise.all([store.stop(), other.stop()]))

  await assert.rejects(store.start(), awayWith(/self.signed certificate/))
  await assert.rejects(other.start(), awayWith('/nonexistent/ca.pem'))
})
