/** What no single option can know: that one part of the configuration names what another part declares. */
import { suggest } from './issues.ts'
import type { Config } from './options.ts'
import type { Problem } from './problem.ts'
import { type Path, type Tree, valuePlaceOf } from './tree.ts'

/** A role that deliberately has no analyzer. */
const NO_ANALYZER = 'none'

/** Names that lead nowhere, addresses that nothing can listen on. */
export function crossCheck(config: Config, tree: Tree, builtinProfiles: readonly string[]): readonly Problem[] {
  const profiles = [...new Set([...Object.keys(config.profiles), ...builtinProfiles])]
  const found = [
    ...config.milter.listeners.flatMap(({ profile }, i) =>
      named(profile, profiles, 'profile', ['milter', 'listeners', i, 'profile']),
    ),
    ...config.milter.listeners.flatMap(({ instance }, i) =>
      instance === undefined
        ? []
        : named(instance, Object.keys(config.quarantine.instances), 'instance', ['milter', 'listeners', i, 'instance']),
    ),
    ...Object.entries(config.profiles).flatMap(([name, { extends: base }]) =>
      base === undefined ? [] : named(base, profiles, 'profile', ['profiles', name, 'extends']),
    ),
    ...Object.entries(config.roles).flatMap(([role, analyzer]) =>
      named(analyzer, [...Object.keys(config.analyzers), NO_ANALYZER], 'analyzer', ['roles', role]),
    ),
    ...listenerProblems(config),
    ...httpProblems(config.http.listen),
  ]
  return found.map((problem) => ({ ...problem, place: valuePlaceOf(tree, problem.path) }))
}

type Unplaced = Omit<Problem, 'place'>

function named(name: string, known: readonly string[], what: string, path: Path): Unplaced[] {
  if (known.includes(name)) return []
  return [{ path, message: `there is no ${what} "${name}"`, remedy: suggest(name, known, `there are`) }]
}

function listenerProblems({ milter: { listeners } }: Config): Unplaced[] {
  return listeners.flatMap(({ listen }, i) => {
    const path = ['milter', 'listeners', i, 'listen']
    if (listen.startsWith('inet:') && !isPort(listen)) return [badPort(listen, path)]
    const first = listeners.findIndex((other) => other.listen === listen)
    if (first === i || listen.endsWith(':0')) return []
    return [
      { path, message: `listeners[${first}] listens there already`, remedy: 'give each listener its own address' },
    ]
  })
}

function httpProblems(listen: string): Unplaced[] {
  const path = ['http', 'listen']
  if (listen === 'off') return []
  if (/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/.test(listen)) return isPort(listen) ? [] : [badPort(listen, path)]
  return [{ path, message: `"${listen}" is not an address`, remedy: 'write HOST:PORT such as 127.0.0.1:8100, or off' }]
}

function isPort(address: string): boolean {
  return Number(address.slice(address.lastIndexOf(':') + 1)) <= 65_535
}

function badPort(listen: string, path: Path): Unplaced {
  return { path, message: `"${listen}" has no valid port`, remedy: 'ports are 1 to 65535; 0 takes any free one' }
}
