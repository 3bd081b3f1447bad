/** A target with every fault that one may have, for the test of those who watch. */
import type { Attack, Target } from './target.ts'

const attack: Attack = {
  async check(input) {
    const [which] = input
    if (which === 1) throw new Error('this case does not hold')
    if (which === 2) process.exit(3)
    if (which === 3) for (;;);
    if (which === 4) setImmediate(() => Promise.reject(new Error('nobody waits for this')))
    // Whatever is thrown beside the case must have its turn.
    await new Promise((resolve) => setTimeout(resolve, 5))
  },
  close: async () => undefined,
}

export const targets: readonly Target[] = [
  { name: 'faulty', make: (random) => Buffer.from([random.below(8)]), open: async () => attack },
]
