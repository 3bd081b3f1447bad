import { after, before } from 'node:test'
import { describeStore } from './contract.ts'
import { MariadbServer } from './mariadb-server.ts'

let server: MariadbServer
before(async () => {
  server = await MariadbServer.make()
})
after(() => server.remove())

describeStore('mariadb', async (now) => {
  const database = await server.database()
  const end = async () => {
    await server.sql(`DROP DATABASE ${database}`)
  }
  return { store: server.store(database, { now }), end }
})
