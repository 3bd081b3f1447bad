/** What a fault is, and how a fake is made to do it. */
import type { Seen } from '../fakes/http-service.ts'
import type { FakeSandbox, Make } from './sandboxes.ts'

/** What becomes of the analysis of a sample that is malware: nothing here may sound like harmless. */
export type Cell =
  | 'failed, tried again'
  | 'failed'
  | 'refused'
  | 'not taken now'
  | 'running until maxAge'
  | 'reported, 8.5'
  | 'reported, 10'

export interface Scene {
  readonly make: Make
  readonly fake: FakeSandbox
}

export interface Fault {
  readonly arrange: (scene: Scene) => void
  readonly cell: Cell | { readonly [M in Make]?: Cell }
  /** What the log then says. */
  readonly detail?: RegExp
}

/** What a request is for. */
export type Kind = 'submit' | 'status' | 'list' | 'report' | 'search' | 'other'

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/\/tasks\/create\//, 'submit'],
  [/\/tasks\/(?:status|view)\//, 'status'],
  [/\/tasks\/list\//, 'list'],
  [/\/tasks\/(?:get\/)?report\//, 'report'],
  [/\/(?:tasks\/search|files\/view)\//, 'search'],
]

/** What a path is for. */
export function kindOf(path: string): Kind {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}

/** The page that a CAPE with DEBUG shows when it has crashed: 115 KB of HTML. */
export const CRASH = `<!DOCTYPE html><html><title>DoesNotExist at /apiv2/</title>${'<td class="name">x</td>\n'.repeat(4700)}</html>`

/** Does that to every request of a kind, or to the first so many. */
export function on(kind: Kind, misdeed: (seen: Seen, fake: FakeSandbox) => boolean, most = Number.POSITIVE_INFINITY) {
  return ({ fake }: Scene) => {
    let left = most
    fake.service.misdeed = (seen) => {
      if (kindOf(seen.path) !== kind || left <= 0) return false
      left -= 1
      return misdeed(seen, fake)
    }
  }
}

/** The fake takes the sample; the number of its task. */
export function taken({ headers, body }: Seen, fake: FakeSandbox): number {
  const text = body.toString('latin1')
  const custom = /name="custom"\r\n\r\n([^\r]*)/.exec(text)?.[1] ?? ''
  const content = /filename="[^"]*"\r\n[^\r]*\r\n\r\n([\s\S]*)\r\n--[^\r]*--\r\n$/.exec(text)?.[1] ?? ''
  return headers['content-type'] ? fake.add(content, custom).id : 0
}
