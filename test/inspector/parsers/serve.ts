/** Serves jobs on the pipe of a parser process, as the real entry does, with the work of a test. */
import { Socket } from 'node:net'
import { type ParserWork, serveJobs } from '../../../src/inspector/parser.ts'

/** The pipe to the supervisor. */
export function openChannel(): Socket {
  return new Socket({ fd: 3, readable: true, writable: true })
}

export function serve(work: ParserWork, channel: Socket = openChannel()): void {
  serveJobs(channel, work, process.exit)
}
