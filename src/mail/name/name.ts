/** Every name that some mail client would show for a part, the one that most show, and what is odd about them. */
import type { AnomalyName, Name } from '../../core/index.ts'
import { Budget } from '../budget.ts'
import { type Parameter, parameter, type Structured } from '../header/parameter.ts'
import { type Candidate, candidatesOf, plainTexts } from './candidate.ts'
import type { Oddities, Work } from './charset.ts'
import { addHazards, extensionOf, isOrdinary, variantsOf } from './hazard.ts'
import { extendedTexts } from './rfc2231.ts'
import { shownName } from './shown.ts'

export { shownName }

/** Names of one part that are told. */
export const MOST_NAMES = 32
/** Bytes of all names of one part that are told whole; further ones are told as short as a file system has them. */
const WHOLE_BYTES = 4096
const FILE_SYSTEM_BYTES = 255
/** Values of one other field. */
const MOST_ELSEWHERE = 4
/** Bytes of one part that are decoded in all ways. */
const WORK_BYTES = 65_536

/** What a name costs besides being decoded: its variants, its hazards. */
const STEPS_PER_CANDIDATE = 20

export interface Names {
  /** What most clients show, empty where none shows one. */
  readonly name: string
  readonly names: readonly Name[]
  /** Whether the disposition or the type has a name: such a part is shown as an attachment. */
  readonly isNamed: boolean
  /** What is odd about the names. */
  readonly oddities: readonly AnomalyName[]
  /** The field in which each of them was met first. */
  readonly places: ReadonlyMap<AnomalyName, Structured | undefined>
}

/** What else some clients show where a part has no name; the values as they stand in the header. */
export interface Elsewhere {
  readonly descriptions: readonly string[]
  readonly locations: readonly string[]
  /** The name of what the part lies in, such as an apple-double or a message. */
  readonly container: string
}

const NOWHERE: Elsewhere = { descriptions: [], locations: [], container: '' }
const NO_NAME: Names = { name: '', names: [], isNamed: false, oddities: [], places: new Map() }

/**
 * All candidates, from every copy of both fields and from elsewhere. The precedence, and by whom:
 * disposition before type (RFC 2183 section 2.3, all clients), extended before plain (RFC 6266 section 4.3; Python, GMime and Evolution
 * have it the other way round), first copy before later ones (all but GMime and PHP), Content-Description (Pine, mutt, Evolution),
 * Content-Location (Outlook, Apple Mail), the container (Apple Mail). A Content-ID is shown by
 * none, and what stands behind its last dot is a domain: it is no name.
 */
export function namesOf(
  dispositions: readonly Structured[],
  types: readonly Structured[],
  elsewhere: Elsewhere = NOWHERE,
  budget = new Budget(),
): Names {
  const { work, places } = newWork(types[0] === undefined ? '' : parameter(types[0], 'charset'), budget)
  const { odd } = work
  const candidates = candidatesOf(dispositions, types, work)
  if (!budget.isOverdrawn) budget.takeSteps(STEPS_PER_CANDIDATE * candidates.length)
  const others = elsewhere === NOWHERE || budget.isOverdrawn ? [] : candidatesElsewhere(elsewhere, budget)
  const [only] = candidates
  if (only === undefined && others.length === 0) return NO_NAME
  if (candidates.some(({ value }) => value !== only?.value)) {
    const other = conflictIn(candidates)
    work.field = other?.field
    if (other !== undefined) odd.add('name-conflict')
  }
  const all = [...distinct(candidates), ...others]
  const isPlain = candidates.every(({ value }) => isOrdinary(value))
  for (const { value, isFirst, field } of isPlain ? [] : candidates) {
    work.field = field
    if (isFirst) addAllHazards(value, odd)
  }
  if (!isPlain && !budget.isSpent) addVariants(all, candidates)
  const [shown] = all
  return {
    name: shown === undefined ? '' : shownName(shown.value),
    names: told(all),
    isNamed: candidates.some(({ isParameter }) => isParameter),
    oddities: [...places.keys()],
    places,
  }
}

/** Text of a header value as most clients show it: encoded words decoded, raw 8-bit bytes taken for UTF-8 where they are. */
export function decodeText(raw: string, budget = new Budget()): string {
  return plainTexts(raw, newWork('', budget).work)[0] ?? ''
}

/** `key*`, and the pieces `key*0*`, `key*1` … put together, in each way in which some program reads them. */
export function extendedValues(parameters: readonly Parameter[], key: string, budget: Budget): string[] {
  return [...extendedTexts(parameters, key, newWork('', budget).work)]
}

