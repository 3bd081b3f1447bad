import type { Route } from './server.ts'

/** Something that must work for a message to be examined; `check` rejects when it does not. */
export interface Dependency {
  readonly name: string
  readonly check: () => Promise<unknown>
  /** It is told, but messages are examined without it. */
  readonly isNote?: boolean
}

/**
 * `/livez`: the event loop turns. `/readyz`: a message would get through now; names what would stop it. `told` are words that stand there too
 * and stop nothing.
 */
export function healthRoutes(
  dependencies: readonly Dependency[],
  told: Readonly<Record<string, () => string>> = {},
): readonly Route[] {
  return [
    { method: 'GET', path: '/livez', doc: 'the process answers', answer: async () => ({ status: 200, body: 'ok\n' }) },
    { method: 'GET', path: '/readyz', doc: 'a message would be examined now', answer: () => ready(dependencies, told) },
  ]
}

async function ready(dependencies: readonly Dependency[], told: Readonly<Record<string, () => string>>) {
  const checks = await Promise.allSettled(dependencies.map((one) => one.check()))
  const states = checks.map((check) =>
    check.status === 'fulfilled' ? 'ok' : String(check.reason?.message ?? check.reason),
  )
  const body = Object.fromEntries([
    ...dependencies.map((one, i) => [one.name, states[i] ?? 'ok'] as const),
    ...Object.entries(told).map(([name, say]) => [name, say()] as const),
  ])
  const isReady = dependencies.every(({ isNote = false }, i) => isNote || states[i] === 'ok')
  return { status: isReady ? 200 : 503, body }
}
