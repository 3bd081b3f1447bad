/** Whether memory of this thread piles up: what is left after a collection, compared with the first look. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes that caches of Node and V8 may take that were not there at first. */
const SLACK = 32 * 1024 * 1024

/** Makes the look, which throws when more than some slack was added since its first call. */
export function memoryWatch(): () => Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let base: number | undefined
  return async () => {
    // What the last case left to the loop, streams that close, is done first.
    await new Promise((resolve) => setTimeout(resolve, 20))
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    base ??= heapUsed + arrayBuffers
    const more = heapUsed + arrayBuffers - base
    if (more > SLACK) throw new Error(`memory piles up: ${Math.round(more / 1024)} KiB more than at first`)
  }
}
