import { createMemoryStore } from '../../src/store/index.ts'
import { describeStore } from './contract.ts'

describeStore('memory', async (now) => {
  const clock = { now, after: () => () => {} }
  return { store: createMemoryStore({ clock }), end: async () => {} }
})
