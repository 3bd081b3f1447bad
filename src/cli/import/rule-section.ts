/** The predecessor's fixed rules → ours, each by its section of `ruleset.conf`. */
import type { Carried, ImportedRule } from './carried.ts'
import { all, FALSE } from './cel.ts'
import { checkedRule } from './checked-rule.ts'
import { compare } from './compare.ts'
import { expressionRule, failing } from './expression-rule.ts'
import type { Option } from './ini.ts'
import { Losses, SANDBOX_ROLE } from './losses.ts'
import { matched } from './match.ts'
import { ImportError, type Place } from './problem.ts'
import { type Settings, shortPlace } from './settings.ts'
import { always, type Term, textLiteral } from './term.ts'
import { mayAct } from './types.ts'
import { IS_WELL_FORMED, MAY_HAVE_MACROS, meaningOf } from './vocabulary.ts'

/** What a rule of the predecessor is made of. */
export interface Source {
  readonly settings: Settings
  /** Where the rule is enabled. */
  readonly place: Place
  readonly problems: ImportError[]
}

type Carry = (source: Source) => readonly Carried[]

/** By name, in the order of the times when there was no list of rules. */
export const RULES: Readonly<Record<string, Carry>> = {
  contains_peekabooyar: (source) => [
    told(
      source,
      'contains_peekabooyar',
      'changed',
      'the rule above finds the test strings; the one of the predecessor failed every sample',
    ),
  ],
  known: (source) => [
    told(
      source,
      'known',
      'changed',
      'verdicts are computed anew and reports of analyzers are used again while they are valid; there is nothing to configure',
    ),
  ],
  file_larger_than: fileLargerThan,
  file_type_on_whitelist: whitelist,
  file_type_on_greylist: greylist,
  office_macro: (source) => [macros(source, 'office_macro', 'Office documents with macros were bad')],
  office_macro_with_suspicious_keyword: macroKeywords,
  expressions: ({ settings, problems }) =>
    settings.list('expressions', 'expression').flatMap((option, i) => expressionRule(option, i + 1, problems) ?? []),
  cuckoo_evil_sig: evilSignatures,
  cuckoo_score: cuckooScore,
  requests_evil_domain: evilDomains,
  cuckoo_analysis_failed: analysisFailed,
  final_rule: (source) => [
    told(
      source,
      'final_rule',
      'changed',
      'what no imported rule decides goes on to the shipped rules instead of ending as unknown',
    ),
  ],
}

/** The rule that comes first: nothing imported may hide the test files. */
export const TEST_STRINGS: Carried = {
  place: '',
  what: 'the test strings',
  how: 'changed',
  why: ['imported rules are read before the shipped ones, and one of them might let a test file pass'],
  rule: {
    id: 'peekabooav-test-string',
    when: "sample.testString != ''",
    verdict: 'bad',
    reason: 'A harmless test file',
  },
}

function told({ place }: Source, name: string, how: Carried['how'], ...why: string[]): Carried {
  return { place: shortPlace(place), what: `rule ${name}`, how, why }
}

function fileLargerThan({ settings, place, problems }: Source): readonly Carried[] {
  const option = settings.plain('file_larger_than', 'bytes')
  const bytes = numberOf(option, 5, problems, /^\d{1,15}$/)
  const rule: ImportedRule = {
    id: 'peekabooav-small-file',
    when: `sample.size <= ${bytes}`,
    verdict: 'ignored',
    reason: `Not more than ${bytes} bytes`,
  }
  return [{ place: shortPlace(option ?? place), what: '[file_larger_than] bytes', how: 'exact', why: [], rule }]
}

function whitelist(source: Source): readonly Carried[] {
  const { place } = source
  const options = required(source, 'file_type_on_whitelist', 'whitelist')
  const types = options.map(({ value }) => value)
  const kept = types.filter((type) => !mayAct(type))
  const acting = types.filter(mayAct)
  const losses = new Losses(false)
  const holds = withinTypes(kept, losses)
  const when = holds === FALSE ? FALSE : all([holds, IS_WELL_FORMED])
  const why = [
    ...acting.map((type) => `${type} is not let pass: such content may act when it is opened`),
    'every name that a client shows must have an extension of a listed type or none; an extension that nobody knows exempted',
    'nothing about the form of the sample may hide something',
    ...losses.notes,
  ]
  const list = options.map((option) => `${shortPlace(option)} ${option.value}`)
  const base = { place: shortPlace(options[0] ?? place), what: '[file_type_on_whitelist] whitelist', source: list, why }
  if (when === FALSE) return [{ ...base, how: 'left-out' }]
  const reason = 'Content, name and declared type are all on the list of harmless types'
  const rule = { id: 'peekabooav-whitelist', when, verdict: 'ignored', reason } as const
  return [checkedRule({ ...base, how: 'changed', rule }, losses)]
}

/** All types of a sample, by content, name and the sender's word, are on a list. */
function withinTypes(types: readonly string[], losses: Losses): string {
  if (types.length === 0) return FALSE
  const paths = ['filereport.type_by_content', 'filereport.type_by_name', 'sample.type_declared']
  const terms = paths.flatMap((path) => meaningOf(path.split('.'), losses) ?? [])
  const set = (items: readonly Term[]) => ({ kind: 'items', isSet: true, items: items.map(always) }) as const
  return compare('<=', set(terms), set(types.map((type) => textLiteral(type, ''))), 'narrow', losses)
}

