/**
 * A strict reader of Prometheus' text format 0.0.4, written from its description: everything that its own parser refuses, or that its linter
 * complains of, throws here with the line.
 */

export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly help: string
  readonly type: string
  readonly series: readonly Series[]
}

const TYPES = ['counter', 'gauge', 'histogram']
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] }

/** Families by name. */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, { help: string; type: string; series: Series[] }>()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const refuse = (why: string): never => {
      throw new Error(`${why}: ${line}`)
    }
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
    const [, keyword = '', name = '', rest = ''] = comment ?? []
    if (keyword === 'HELP') {
      if (families.has(name)) refuse('a family in two pieces')
      families.set(name, { help: rest, type: '', series: [] })
      current = name
    } else if (keyword === 'TYPE') {
      const family = families.get(name) ?? refuse('a type without help')
      if (name !== current || family.type !== '' || family.series.length > 0) refuse('a type out of place')
      family.type = TYPES.includes(rest) ? rest : refuse('no type')
    } else {
      const series = parseSeries(line)
      const family = families.get(current) ?? refuse('a series without a family')
      const names = (SUFFIXES[family.type] ?? ['']).map((suffix) => current + suffix)
      if (!names.includes(series.name)) refuse(`no series of ${current}`)
      const same = family.series.find((one) => one.name === series.name && isSame(one.labels, series.labels))
      if (same) refuse('a series twice')
      family.series.push(series)
    }
  }
  for (const [name, family] of families) checkFamily(name, family)
  return families
}

function parseSeries(line: string): Series {
  const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line)
  if (!parts) throw new Error(`no series: ${line}`)
  const [, name = '', inner, value = ''] = parts
  return { name, labels: inner === undefined ? {} : parseLabels(inner, line), value: parseValue(value, line) }
}

function parseLabels(inner: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y
  for (let ended = false; !ended; ) {
    const [, name = '', value = '', end] = pair.exec(inner) ?? []
    if (name === '' || name.startsWith('__')) throw new Error(`no labels: ${line}`)
    if (name in labels) throw new Error(`a label twice: ${line}`)
    labels[name] = value.replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char))
    ended = end === ''
  }
  return labels
}

function parseValue(text: string, line: string): number {
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Infinity : -Infinity
  if (text === 'NaN') return Number.NaN
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text)) throw new Error(`no number: ${line}`)
  return Number(text)
}

function checkFamily(name: string, { type, help, series }: Family): void {
  if (type === '' || help === '') throw new Error(`${name} lacks help or type`)
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name}: only a counter ends in _total`)
  if (type === 'counter' && series.some(({ value }) => !(value >= 0))) throw new Error(`${name} is below zero`)
  if (type === 'histogram') checkHistogram(name, series)
}

function checkHistogram(name: string, series: readonly Series[]): void {
  const groups = Map.groupBy(series, ({ labels: { le, ...others } }) => JSON.stringify(others))
  for (const [labels, group] of groups) {
    const buckets = group.filter((one) => one.name.endsWith('_bucket'))
    const bounds = buckets.map((one) => Number((one.labels.le ?? '').replace('+Inf', 'Infinity')))
    const counts = buckets.map(({ value }) => value)
    const ascends = (values: readonly number[]) => values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0))
    if (bounds.at(-1) !== Infinity || !ascends(bounds) || !ascends(counts)) throw new Error(`${name}${labels}: buckets`)
    const count = group.find((one) => one.name.endsWith('_count'))
    if (count?.value !== counts.at(-1)) throw new Error(`${name}${labels}: count is not the last bucket`)
    if (!group.some((one) => one.name.endsWith('_sum'))) throw new Error(`${name}${labels}: no sum`)
  }
}

function isSame(one: Series['labels'], other: Series['labels']): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}
