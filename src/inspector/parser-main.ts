/**
 * The entry of a parser process: the real readers on the pipe that the supervisor gave (descriptor 3). It runs inside all
 * layers, with nothing in its environment, and is told the limits on its command line.
 */
import { Socket } from 'node:net'
import { createContentMeter } from '../facts/index.ts'
import { createMessageReader, extractBytes } from '../mail/index.ts'
import { withMismatches } from './mismatches.ts'
import { type OpenLimits, sampleOpener } from './open-sample.ts'
import { type ParserWork, serveJobs } from './parser.ts'

const CHANNEL = 3

function realWork(limits: OpenLimits): ParserWork {
  const opener = sampleOpener(limits)
  return {
    async read(source, { header }) {
      const reader = createMessageReader({ limits, newMeter: createContentMeter, wantsHeader: header })
      for await (const chunk of source) if (!reader.write(chunk)) await reader.drained()
      return withMismatches(await reader.end())
    },
    bytes: (path, source, passwords) =>
      path.includes('/') ? opener.member(path, source, passwords) : extractBytes({ path, limits }, source),
    open: opener.open,
  }
}

const limits = JSON.parse(process.argv[2] ?? '{}') as OpenLimits
serveJobs(new Socket({ fd: CHANNEL, readable: true, writable: true }), realWork(limits), process.exit)
