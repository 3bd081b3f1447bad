// Carries conversations out with our own MTA side in place of Postfix: no mail moves, and what the recipient would get is
// worked out from the edits as Postfix applies them.

import assert from 'node:assert/strict'
import { type FakePostfix, fakePostfix, type MtaReply } from '../../src/milter/testing.ts'
import { applyEdits } from './apply-edits.ts'
import { assertDelivered } from './delivered.ts'
import { Draft } from './draft.ts'
import type { StagedReply } from './parse.ts'
import { assertRefusal, type ConversationDriver } from './run.ts'
import type { FilterScript } from './script.ts'

/** One conversation with the scripted filter alone. */
export class ClientDriver implements ConversationDriver {
  readonly #port: number
  readonly #script: FilterScript
  #postfix: FakePostfix | undefined
  #reply: MtaReply | undefined
  #final: MtaReply | undefined
  #draft = new Draft()
  #isEncrypting = false

  constructor(port: number, script: FilterScript) {
    this.#port = port
    this.#script = script
  }

  async client(verb: string, words: string): Promise<void> {
    switch (verb) {
      case 'CONNECT':
        this.#postfix = await fakePostfix({ port: this.#port })
        this.#reply = await this.#postfix.connect()
        return
      case 'SENDMAIL':
        this.#postfix = await fakePostfix({ port: this.#port })
        this.#draft.isLocal = true
        return
      case 'HEADER':
      case 'BODY':
      case 'ATTACH':
        this.#draft.add(verb, words)
        return
      case 'FROM':
        await this.#from(words)
        return
      case 'TO':
        await this.#to(words)
        return
      default:
        await this.#command(verb, words)
    }
  }

  async #command(verb: string, words: string): Promise<void> {
    const postfix = this.#mta()
    switch (verb) {
      case 'HELO':
        this.#reply = this.#isEncrypting ? await postfix.starttls(words) : await postfix.helo(words)
        this.#isEncrypting = false
        break
      case 'STARTTLS':
        this.#isEncrypting = true
        break
      case 'RSET':
        await postfix.rset()
        break
      case 'QUIT':
        await postfix.quit()
        break
      case 'COMMAND':
        this.#reply = await postfix.unknown(words)
        break
      case 'GONE':
        await this.#gone()
        break
    }
  }

  async #from(words: string): Promise<void> {
    const { isLocal } = this.#draft
    this.#draft = new Draft()
    this.#final = undefined
    this.#draft.isLocal = isLocal
    this.#draft.setFrom(words)
    if (!isLocal) this.#reply = await this.#mta().mail(this.#draft.from, this.#draft.fromArgs)
  }

  async #to(words: string): Promise<void> {
    if (!this.#draft.isLocal) this.#reply = await this.#mta().rcpt(words)
    const isTaken = this.#reply?.kind !== 'reject' && this.#reply?.kind !== 'tempfail'
    if (this.#draft.isLocal || isTaken) this.#draft.to.push(words)
  }

  // An MTA does not look at its client while the filter thinks, so there is nothing to see here but the delay.
  async #gone(): Promise<void> {
    const held = this.#script.holdNext()
    const final = this.#finish()
    await held.reached
    held.open()
    await final
  }

  async #finish(): Promise<MtaReply> {
    this.#final ??= await this.#send()
    return this.#final
  }

  async #send(): Promise<MtaReply> {
    const { from, to, isLocal } = this.#draft
    const message = this.#draft.bytes()
    if (isLocal) return await this.#mta().submitLocally({ from, to, message })
    const data = await this.#mta().data()
    const isRefused = data.kind === 'reject' || data.kind === 'tempfail' || data.kind === 'error'
    return isRefused ? data : await this.#mta().message(message)
  }

  async expect(expected: StagedReply): Promise<void> {
    const { reply: kind, stage } = expected
    const isOfCommand =
      stage === 'CONNECT' || stage === 'HELO' || stage === 'MAIL' || stage === 'RCPT' || stage === 'UNKNOWN'
    const isRefusal = kind === 'reject' || kind === 'tempfail'
    const reply = isOfCommand && isRefusal ? this.#reply : await this.#finish()
    assert.ok(reply !== undefined, 'nothing has been sent that could be answered')
    assert.equal(this.#script.lastSeen, stage.toLowerCase(), 'the filter decided at another stage')
    if (isRefusal) return assertFilterRefusal(reply, expected)
    if (kind === 'discard') return assert.equal(reply.kind, 'discard')
    assert.ok(
      reply.kind === 'accept' || reply.kind === 'continue',
      `the filter said ${reply.kind} ${reply.error ?? ''}`,
    )
    const isHeld = reply.edits.some((edit) => edit.kind === 'quarantine')
    assert.equal(isHeld, kind === 'quarantine')
  }

  async delivered(what: string, words: string): Promise<void> {
    const reply = await this.#finish()
    const isHeld = reply.edits.some((edit) => edit.kind === 'quarantine')
    const isDelivered = (reply.kind === 'accept' || reply.kind === 'continue') && !isHeld
    assert.equal(isDelivered, what !== 'nothing', `the filter said ${reply.kind} ${reply.error ?? ''}`)
    if (isDelivered) assertDelivered(applyEdits(this.#draft, reply.edits), what, words)
  }

  async end(): Promise<void> {
    this.#postfix?.client.destroy()
  }

  #mta(): FakePostfix {
    if (this.#postfix === undefined) throw new Error('the client is not connected: CONNECT comes first')
    return this.#postfix
  }
}

// Where the filter gives no text, these are Postfix's (milter8.c).
const plainTexts = { reject: '550 5.7.1 Command rejected', tempfail: '451 4.7.1 Service unavailable - try again later' }

function assertFilterRefusal(reply: MtaReply, expected: StagedReply): void {
  if (reply.kind !== 'reject' && reply.kind !== 'tempfail')
    assert.fail(`the filter said ${reply.kind} ${reply.error ?? ''}`)
  const smtp = reply.smtp ?? plainTexts[reply.kind]
  const [, code = '', enhanced, text = ''] = /^(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)$/.exec(smtp) ?? []
  assertRefusal({ code: Number(code), enhanced, text }, expected)
}
