/** All samples of types. */
import { cat, noise } from '../bytes.ts'
import { DOCUMENT_SAMPLES } from './document.ts'
import { MARK_SAMPLES } from './marks.ts'
import { MARKUP_SAMPLES } from './markup.ts'
import { MEDIA_SAMPLES } from './media.ts'
import { PACKED_SAMPLES } from './packed.ts'
import { PROGRAM_SAMPLES } from './program.ts'
import type { TypeSamples } from './sample.ts'
import { SCRIPT_SAMPLES } from './script.ts'
import { STRUCTURED_SAMPLES } from './structured.ts'
import { toolSamples } from './tools.ts'

export type { TypeSamples } from './sample.ts'

const TRUST_LIST = Buffer.from('2b0601040182370a01', 'hex')

/** A security catalog: signed data around a list of trust. */
function catalog(size: number): Buffer {
  const inner = cat('\x06\x09', TRUST_LIST, '\xa0\x80', noise(size))
  const signed = cat('\x02\x01\x01', '\x31\x02\x30\0', '\x30\x80', inner)
  return cat('\x30\x80\x06\x09', Buffer.from('2a864886f70d010702', 'hex'), '\xa0\x80\x30\x80', signed)
}

const CATALOGS: TypeSamples = {
  type: 'application/vnd.ms-pki.seccat',
  genuine: [90, 900, 70_000].map(catalog),
  near: [cat('x', catalog(90)), cat('\x30\x80', TRUST_LIST)],
}

/** Samples that are built here, without any program. */
export const BUILT_SAMPLES: readonly TypeSamples[] = [
  ...[MARK_SAMPLES, PROGRAM_SAMPLES, MEDIA_SAMPLES, PACKED_SAMPLES, DOCUMENT_SAMPLES].flat(),
  ...[SCRIPT_SAMPLES, MARKUP_SAMPLES, STRUCTURED_SAMPLES].flat(),
  CATALOGS,
]

/** All samples; makes those that programs write. */
export function allSamples(): readonly TypeSamples[] {
  return [...BUILT_SAMPLES, ...toolSamples()]
}
