/** Everything that an expression may name: the predecessor's objects and attributes, and what they are here. */
import { all, any, FALSE, isOneOf, literal, not, plainPattern, TRUE } from './cel.ts'
import { type Losses, SANDBOX_ROLE } from './losses.ts'
import { flagOf, type Side, type Term, type TextTerm, textFact } from './term.ts'
import { ACTING_EXTENSIONS, contentTypes, EMPTY_TYPES, extensionsOf, INERT, WITHOUT_MACROS } from './types.ts'

const NOT_YET = 'has no counterpart yet'
const MACROS = 'peekabooavMacros'
const FRESH =
  'knownreport is what it was with an empty database: verdicts are computed anew each time, never looked up, and the old journal is not read'

/** By path: what it is here. */
const ENTRIES: Readonly<Record<string, (losses: Losses) => Term>> = {
  'sample.filename': () => textFact('sample.name'),
  'sample.name_declared': () => textFact('sample.name'),
  'sample.type_declared': () => textFact('sample.declaredType', (text) => text.toLowerCase()),
  'sample.content_disposition': () => textFact('sample.disposition'),
  'sample.file_extension': extension,
  'sample.file_size': () => ({ kind: 'number', cel: 'sample.size', isReal: false }),
  'sample.sha256sum': (losses) => {
    losses.notes.add('sample.sha256sum never matched in the last state of the predecessor; here it does')
    return textFact('sample.sha256', (text) => text.toLowerCase())
  },
  'filereport.type_by_content': contentType,
  'filereport.type_by_name': typeByName,
  'filereport.mime_types': (losses) => ({
    kind: 'items',
    isSet: true,
    items: [contentType(losses), typeByName(losses)].map((term) => ({ term, when: () => TRUE })),
  }),
  'knownreport.known': (losses) => fresh(losses, flagOf(false)),
  ...Object.fromEntries(
    ['last_result', 'result', 'worst_result', 'worst', 'first', 'last'].map((name) => [
      `knownreport.${name}`,
      (losses: Losses) => fresh(losses, { kind: 'none' }),
    ]),
  ),
  'cuckooreport.score': () => score(),
  'cuckooreport.signature_descriptions': () => ({
    kind: 'items',
    isSet: false,
    items: [],
    exists: (test) => `${SANDBOX_ROLE}.findings.exists(f, ${test('f.description')})`,
  }),
  'cortexreport.FileInfoReport.sha256sum': () => textFact('sample.sha256', (text) => text.toLowerCase()),
  'cortexreport.CuckooSandboxFileReport.malscore': throughCortex,
  'cortexreport.CAPEv2FileReport.malscore': throughCortex,
}
const CORTEX = ['domain_artifacts', 'hash_artifacts', 'ip_artifacts']

/** By object: attributes that the predecessor has and that have no counterpart, with what is certain all the same. */
const LOST: Readonly<Record<string, { readonly names: readonly string[]; readonly guard?: string }>> = {
  sample: { names: ['content', 'id', 'identity', 'state', 'result', 'reason'] },
  filereport: { names: ['type_as_text'] },
  olereport: {
    names: [
      'has_office_macros',
      'vba_code',
      'has_autoexec',
      'detected_autoexec',
      'is_suspicious',
      'detected_suspicious',
    ],
    guard: MACROS,
  },
  cuckooreport: { names: ['requested_domains', 'errors', 'server_messages', 'url', 'dump'] },
  'cortexreport.FileInfoReport': { names: ['md5sum', 'ssdeepsum', ...CORTEX] },
  'cortexreport.HybridAnalysisReport': { names: ['full', ...CORTEX] },
  'cortexreport.VirusTotalQueryReport': { names: ['n_of_all', 'level', ...CORTEX] },
  'cortexreport.CuckooSandboxFileReport': { names: ['signatures', ...CORTEX] },
  'cortexreport.CAPEv2FileReport': { names: ['signatures', ...CORTEX] },
}

/** What a path stands for; undefined where the predecessor does not know it either. */
export function meaningOf(path: readonly string[], losses: Losses): Term | undefined {
  const name = path.join('.')
  if (Object.hasOwn(ENTRIES, name)) return ENTRIES[name]?.(losses)
  const object = path.slice(0, -1).join('.')
  const lost = Object.hasOwn(LOST, object) ? LOST[object] : undefined
  if (!lost?.names.includes(path.at(-1) ?? '')) return undefined
  return { kind: 'lost', why: `${name} ${NOT_YET}`, ...(lost.guard !== undefined && { guard: lost.guard }) }
}

/** Every path that can be named, for "did you mean". */
export function knownPaths(): readonly string[] {
  const lost = Object.entries(LOST).flatMap(([object, { names }]) => names.map((name) => `${object}.${name}`))
  return [...Object.keys(ENTRIES), ...lost]
}

/** Paths that tell of the bytes, not of what the sender says about them. */
export function isAboutContent(path: string): boolean {
  return /^(?:sample\.(?:file_size|sha256sum)|filereport\.(?:type_by_content|type_as_text)|(?:cuckoo|cortex|ole)report\.)/.test(
    path,
  )
}

