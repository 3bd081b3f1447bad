/** What a command has of the world; tests hand in their own. */
import { readFileSync } from 'node:fs'

/** A stream that text is written to; `isTTY` where a person reads along. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): boolean
}

/** What a command has of the world. */
export interface CliIo {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Numeric user id, -1 where the system has none. */
  readonly uid: number
  readonly version: string
  /** Calls back at each of these signals; the result ends that. */
  readonly onSignal: (name: 'SIGTERM' | 'SIGINT' | 'SIGHUP', call: () => void) => () => void
}

/** The real world: this process. A reader that went away (`| head`) is no error. */
export function processIo(): CliIo {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    uid: process.getuid?.() ?? -1,
    version: ownVersion(),
    onSignal: (name, call) => {
      process.on(name, call)
      return () => process.off(name, call)
    },
  }
}

/** Version in package.json, which lies two folders above this one in `src/` as in `dist/`. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return (manifest as { readonly version: string }).version
}
