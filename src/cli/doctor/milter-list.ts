/** The value of `smtpd_milters` as Postfix reads it (postconf(5), "List of arguments in braces"): milters with settings of their own. */

/** One milter of a list. */
export interface ListedMilter {
  /** `inet:HOST:PORT` or `unix:PATH`, as written. */
  readonly address: string
  /** Settings that stand in its own braces. */
  readonly settings: ReadonlyMap<string, string>
}

/** Reads a list; what is in braces may hold commas and spaces. */
export function parseMilters(value: string): readonly ListedMilter[] {
  return splitList(value).map((word) => {
    const [address = '', ...rest] = word.startsWith('{') ? splitList(withoutBraces(word)) : [word]
    return { address, settings: new Map(rest.map(settingOf)) }
  })
}

function settingOf(word: string): [string, string] {
  const text = withoutBraces(word)
  const at = text.indexOf('=')
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function withoutBraces(word: string): string {
  return word.startsWith('{') ? word.slice(1, word.endsWith('}') ? -1 : undefined).trim() : word
}

function splitList(value: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let depth = 0
  for (const char of value) {
    if (char === '{') depth += 1
    if (char === '}') depth -= 1
    if (depth === 0 && (char === ',' || /\s/.test(char))) {
      if (word !== '') words.push(word)
      word = ''
    } else word += char
  }
  return word === '' ? words : [...words, word]
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of a time as Postfix writes it; those of time-outs have the unit s where none is written. Undefined where it is none. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+)([smhdw]?)$/.exec(text.trim()) ?? []
  return number === undefined ? undefined : Number(number) * (UNITS[unit || 's'] ?? 1)
}
