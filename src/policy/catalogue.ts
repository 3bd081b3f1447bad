/** The texts that strangers read, by language: what each may hold, and the two languages that come with the filter. */

/** The words in braces that a text must have, and those that it may have. */
export interface TextRules {
  readonly needs: readonly string[]
  readonly may: readonly string[]
}

/** Every text that there is. */
export const TEXTS = {
  contact: { needs: [], may: [] },
  refusedContent: { needs: ['ref'], may: ['contact'] },
  refusedEncrypted: { needs: ['ref'], may: ['contact'] },
  refusedUnread: { needs: ['ref'], may: ['contact'] },
  later: { needs: ['ref'], may: ['contact'] },
  recipientLater: { needs: [], may: ['contact'] },
} as const satisfies Readonly<Record<string, TextRules>>

/** The name of a text. */
export type TextName = keyof typeof TEXTS
/** All texts of one language. */
export type Texts = Readonly<Record<TextName, string>>

/** In English, and what is said in English where a language has no text or the text cannot be said in ASCII. */
export const ENGLISH: Texts = {
  contact: 'the postmaster of the recipient',
  refusedContent: 'Message refused because of its content; if that is wrong, ask {contact} (ref {ref})',
  refusedEncrypted:
    'Message refused because an attachment is encrypted; ask the recipient for another way to send it (ref {ref})',
  refusedUnread: 'Message refused because it could not be checked; ask {contact} (ref {ref})',
  later: 'Message could not be checked yet; please try again later (ref {ref})',
  recipientLater: 'Please send to this recipient in a message of its own',
}

const GERMAN: Texts = {
  contact: 'den Postmaster des Empfängers',
  refusedContent:
    'Nachricht wegen ihres Inhalts abgelehnt; falls das ein Irrtum ist, fragen Sie {contact} (Ref. {ref})',
  refusedEncrypted:
    'Nachricht abgelehnt, weil ein Anhang verschlüsselt ist; fragen Sie den Empfänger nach einem anderen Weg (Ref. {ref})',
  refusedUnread: 'Nachricht abgelehnt, weil sie nicht geprüft werden konnte; fragen Sie {contact} (Ref. {ref})',
  later: 'Nachricht konnte noch nicht geprüft werden; bitte versuchen Sie es später noch einmal (Ref. {ref})',
  recipientLater: 'Bitte senden Sie diesem Empfänger eine eigene Nachricht',
}

/** The languages that come with the filter. */
export const CATALOGUES: ReadonlyMap<string, Texts> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
])

const HOLE = /\{([^{}]*)\}/g
/** Longest text: all of it fits into a few lines of a reply. */
const LONGEST = 1500

/** What is wrong with a text, and what to write instead; nothing where all is right. */
export function textProblem(
  name: TextName,
  text: string,
): { readonly message: string; readonly remedy: string } | undefined {
  const { needs, may }: TextRules = TEXTS[name]
  const known = [...needs, ...may]
  const found = [...text.matchAll(HOLE)].map(([, word = '']) => word)
  const listed =
    known.length === 0 ? 'no word in braces is known here' : `known: ${known.map((one) => `{${one}}`).join(', ')}`
  const unknown = found.find((word) => !known.includes(word))
  if (unknown !== undefined) return { message: `{${unknown}} is no word of this text`, remedy: listed }
  if (/[{}]/.test(text.replace(HOLE, ''))) return { message: 'a brace stands alone', remedy: listed }
  const lost = needs.find((word) => !found.includes(word))
  if (lost !== undefined) return { message: `{${lost}} is missing`, remedy: `say it: ${ENGLISH[name]}` }
  if (text.trim() === '') return { message: 'the text is empty', remedy: `say something such as: ${ENGLISH[name]}` }
  if (/[^\P{Cc}\n]/u.test(text)) return { message: 'the text has control characters', remedy: 'remove them' }
  return text.length > LONGEST
    ? { message: `the text is longer than ${LONGEST} characters`, remedy: 'say it in fewer words' }
    : undefined
}

/** The text with what its words in braces stand for. */
export function filled(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(HOLE, (hole, word: string) => words[word] ?? hole)
}
