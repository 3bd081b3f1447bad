// The filter of a conversation: a server of our library that does at each stage what the FILTER lines said, and keeps a
// list of what it saw.

import {
  accept,
  continue_,
  createMilterServer,
  discard,
  type MessageEdit,
  type MilterHooks,
  type MilterServer,
  type MilterServerOptions,
  quarantine,
  type Reply,
  reject,
  type SmtpText,
  skip,
  tempfail,
} from '../../src/milter/index.ts'
import type { EditName, ScriptedEdit, StagedReply, StageName } from './parse.ts'

/** Every modification that a script may ask for, to be negotiated by the server. */
const scriptActions = [
  ...(['addHeader', 'changeHeader', 'replaceBody', 'addRecipient', 'removeRecipient'] as const),
  ...(['quarantine', 'changeSender'] as const),
]

/** What the filter does now and what it has seen so far. */
export class FilterScript {
  #replies = new Map<StageName, StagedReply>()
  #edits: ScriptedEdit[] = []
  #seen: string[] = []
  #last: string | undefined
  #sessions = 0
  #onEvent: () => void = () => undefined
  #gate: { readonly reached: () => void; readonly opened: Promise<void> } | undefined

  /** From now on this is the reply at its stage. */
  reply(reply: StagedReply): void {
    this.#replies.set(reply.stage, reply)
  }

  /** From now on this edit is made at end of message, after the earlier ones. */
  edit(edit: ScriptedEdit): void {
    this.#edits.push(edit)
  }

  /** Forgets all replies and edits. */
  nothing(): void {
    this.#replies = new Map()
    this.#edits = []
  }

  /** Forgets what the filter saw so far. */
  clearSeen(): void {
    this.#seen = []
  }

  /** The latest event that is more than the end of something. */
  get lastSeen(): string | undefined {
    return this.#last
  }

  /** Resolves with what the filter saw since the last call, repeated events once, when that is so many events. */
  async waitSeen(count: number): Promise<readonly string[]> {
    // An abort or a close is answered by nothing, so the client may be ahead of it.
    await this.#until(() => this.#seen.length >= count)
    const seen = this.#seen
    this.#seen = []
    return seen
  }

  /** Resolves when no session is open, so that nothing of one conversation is seen in the next. */
  async whenIdle(): Promise<void> {
    await this.#until(() => this.#sessions === 0)
  }

  async #until(isSo: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(10_000)
    while (!isSo() && !deadline.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onEvent = resolve
      deadline.addEventListener('abort', () => resolve())
      await promise
    }
  }

  /** The next end of message is not answered before `open` is called; `reached` resolves when it has come. */
  holdNext(): { readonly reached: Promise<void>; readonly open: () => void } {
    const reached = Promise.withResolvers<void>()
    const opened = Promise.withResolvers<void>()
    this.#gate = { reached: reached.resolve, opened: opened.promise }
    return { reached: reached.promise, open: opened.resolve }
  }

  /** The hooks of a server that follows this script. Its table of legal replies is checked at run time, not by types. */
  hooks(): MilterHooks {
    return {
      connect: () => this.#at('CONNECT') as undefined,
      helo: () => this.#at('HELO') as undefined,
      mail: () => this.#at('MAIL') as undefined,
      rcpt: () => this.#at('RCPT') as undefined,
      data: () => this.#at('DATA') as undefined,
      unknown: () => this.#at('UNKNOWN') as undefined,
      header: () => this.#at('HEADER') as undefined,
      endOfHeaders: () => this.#at('EOH') as undefined,
      body: () => this.#at('BODY') as undefined,
      endOfMessage: async (tx) => {
        const reply = this.#at('EOM') ?? continue_()
        for (const { edit, words } of this.#edits) editors[edit](tx.edit, words)
        const gate = this.#gate
        this.#gate = undefined
        gate?.reached()
        await gate?.opened
        return reply as ReturnType<typeof continue_>
      },
      abort: () => this.#see('abort'),
      close: () => this.#see('close'),
    }
  }

  #at(stage: StageName): Reply | undefined {
    this.#see(stage.toLowerCase())
    const scripted = this.#replies.get(stage)
    return scripted === undefined ? undefined : replyOf(scripted)
  }

  #see(event: string): void {
    if (event === 'connect') this.#sessions += 1
    if (event === 'close') this.#sessions -= 1
    if (event !== 'abort' && event !== 'close') this.#last = event
    if (this.#seen.at(-1) !== event) this.#seen.push(event)
    this.#onEvent()
  }
}

function replyOf(scripted: StagedReply): Reply {
  switch (scripted.reply) {
    case 'reject':
      return reject(smtpText(scripted))
    case 'tempfail':
      return tempfail(smtpText(scripted))
    case 'quarantine':
      return quarantine(scripted.text ?? 'scripted')
    case 'accept':
      return accept()
    case 'discard':
      return discard()
    case 'skip':
      return skip()
    case 'continue':
      return continue_()
  }
}

function smtpText(scripted: StagedReply): SmtpText | undefined {
  const { code, enhanced, text } = scripted
  if (code === undefined) return undefined
  return { code, ...(enhanced === undefined ? {} : { enhanced }), ...(text === undefined ? {} : { text }) }
}

type Editor = (edit: MessageEdit, words: string) => void

const editors: Readonly<Record<EditName, Editor>> = {
  'add-header': (edit, words) => edit.addHeader(headerWords(words).name, headerWords(words).value),
  'insert-header': (edit, words) => {
    const { index, name, value } = headerWords(words)
    edit.insertHeader(index, name, value)
  },
  'change-header': (edit, words) => {
    const { index, name, value } = headerWords(words)
    edit.changeHeader(name, index, value)
  },
  'delete-header': (edit, words) => edit.deleteHeader(headerWords(words).name, headerWords(words).index),
  'replace-body': (edit, words) => edit.replaceBody(`${words}\r\n`),
  'change-sender': (edit, words) => edit.changeSender(words),
  'add-recipient': (edit, words) => edit.addRecipient(words),
  'remove-recipient': (edit, words) => edit.removeRecipient(words),
}

/** Takes `[index] Name[: value]` apart. */
export function headerWords(words: string): { readonly index: number; readonly name: string; readonly value: string } {
  const [, index = '0', name = '', value = ''] = /^(?:(\d+) )?([^:]*)(?:: ?(.*))?$/.exec(words) ?? []
  return { index: Number(index), name, value }
}

/** Starts a server that follows a script, on a loopback port of its own. */
export async function startScriptedFilter(
  script: FilterScript,
  options: Partial<MilterServerOptions> = {},
): Promise<{ readonly server: MilterServer; readonly port: number }> {
  const server = createMilterServer({ actions: scriptActions, ...options, hooks: script.hooks() })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the scripted filter listens on no port')
  return { server, port: address.port }
}
