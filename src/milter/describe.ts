// Frames in words, for logs and test failures.
import { namesOfBits, SMFIC, SMFIC_NAMES, SMFIF_NAMES, SMFIP_NAMES, SMFIR_NAMES } from './constants.ts'
import { decodeOptions } from './decode.ts'
import type { Frame } from './frame-reader.ts'

const SHOWN_BYTES = 120

/** One line about a frame: `from` tells commands from replies, which share letters. */
export function describeFrame(frame: Frame, from: 'mta' | 'filter'): string {
  const { command, payload } = frame
  if (command === SMFIC.OPTNEG) return describeOptions(payload)
  const prefix = from === 'mta' ? 'SMFIC_' : 'SMFIR_'
  const name = (from === 'mta' ? SMFIC_NAMES : SMFIR_NAMES).get(command)
  const shown = name === undefined ? `unknown 0x${command.toString(16).padStart(2, '0')}` : prefix + name
  return payload.length === 0 ? shown : `${shown} ${printable(payload)}`
}

function describeOptions(payload: Buffer): string {
  const options = decodeOptions(payload)
  if (options === undefined) return `SMFIC_OPTNEG malformed, ${payload.length} bytes`
  const macros = [...(options.macros ?? [])].map(([stage, names]) => ` macros ${stage}="${names}"`).join('')
  const actions = namesOfBits(options.actions, SMFIF_NAMES)
  return `SMFIC_OPTNEG version ${options.version} actions ${actions} protocol ${namesOfBits(options.protocol, SMFIP_NAMES)}${macros}`
}

function printable(payload: Buffer): string {
  const text = JSON.stringify(payload.toString('latin1', 0, SHOWN_BYTES)).replaceAll('\\u0000', '␀')
  return payload.length > SHOWN_BYTES ? `${text}… ${payload.length} bytes` : text
}
