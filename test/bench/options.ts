import { parseArgs } from 'node:util'

/** What one run of the benchmark does. */
export interface Options {
  readonly short: boolean
  readonly json: boolean
  /** Keeps the folder with the generated mails and programs. */
  readonly keep: boolean
  readonly only: Part | undefined
  readonly rounds: number
  readonly seconds: number
  readonly sessions: readonly number[]
}

const parts = ['protocol', 'pipeline', 'held', 'mail', 'types', 'rules', 'archive', 'store', 'analyzers'] as const
/** A part of the benchmark that can be run alone. */
export type Part = (typeof parts)[number]

/** How to call it. */
export const usage = `npm run bench -- [--only protocol|pipeline|held|mail|types|rules|archive|store|analyzers] [--short] [--json]
                 [--keep] [--rounds 3] [--seconds 8] [--sessions 1,10,50]`

/** Reads the command line; throws with what is wrong and how to call it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '8' },
      sessions: { type: 'string', default: '1,10,50' },
    },
  })
  const only = parts.find((part) => part === values.only)
  if (values.only !== undefined && only === undefined) throw new Error(`--only ${values.only}: unknown\n${usage}`)
  return {
    short: values.short,
    json: values.json,
    keep: values.keep,
    only,
    rounds: values.short ? 1 : positive('rounds', values.rounds),
    seconds: values.short ? 0 : positive('seconds', values.seconds),
    sessions: values.short ? [10] : values.sessions.split(',').map((text) => positive('sessions', text)),
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} ${text}: give a whole number from 1 on\n${usage}`)
}
