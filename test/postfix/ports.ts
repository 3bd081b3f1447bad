import { createServer } from 'node:net'

// Below Linux's ephemeral range (32768 and up), so that no `listen(0)` or outgoing connection of another test can take a
// port between our looking and Postfix's bind. Two harnesses may still draw the same one: the start is then tried again.
const lowest = 20_000
const span = 12_000

/** Finds so many distinct loopback ports on which nothing listens now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>()
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries > 1_000) throw new Error(`no ${count} free loopback ports between ${lowest} and ${lowest + span}`)
    const port = lowest + Math.floor(Math.random() * span)
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  return [...found]
}

/** Finds one free loopback port. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error('unreachable: freePorts(1) gave none')
  return port
}

/** Whether nothing listens on a loopback port. */
export function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen({ host: '127.0.0.1', port }, () => probe.close(() => resolve(true)))
  return promise
}
