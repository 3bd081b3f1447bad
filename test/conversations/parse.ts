// The language of test/conversations/*.txt: what a client says, how the scripted filter answers, and what must come of
// it. A file holds several conversations; each begins with `CONVERSATION title`. `#` begins a comment line.
//
//   FILTER reject@HEADER 550 5.7.1 text     the filter's reply at a stage (until the next FILTER for that stage)
//   FILTER add-header X-Name: value         an edit at end of message; see `editNames`
//   FILTER nothing                          forgets all replies and edits
//   CONNECT · HELO name · FROM address args · TO address args · HEADER name: value · BODY line · ATTACH name content
//   BDAT (send the content by BDAT) · RSET · STARTTLS · COMMAND line · QUIT · SENDMAIL (submit locally) · GONE (the client
//   sends its message and hangs up without waiting)
//   EXPECT reject@EOM 550 5.7.1 text        what the client is told, and at which stage the filter said it
//   DELIVERED from|to|top|header|no-header|body|nothing … what the recipient's server got; `top` is the very first header
//   SEEN connect helo mail …                the filter's events since the last SEEN, repeated ones once

/** The steps of a milter session by their names in the language. */
export const stageNames = [
  'CONNECT',
  'HELO',
  'MAIL',
  'RCPT',
  'DATA',
  'UNKNOWN',
  'HEADER',
  'EOH',
  'BODY',
  'EOM',
] as const
export type StageName = (typeof stageNames)[number]

const replyNames = ['continue', 'accept', 'reject', 'tempfail', 'discard', 'skip', 'quarantine'] as const
export type ReplyName = (typeof replyNames)[number]

/** The edits that a filter can be told to make, each with the words that follow it. */
export const editNames = {
  'add-header': 'Name: value',
  'insert-header': 'index Name: value',
  'change-header': 'index Name: value',
  'delete-header': 'index Name',
  'replace-body': 'text',
  'change-sender': 'address',
  'add-recipient': 'address',
  'remove-recipient': 'address',
} as const
export type EditName = keyof typeof editNames

const clientVerbs = [
  ...['CONNECT', 'HELO', 'FROM', 'TO', 'HEADER', 'BODY', 'ATTACH', 'BDAT', 'RSET', 'STARTTLS', 'COMMAND'],
  ...['QUIT', 'SENDMAIL', 'GONE'],
] as const

/** A reply with its stage, as FILTER says it and EXPECT wants it. */
export type StagedReply = {
  readonly reply: ReplyName
  readonly stage: StageName
  readonly code: number | undefined
  readonly enhanced: string | undefined
  readonly text: string | undefined
}

/** One edit, its words not yet taken apart. */
export type ScriptedEdit = { readonly edit: EditName; readonly words: string }

/** One line of a conversation. */
export type Step = { readonly line: number } & (
  | { readonly kind: 'filter-reply'; readonly reply: StagedReply }
  | { readonly kind: 'filter-edit'; readonly edit: ScriptedEdit }
  | { readonly kind: 'filter-nothing' }
  | { readonly kind: 'client'; readonly verb: string; readonly words: string }
  | { readonly kind: 'expect'; readonly expected: StagedReply }
  | { readonly kind: 'delivered'; readonly what: string; readonly words: string }
  | { readonly kind: 'seen'; readonly events: readonly string[] }
)

/** A conversation with its place in its file. */
export type Conversation = { readonly title: string; readonly line: number; readonly steps: readonly Step[] }

/** Reads a file of conversations; throws with file and line at the first line that it does not understand. */
export function parseConversations(text: string, file: string): readonly Conversation[] {
  const conversations: { title: string; line: number; steps: Step[] }[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1
    const [, keyword = '', words = ''] = /^(\S*) ?(.*)$/.exec(raw) ?? []
    if (keyword === '' || keyword.startsWith('#')) continue
    if (keyword === 'CONVERSATION') {
      conversations.push({ title: words, line, steps: [] })
      continue
    }
    const current = conversations.at(-1)
    const step = current === undefined ? undefined : parseStep(keyword, words, line)
    if (current === undefined || step === undefined) throw new Error(`${file}:${line}: cannot understand: ${raw}`)
    current.steps.push(step)
  }
  return conversations
}

function parseStep(keyword: string, words: string, line: number): Step | undefined {
  switch (keyword) {
    case 'FILTER':
      return parseFilter(words, line)
    case 'EXPECT': {
      const expected = parseStagedReply(words)
      return expected && { kind: 'expect', expected, line }
    }
    case 'DELIVERED': {
      const [, what = '', rest = ''] = /^(from|to|top|header|no-header|body|nothing)(?: (.*))?$/.exec(words) ?? []
      return what === '' ? undefined : { kind: 'delivered', what, words: rest, line }
    }
    case 'SEEN':
      return { kind: 'seen', events: words.split(' '), line }
    default:
      return isOneOf(clientVerbs, keyword) ? { kind: 'client', verb: keyword, words, line } : undefined
  }
}

function parseFilter(words: string, line: number): Step | undefined {
  if (words === 'nothing') return { kind: 'filter-nothing', line }
  const [name = '', ...rest] = words.split(' ')
  if (isOneOf(Object.keys(editNames) as EditName[], name)) {
    return { kind: 'filter-edit', edit: { edit: name, words: rest.join(' ') }, line }
  }
  const reply = parseStagedReply(words)
  return reply && { kind: 'filter-reply', reply, line }
}

function parseStagedReply(words: string): StagedReply | undefined {
  const pattern = /^([a-z]+)(?:@([A-Z]+))?(?: (\d{3}))?(?: (\d\.\d+\.\d+))?(?: (.*))?$/
  const [matched, reply = '', stage = 'EOM', code, enhanced, text] = pattern.exec(words) ?? []
  if (matched === undefined || !isOneOf(replyNames, reply) || !isOneOf(stageNames, stage)) return undefined
  return { reply, stage, code: code === undefined ? undefined : Number(code), enhanced, text }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((one) => one === name)
}
