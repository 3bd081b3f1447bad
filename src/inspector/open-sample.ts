/** Opens one sample inside a parser process, with everything that opening needs. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createSevenZip, FORMATS, openTree, type SevenZip, STANDARD_LIMITS } from '../archive/index.ts'
import { createContentMeter } from '../facts/index.ts'
import type { MailLimits } from '../mail/index.ts'
import { messageFormat } from './open-message.ts'
import type { Opening, SampleTree } from './tree.ts'

export type SampleOpener = (opening: Opening, source: AsyncIterable<Uint8Array>) => Promise<SampleTree>

/** What the command line of a parser process says. */
export type OpenLimits = MailLimits & { readonly cpu?: number }

/** Of the processor time after which the process is killed: so that what was found can be told. */
const SOFT_SHARE = 0.8

/** Makes the opener of this process; 7-Zip is compiled when the first sample comes. */
export function sampleOpener(limits: OpenLimits): SampleOpener {
  let sevenZip: Promise<SevenZip> | undefined
  return async ({ name, passwords }, source) => {
    sevenZip ??= createSevenZip(readFileSync(createRequire(import.meta.url).resolve('7z-wasm/7zz.wasm')))
    const content = await whole(source)
    const meter = createContentMeter()
    meter.write(content)
    const sample = meter.end()
    const { root, nodes, limit } = await openTree(
      { content, types: sample.types, name, path: '1' },
      {
        limits: { ...STANDARD_LIMITS, cpuMs: SOFT_SHARE * (limits.cpu ?? STANDARD_LIMITS.cpuMs) },
        cpuMs: () => process.cpuUsage().user / 1000,
        newMeter: createContentMeter,
        sevenZip: await sevenZip,
        candidates: passwords.map((value) => ({ value, source: 'site' })),
        formats: [messageFormat(limits, createContentMeter), ...FORMATS],
      },
    )
    const members = nodes.map(({ content: found, ...node }) =>
      found === undefined ? node : { ...node, content: found },
    )
    return { sample, root, members, limit }
  }
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return Buffer.concat(pieces)
}
