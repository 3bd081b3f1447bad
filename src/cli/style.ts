/** Colours for people, and text of strangers made harmless: names in a mail may hold what a terminal obeys. */
import { escapeJson, UNSAFE } from '../telemetry/index.ts'
import type { Output } from './io.ts'

/** Words in colours; without colours they come back as they are. */
export interface Style {
  readonly bold: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
  readonly dim: (text: string) => string
}

/** Colours only where a terminal shows them and nobody forbids them (no-color.org). */
export function hasColours(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}

/** The style for an output. */
export function styleFor(output: Output, env: Readonly<Record<string, string | undefined>>): Style {
  const paint = hasColours(output, env)
    ? (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[0m`
    : () => (text: string) => text
  return { bold: paint(1), red: paint(31), yellow: paint(33), green: paint(32), dim: paint(2) }
}

/** Text of a stranger on one line that a terminal shows as it is: what is not safe stands there as `\u{202e}`. */
export function harmless(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

/** One line of JSON in which the same characters are escaped, so that it may also be read on a terminal. */
export function jsonLine(value: unknown): string {
  return `${escapeJson(JSON.stringify(value))}\n`
}