/** Whether macros may be in a sample at all. */
export const MAY_HAVE_MACROS = MACROS
/** Whether all content is such that programs only show or check it. */
export const IS_INERT = 'peekabooavInert'
/** Whether some name of a sample is one at which programs run a file. */
export const RUNS_BY_NAME = 'peekabooavRuns'

/** Whether nothing about the form of a sample hides something: such goes on to the rules that tell it. */
export const IS_WELL_FORMED = 'peekabooavWellFormed'

/** Conditions that several imported rules share: what stands under `define:`. */
export function definitions(): Readonly<Record<string, string>> {
  return {
    [IS_INERT]: onlyOf(INERT),
    [RUNS_BY_NAME]: nameEnds(ACTING_EXTENSIONS, 'wide', true),
    [IS_WELL_FORMED]: "!sample.anomalies.exists(a, a.severity == 'suspicious')",
    [MACROS]: not(onlyOf(WITHOUT_MACROS)),
  }
}

function onlyOf(types: readonly string[]): string {
  return `${isOneOf('sample.type', types)} && sample.types.all(t, ${isOneOf('t', types)})`
}

function fresh(losses: Losses, term: Term): Term {
  losses.notes.add(FRESH)
  return term
}

function score(): Term {
  return { kind: 'number', cel: `${SANDBOX_ROLE}.score`, isReal: true, most: 10 }
}

function throughCortex(losses: Losses): Term {
  losses.notes.add(`the score is that of the role ${SANDBOX_ROLE}, asked directly and not through Cortex`)
  return score()
}

/** libmagic's answer; our own detection has other names for some types and tells more of them apart. */
function contentType(losses: Losses): TextTerm {
  return {
    kind: 'text',
    isNone: () => FALSE,
    isIn: (texts, side) => {
      const known = [...new Set(texts.flatMap((text) => contentTypes(text).types))]
      const vague = texts.filter((text) => !EMPTY_TYPES.includes(text) && !contentTypes(text).isCertain)
      const empty = texts.some((text) => EMPTY_TYPES.includes(text)) ? 'sample.size == 0' : FALSE
      const whole = isOneOf('sample.type', known)
      if (side === 'narrow') {
        for (const text of vague.filter((one) => contentTypes(one).types.length === 0)) {
          losses.notes.add(`no content is called ${text} here`)
        }
        return any([empty, all([whole, known.length === 0 ? TRUE : `sample.types.all(t, ${isOneOf('t', known)})`])])
      }
      const part = known.length === 0 ? FALSE : `sample.types.exists(t, ${isOneOf('t', known)})`
      return any([empty, whole, part, ...vague.map((text) => losses.lose(vagueType(text), side))])
    },
  }
}

function vagueType(text: string): string {
  return `what libmagic calls ${text} has other names here, or several`
}

/** Python's mimetypes: by the extension. Narrow takes every name that some client shows, wide any of them. */
function typeByName(losses: Losses): TextTerm {
  return {
    kind: 'text',
    isNone: (side) =>
      side === 'wide' ? TRUE : "!sample.name.contains('.') && sample.names.all(n, !n.value.contains('.'))",
    isIn: (texts, side) => {
      const named = texts.filter((text) => extensionsOf([text]).length > 0)
      const isExact = side === 'narrow' || named.length === texts.length
      const lost = isExact ? FALSE : losses.lose('extensions of a type that is not known here', side)
      return any([nameEnds(extensionsOf(named), side, true), lost])
    },
  }
}

/** The last extension, which the predecessor compares with its case. */
function extension(losses: Losses): TextTerm {
  const parts = "sample.name.split('.')"
  return {
    kind: 'text',
    cel: `(sample.name.contains('.') ? ${parts}[${parts}.size() - 1] : '')`,
    isNone: (side) => (side === 'wide' ? "sample.name == ''" : FALSE),
    isIn: (texts, side) => {
      const without = texts.includes('') ? any([not("sample.name.contains('.')"), "sample.name.endsWith('.')"]) : FALSE
      if (side === 'wide')
        losses.notes.add('extensions count in any case, before trailing dots and blanks, in any name of the sample')
      const written = texts.filter((text) => text !== '')
      return any([nameEnds(written, side, false), without])
    },
  }
}

function nameEnds(extensions: readonly string[], side: Side, ignoresCase: boolean): string {
  if (extensions.length === 0) return FALSE
  const choice = `\\.(?:${extensions.map(plainPattern).join('|')})`
  const pattern = literal(side === 'wide' ? `(?i)${choice}[. ]*$` : `${ignoresCase ? '(?i)' : ''}${choice}$`)
  const first = `sample.name.matches(${pattern})`
  const others = `n.value.matches(${pattern})`
  if (side === 'wide') return any([first, `sample.names.exists(n, ${others})`])
  return ignoresCase ? all([first, `sample.names.all(n, ${others})`]) : first
}
