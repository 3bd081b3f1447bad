/**
 * A small registry of metrics in the text format of Prometheus 0.0.4: counters, gauges, histograms, and values that are read when somebody
 * asks. Whatever the values of labels are, a metric never has more than so many series: what comes beyond them counts as `other`.
 */

/** One series of a metric that is read when asked: values of its labels in order, and the value. */
export interface Sample {
  readonly labels: readonly string[]
  readonly value: number
}

/** What a metric is called and what its series differ in. */
export interface MetricSpec {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

type MetricType = 'counter' | 'gauge' | 'histogram'

/** Names as the format has them; a counter ends in `_total`. */
const NAME = /^[a-z][a-z0-9_]*$/
const MOST_SERIES = 500
const OTHER = 'other'

interface Family {
  readonly type: MetricType
  readonly spec: MetricSpec
  lines(): readonly string[] | Promise<readonly string[]>
}

/** A metric as documentation lists it. */
export type MetricDoc = MetricSpec & { readonly type: MetricType }

export class Metrics {
  readonly #families = new Map<string, Family>()

  counter(spec: MetricSpec): Counter {
    return this.#add('counter', spec, new Counter(spec))
  }

  gauge(spec: MetricSpec): Gauge {
    return this.#add('gauge', spec, new Gauge(spec))
  }

  /** `buckets` are upper bounds, ascending, without the infinite one. */
  histogram(spec: MetricSpec, buckets: readonly number[]): Histogram {
    return this.#add('histogram', spec, new Histogram(spec, buckets))
  }

  /** A metric whose values are asked for at each look; one that cannot be had has no series then. */
  read(type: 'counter' | 'gauge', spec: MetricSpec, read: () => readonly Sample[] | Promise<readonly Sample[]>): void {
    const lines = async () => {
      const samples = await Promise.try(read).catch((): readonly Sample[] => [])
      // One series twice would spoil the whole page.
      const sums = new Gauge(spec)
      for (const { labels, value } of samples) sums.add(value, labels)
      return samples.length === 0 ? [] : sums.lines()
    }
    this.#add(type, spec, { lines })
  }

  /** What there is, in the order in which it was declared. */
  get docs(): readonly MetricDoc[] {
    return [...this.#families.values()].map(({ type, spec }) => ({ ...spec, type }))
  }

  /** The whole page. */
  async text(): Promise<string> {
    const pages = await Promise.all([...this.#families.values()].map(pageOf))
    return pages.join('')
  }

  #add<T extends Pick<Family, 'lines'>>(type: MetricType, spec: MetricSpec, metric: T): T {
    const names = [spec.name, ...(spec.labels ?? [])]
    const wrong = names.find((name) => !NAME.test(name))
    if (wrong !== undefined) throw new Error(`"${wrong}" is no name of a metric or label`)
    if (this.#families.has(spec.name)) throw new Error(`the metric ${spec.name} exists already`)
    this.#families.set(spec.name, { type, spec, lines: () => metric.lines() })
    return metric
  }
}

/** Series by the values of their labels, at most so many. */
class Series<T> {
  readonly #labels: readonly string[]
  readonly #make: () => T
  readonly #all = new Map<string, { readonly values: readonly string[]; readonly state: T }>()

  constructor({ labels = [] }: MetricSpec, make: () => T) {
    this.#labels = labels
    this.#make = make
    if (labels.length === 0) this.of([])
  }

  of(values: readonly string[]): T {
    const found = this.#all.get(values.join('\0'))
    if (found) return found.state
    if (this.#all.size < MOST_SERIES) return this.#begin(values)
    const others = this.#labels.map(() => OTHER)
    return this.#all.get(others.join('\0'))?.state ?? this.#begin(others)
  }

  entries(): Iterable<{ readonly values: readonly string[]; readonly state: T }> {
    return this.#all.values()
  }

  #begin(values: readonly string[]): T {
    const state = this.#make()
    this.#all.set(values.join('\0'), { values, state })
    return state
  }
}

/** Only grows. */
export class Counter {
  readonly #spec: MetricSpec
  readonly #series: Series<{ value: number }>

  constructor(spec: MetricSpec) {
    if (!spec.name.endsWith('_total')) throw new Error(`the counter ${spec.name} does not end in _total`)
    this.#spec = spec
    this.#series = new Series(spec, () => ({ value: 0 }))
  }

  add(labels: readonly string[] = [], by = 1): void {
    this.#series.of(labels).value += by
  }

  lines(): readonly string[] {
    const { name, labels = [] } = this.#spec
    return Array.from(this.#series.entries(), ({ values, state }) => line(name, labels, values, state.value))
  }
}

/** Goes up and down. */
export class Gauge {
  readonly #spec: MetricSpec
  readonly #series: Series<{ value: number }>

  constructor(spec: MetricSpec) {
    this.#spec = spec
    this.#series = new Series(spec, () => ({ value: 0 }))
  }

  set(value: number, labels: readonly string[] = []): void {
    this.#series.of(labels).value = value
  }

  add(by: number, labels: readonly string[] = []): void {
    this.#series.of(labels).value += by
  }

  lines(): readonly string[] {
    const { name, labels = [] } = this.#spec
    return Array.from(this.#series.entries(), ({ values, state }) => line(name, labels, values, state.value))
  }
}

/** How often a value fell below each of its bounds. */
export class Histogram {
  readonly #spec: MetricSpec
  readonly #buckets: readonly number[]
  readonly #series: Series<{ readonly counts: number[]; sum: number }>

  constructor(spec: MetricSpec, buckets: readonly number[]) {
    if (buckets.some((bound, i) => i > 0 && bound <= (buckets[i - 1] ?? 0)))
      throw new Error(`the bounds of ${spec.name} do not ascend`)
    this.#spec = spec
    this.#buckets = buckets
    this.#series = new Series(spec, () => ({ counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 }))
  }

  observe(value: number, labels: readonly string[] = []): void {
    const state = this.#series.of(labels)
    let at = 0
    while (at < this.#buckets.length && value > (this.#buckets[at] ?? 0)) at += 1
    state.counts[at] = (state.counts[at] ?? 0) + 1
    state.sum += value
  }

  lines(): readonly string[] {
    const { name, labels = [] } = this.#spec
    return Array.from(this.#series.entries()).flatMap(({ values, state }) => {
      let count = 0
      const buckets = state.counts.map((more, i) => {
        count += more
        return line(`${name}_bucket`, [...labels, 'le'], [...values, numberText(this.#buckets[i] ?? Infinity)], count)
      })
      return [...buckets, line(`${name}_sum`, labels, values, state.sum), line(`${name}_count`, labels, values, count)]
    })
  }
}

async function pageOf({ type, spec, lines }: Family): Promise<string> {
  const help = spec.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  const all = [`# HELP ${spec.name} ${help}`, `# TYPE ${spec.name} ${type}`, ...(await lines())]
  return `${all.join('\n')}\n`
}

function line(name: string, labels: readonly string[], values: readonly string[], value: number): string {
  const pairs = labels.map((label, i) => `${label}="${escapeLabel(values[i] ?? '')}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`
}

function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`
}
