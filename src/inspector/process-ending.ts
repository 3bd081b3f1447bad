/** What the end of a parser process means. */
import type { Ending } from './protocol.ts'

/**
 * Why a process ended that we did not kill. V8 and Node end by a trap or abort when RLIMIT_DATA or the heap limit stops an
 * allocation, and say so on standard error; the words are V8's (`FatalProcessOutOfMemory`) and the C++ library's.
 */
export function explainExit(why: string, stderr: string): Ending {
  const isAbort = /^SIG(ABRT|TRAP|ILL|SEGV|BUS)$|^exit code (133|134|139|7)$/.test(why)
  if (isAbort && /out of memory|allocation failed|failed to (allocate|reserve)|bad_alloc/i.test(stderr)) {
    return { limit: 'memory', detail: why }
  }
  return { cause: 'inspector-crashed', detail: why }
}

/** What the log says of the end of a process. */
export function describeExit(ending: Ending, why: string, stderr: string): string {
  const code = 'limit' in ending ? ending.limit : ending.cause
  const said = stderr
    .trim()
    .split('\n')
    .find((line) => /error|fatal|fail|cannot|denied/i.test(line))
  const refused = /resource: '([^']*)'/.exec(stderr)?.[1]
  return [code, ending.detail || why, said?.slice(0, 200), refused].filter(Boolean).join(': ')
}