/** A name that another reader decoded, with what programs make of it, and what is odd about it. */
export function namesOfDecoded(value: string, origin: string): Pick<Names, 'names' | 'oddities'> {
  if (value === '') return NO_NAME
  const names = [{ value, origin }]
  if (isOrdinary(value)) return { names, oddities: [] }
  const odd = new Set<AnomalyName>()
  addAllHazards(value, odd)
  addVariants(names, [{ value, origin, isFirst: true, isParameter: true, field: undefined }])
  return { names: told(names), oddities: [...odd] }
}

/** The names with that of another reader among them, where it is not known yet. */
export function withName(names: readonly Name[], value: string, origin: string): readonly Name[] {
  if (value === '' || names.length >= MOST_NAMES || names.some((known) => known.value === value)) return names
  return [...names, { value, origin }]
}

function newWork(
  charset: string,
  budget: Budget,
): {
  readonly work: Work
  readonly places: ReadonlyMap<AnomalyName, Structured | undefined>
} {
  const places = new Map<AnomalyName, Structured | undefined>()
  const odd: Oddities = { add: (name) => places.has(name) || places.set(name, work.field) }
  const work: Work = { charset, odd, room: WORK_BYTES, field: undefined, budget }
  return { work, places }
}

function addAllHazards(value: string, odd: Oddities): void {
  addHazards(value, odd)
  if (value.length > FILE_SYSTEM_BYTES || Buffer.byteLength(value) > FILE_SYSTEM_BYTES) odd.add('name-too-long')
}

/** The first name with another extension than those before; that some program shows none is no conflict. */
function conflictIn(candidates: readonly Candidate[]): Candidate | undefined {
  let first = ''
  for (const candidate of candidates) {
    const extension = extensionOf(candidate.value)
    if (extension === '') continue
    if (first === '') first = extension
    else if (extension !== first) return candidate
  }
  return undefined
}

/** One value is told once for each place where it stands, and what is only decoded otherwise once at all. */
function distinct(candidates: readonly Candidate[]): Name[] {
  const found = new Map<string, Name>()
  const values = new Set<string>()
  for (const { value, origin, isFirst } of candidates) {
    if (!isFirst) continue
    found.set(`${origin}\0${value}`, { value, origin })
    values.add(value)
  }
  for (const { value, origin, isFirst } of candidates) {
    if (isFirst || values.has(value)) continue
    values.add(value)
    found.set(`${origin}\0${value}`, { value, origin })
  }
  return [...found.values()]
}

function addVariants(all: Name[], candidates: readonly Candidate[]): void {
  const values = new Set(all.map(({ value }) => value))
  for (const { value, origin } of candidates.slice(0, 4 * MOST_NAMES)) {
    if (isOrdinary(value)) continue
    for (const variant of variantsOf(value)) {
      if (values.has(variant.value)) continue
      values.add(variant.value)
      all.push({ value: variant.value, origin: `${origin}, ${variant.how}` })
    }
  }
}

/** At most so many are told; of more than that each extension at least once, then what most clients show. */
function told(all: readonly Name[]): readonly Name[] {
  let room = WHOLE_BYTES
  return chosen(all).map(({ value, origin }) => {
    const shown = shownName(value, room > 0 ? undefined : FILE_SYSTEM_BYTES)
    room -= shown.length
    return { value: shown, origin }
  })
}

function chosen(all: readonly Name[]): readonly Name[] {
  if (all.length <= MOST_NAMES) return all
  const extensions = new Set<string>()
  const first = all.filter(({ value }, i) => {
    const extension = extensionOf(value)
    const isNew = i === 0 || !extensions.has(extension)
    extensions.add(extension)
    return isNew
  })
  const picked = new Set([...first.slice(0, MOST_NAMES), ...all].slice(0, MOST_NAMES))
  for (const each of all) if (picked.size < MOST_NAMES) picked.add(each)
  return all.filter((each) => picked.has(each))
}

/** Names from other fields. */
function candidatesElsewhere({ descriptions, locations, container }: Elsewhere, budget: Budget): Name[] {
  const found: Name[] = []
  const addName = (value: string, origin: string): void => {
    if (value !== '' && !found.some((known) => known.value === value)) found.push({ value, origin })
  }
  for (const value of descriptions.slice(0, MOST_ELSEWHERE)) addName(decodeText(value, budget).trim(), 'description')
  for (const value of locations.slice(0, MOST_ELSEWHERE)) addName(lastOfLocation(decodeText(value, budget)), 'location')
  addName(container, 'container')
  return found
}

/** The last segment of the path of an address, percent signs decoded; a host is no name, `.com` no extension. */
function lastOfLocation(location: string): string {
  const path = location
    .trim()
    .replace(/[?#].*$/s, '')
    .replace(/^[a-z][a-z0-9+.-]{1,20}:\/\/[^/\\]*|^[cm]id:.*$/i, '')
  const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