function greylist(source: Source): readonly Carried[] {
  const options = required(source, 'file_type_on_greylist', 'greylist')
  return [
    {
      place: shortPlace(options[0] ?? source.place),
      what: '[file_type_on_greylist] greylist',
      how: 'changed',
      why: ['a type that is not on the list was delivered unseen; here every type goes on to the rules below'],
      source: options.map((option) => `${shortPlace(option)} ${option.value}`),
    },
  ]
}

function macros({ place }: Source, name: string, what: string, source: readonly string[] = []): Carried {
  const losses = new Losses(true)
  const when = losses.lose(
    'macros of Office documents are not among the facts of this version',
    'wide',
    MAY_HAVE_MACROS,
  )
  const id = `peekabooav-${name.replaceAll('_', '-')}`
  const rule = { id, when, verdict: 'bad', reason: what } as const
  const base = { place: shortPlace(place), what: `rule ${name}`, why: [...losses.lost], source }
  return checkedRule({ ...base, how: 'guarded', rule }, losses)
}

function macroKeywords(source: Source): readonly Carried[] {
  const name = 'office_macro_with_suspicious_keyword'
  const options = required(source, name, 'keyword')
  const list = options.map((option) => `${shortPlace(option)} ${option.value}`)
  return [macros(source, name, 'Office documents with macros and a suspicious keyword were bad', list)]
}

function evilSignatures(source: Source): readonly Carried[] {
  return required(source, 'cuckoo_evil_sig', 'signature').map((option, i) => {
    const losses = new Losses(true)
    const descriptions = meaningOf(['cuckooreport', 'signature_descriptions'], losses)
    const patterns = { kind: 'patterns', patterns: [option.value], texts: [] } as const
    const when = matched(patterns, descriptions ?? { kind: 'none' }, 'anywhere', 'wide', losses)
    const isOdd = /(?:^|[^\\])\(/.test(option.value)
    const odd = 'it is a pattern: its parentheses group and do not match parentheses'
    const rule = {
      id: `peekabooav-cuckoo-evil-sig-${i + 1}`,
      when,
      verdict: 'bad',
      reason: `The sandbox saw: ${option.value.slice(0, 150)}`,
    } as const
    const what = `[cuckoo_evil_sig] signature.${option.item ?? ''}`
    const base = { place: shortPlace(option), what, source: [option.value], rule, notes: isOdd ? [odd] : [] }
    return checkedRule({ ...base, how: 'exact', why: [...losses.lost] }, losses)
  })
}

function cuckooScore({ settings, place, problems }: Source): readonly Carried[] {
  const option = settings.plain('cuckoo_score', 'higher_than')
  const score = numberOf(option, 4, problems, /^\d{1,9}(?:\.\d{1,9})?$/)
  const bound = Math.min(score, 10)
  const why = bound < score ? ['a score ends at 10 here; 10 stands for all that was beyond'] : []
  const rule: ImportedRule = {
    id: 'peekabooav-cuckoo-score',
    when: `${SANDBOX_ROLE}.score >= ${Number.isInteger(bound) ? bound.toFixed(1) : bound}`,
    verdict: 'bad',
    reason: `The sandbox gave a score of ${bound} or more`,
  }
  const how = why.length > 0 ? 'changed' : 'exact'
  return [{ place: shortPlace(option ?? place), what: '[cuckoo_score] higher_than', how, why, rule }]
}

function evilDomains(source: Source): readonly Carried[] {
  return required(source, 'requests_evil_domain', 'domain').map((option, i) => {
    const losses = new Losses(true)
    const when = losses.lose('names that a sample looks up are not in the reports of this version', 'wide')
    const what = `[requests_evil_domain] domain.${option.item ?? ''}`
    const id = `peekabooav-requests-evil-domain-${i + 1}`
    const rule = { id, when, verdict: 'bad', reason: 'Looks up a name that is on the list' } as const
    const base = { place: shortPlace(option), what, source: [option.value], why: [...losses.lost] }
    return checkedRule({ ...base, how: 'guarded', rule }, losses)
  })
}

/** Asks for the sandbox even where no other rule does, as the predecessor's rule did. */
function analysisFailed(source: Source): readonly Carried[] {
  const { settings, place } = source
  const lists = ['failure', 'success'].flatMap((name) => settings.list('cuckoo_analysis_failed', name))
  const rule: ImportedRule = {
    id: 'peekabooav-cuckoo-analysis-failed',
    when: failing(`${SANDBOX_ROLE}.evidence.size() == 0`),
    verdict: 'suspicious',
    reason: 'Nothing shows that the sandbox ran the sample',
  }
  const why = [
    'whether an analysis succeeded is not read from lines of a log: a report that does not prove that the sample ran is a failure',
    'failure is no verdict here: where it applies it divides by zero on purpose, and the outcome is "failed"',
  ]
  const written = lists.map((option) => `${shortPlace(option)} ${option.name}: ${option.value}`)
  return [{ place: shortPlace(place), what: 'rule cuckoo_analysis_failed', how: 'changed', why, source: written, rule }]
}

function required({ settings, place, problems }: Source, section: string, name: string): readonly Option[] {
  const options = settings.list(section, name).filter(({ value }) => value !== '')
  if (options.length === 0) problems.push(new ImportError(place, `the rule ${section} needs ${name}.1 in [${section}]`))
  return options
}

function numberOf(option: Option | undefined, standard: number, problems: ImportError[], form: RegExp): number {
  if (!option) return standard
  if (form.test(option.value)) return Number(option.value)
  const what = `[${option.section}] ${option.name}: ${JSON.stringify(option.value)} is no number that the predecessor takes`
  problems.push(new ImportError(option, what))
  return standard
}
