import { join } from 'node:path'
import { createSqliteStore } from '../../src/store/index.ts'
import { describeStore } from './contract.ts'
import { makeTempFolder, removeTempFolder } from './temp-folder.ts'

describeStore('sqlite', async (now) => {
  const folder = await makeTempFolder()
  const store = createSqliteStore({ path: join(folder, 'peekaboo.db'), timeoutMs: 10_000, now })
  return { store, end: () => removeTempFolder(folder) }
})
