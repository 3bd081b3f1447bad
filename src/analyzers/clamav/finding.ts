/** What the name of a ClamAV signature says, as docs.clamav.net explains its names: `Platform.Category.Family-Id-Revision`. */
import type { Finding } from '../../core/index.ts'

/** What was found, by the beginning of its name; the first that fits. Whatever has no line here is malware. */
const KINDS: readonly { readonly begins: string; readonly severity: number; readonly description: string }[] = [
  { begins: 'Heuristics.Encrypted.', severity: 3, description: 'Encrypted: ClamAV could not look inside' },
  { begins: 'Heuristics.OLE2.ContainsMacros', severity: 4, description: 'Office document with macros' },
  { begins: 'Heuristics.Broken.', severity: 4, description: 'Damaged file' },
  { begins: 'Heuristics.Structured.', severity: 2, description: 'Numbers of cards or of persons' },
  { begins: 'Heuristics.Phishing.', severity: 6, description: 'Looks like phishing' },
  { begins: 'Heuristics.', severity: 7, description: 'Suspicious by a heuristic' },
  { begins: 'PUA.', severity: 5, description: 'Potentially unwanted application' },
]
const MALWARE = { severity: 10, description: 'Known malware' }

/** Names that say no family. */
const NO_FAMILY = new Set(['agent', 'generic', 'malware', 'trojan', 'downloader', 'test', 'gen'])

/** A limit of clamd was reached: it did not look at everything, so this is neither a finding nor its absence. */
export function isLimit(signature: string): boolean {
  return /^Heuristics\.Limits\.|\bLimits?\.Exceeded\b/i.test(signature)
}

/** The limit is one of time by the clock on the wall: a clamd that is busy says nothing about the sample. */
export function isTimeLimit(signature: string): boolean {
  return isLimit(signature) && /time$/i.test(signature)
}

/** The finding that a signature stands for. */
export function findingOf(signature: string): Finding {
  const { severity, description } = KINDS.find(({ begins }) => signature.startsWith(begins)) ?? MALWARE
  return { id: signature, severity, description }
}

/** The family in the name of a malware signature; empty where the name says none. */
export function familyOf(signature: string): string {
  const official = signature.replace(/\.UNOFFICIAL$/, '')
  const match = /^[A-Za-z]\w*\.[A-Za-z]\w*\.([A-Za-z][\w.]*)-\d+(?:-\d+)?$/.exec(official)
  const family = match?.[1] ?? ''
  const isMalware = findingOf(signature).severity === MALWARE.severity
  return isMalware && !NO_FAMILY.has(family.toLowerCase()) ? family : ''
}
