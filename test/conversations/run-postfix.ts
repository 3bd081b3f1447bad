// Carries conversations out through a real Postfix whose milter is the scripted filter, and checks what the client is
// told, what Postfix logs and what the sink gets.

import assert from 'node:assert/strict'
import type { PostfixInstance } from '../postfix/instance.ts'
import type { Sink } from '../postfix/sink.ts'
import { SmtpClient, type SmtpReply, sendMail } from '../postfix/smtp-client.ts'
import { assertDelivered, readMail } from './delivered.ts'
import { Draft } from './draft.ts'
import type { StagedReply, StageName } from './parse.ts'
import { assertRefusal, type ConversationDriver } from './run.ts'
import type { FilterScript } from './script.ts'

/** The Postfix must have a listener `plain` without milters, for mail that marks the end of what came before. */
export type PostfixSetup = { readonly postfix: PostfixInstance; readonly sink: Sink; readonly script: FilterScript }

// How Postfix names the stages in its log (smtpd.c, cleanup_milter.c).
const loggedStages: Readonly<Record<StageName, string>> = {
  CONNECT: 'CONNECT',
  HELO: 'EHLO',
  MAIL: 'MAIL',
  RCPT: 'RCPT',
  DATA: 'DATA',
  UNKNOWN: 'UNKNOWN',
  HEADER: 'END-OF-MESSAGE',
  EOH: 'END-OF-MESSAGE',
  BODY: 'END-OF-MESSAGE',
  EOM: 'END-OF-MESSAGE',
}

/** One conversation with a real Postfix. */
export class PostfixDriver implements ConversationDriver {
  readonly #setup: PostfixSetup
  readonly #logStart: number
  #client: SmtpClient | undefined
  #reply: SmtpReply | undefined
  #final: SmtpReply | undefined
  #draft = new Draft()

  constructor(setup: PostfixSetup) {
    this.#setup = setup
    this.#logStart = setup.postfix.log.mark()
  }

  async client(verb: string, words: string): Promise<void> {
    switch (verb) {
      case 'CONNECT':
        this.#client = await SmtpClient.connect(this.#setup.postfix.port)
        this.#reply = this.#client.greeting
        return
      case 'SENDMAIL':
        this.#draft.isLocal = true
        return
      case 'BDAT':
        this.#draft.isBdat = true
        return
      case 'HEADER':
      case 'BODY':
      case 'ATTACH':
        return this.#draft.add(verb, words)
      case 'FROM':
        return await this.#from(words)
      case 'TO':
        this.#draft.to.push(words)
        if (!this.#draft.isLocal) this.#reply = await this.#smtp().rcpt(words)
        return
      case 'GONE':
        return await this.#gone()
      default:
        return await this.#command(verb, words)
    }
  }

  async #command(verb: string, words: string): Promise<void> {
    const smtp = this.#smtp()
    switch (verb) {
      case 'HELO':
        this.#reply = await smtp.ehlo(words)
        break
      case 'RSET':
        this.#reply = await smtp.rset()
        break
      case 'STARTTLS':
        this.#reply = await smtp.starttls()
        break
      case 'QUIT':
        this.#reply = await smtp.quit()
        break
      default:
        this.#reply = await smtp.raw(words)
        return
    }
    this.#newDraft()
  }

  #newDraft(): void {
    this.#draft = new Draft()
    this.#final = undefined
  }

  async #from(words: string): Promise<void> {
    const { isLocal } = this.#draft
    this.#newDraft()
    this.#draft.isLocal = isLocal
    this.#draft.setFrom(words)
    if (!isLocal) this.#reply = await this.#smtp().mail(this.#draft.from, this.#draft.fromArgs)
  }

  // The client is gone while the filter still thinks; Postfix does not look, and delivers when the filter lets it.
  async #gone(): Promise<void> {
    const held = this.#setup.script.holdNext()
    const smtp = this.#smtp()
    await smtp.dataThenDrop(this.#draft.bytes())
    await held.reached
    held.open()
  }

  async #finish(): Promise<SmtpReply | undefined> {
    if (this.#final !== undefined) return this.#final
    const draft = this.#draft
    if (draft.isLocal) {
      const message = Buffer.from(draft.bytes().toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
      await this.#setup.postfix.sendmail(['-f', draft.from, ...draft.to], message)
      return undefined
    }
    this.#final = draft.isBdat ? await this.#bdat(draft) : await this.#smtp().data(draft.bytes())
    return this.#final
  }

  async #bdat(draft: Draft): Promise<SmtpReply> {
    const bytes = draft.bytes()
    const first = await this.#smtp().bdat(bytes.subarray(0, 10), { last: false })
    return first.code === 250 ? await this.#smtp().bdat(bytes.subarray(10), { last: true }) : first
  }

  async expect(expected: StagedReply): Promise<void> {
    const reply = await this.#replyFor(expected)
    switch (expected.reply) {
      case 'reject':
      case 'tempfail':
        if (reply !== undefined) assertRefusal(reply, expected)
        return await this.#assertLogged('reject', expected.stage)
      case 'discard':
        assert.equal(reply?.code ?? 250, 250)
        return await this.#assertLogged('discard', expected.stage)
      case 'quarantine':
        assert.equal(reply?.code ?? 250, 250)
        return await this.#assertHeld()
      default:
        assert.ok(reply === undefined || reply.code < 400, `the client was told ${reply?.lines.join(' / ')}`)
    }
  }

  async #replyFor(expected: StagedReply): Promise<SmtpReply | undefined> {
    switch (expected.stage) {
      case 'CONNECT':
      case 'HELO':
        // A filter that accepted is asked no more, so then the message itself tells. A refusal is told at MAIL, and EHLO is
        // answered 250 all the same; 421 is told at once and ends the session (smtpd.c).
        if (expected.reply === 'accept') return await this.#finish()
        return this.#reply?.code === 421 ? this.#reply : await this.#smtp().mail('probe@src.test')
      case 'MAIL':
      case 'RCPT':
      case 'UNKNOWN':
        return expected.reply === 'accept' || expected.reply === 'discard' ? await this.#finish() : this.#reply
      default:
        return await this.#finish()
    }
  }

  async #assertLogged(action: string, stage: StageName): Promise<void> {
    const wanted = loggedStages[stage]
    if (this.#draft.isLocal) await this.#setup.postfix.waitForLog(/milter-/, { since: this.#logStart })
    const logged = await this.#setup.postfix.milterActions(this.#logStart)
    assert.ok(
      logged.some((one) => one.action === action && one.stage === wanted),
      `Postfix logged no milter-${action} at ${wanted}, but ${JSON.stringify(logged)}`,
    )
  }

  async #assertHeld(): Promise<void> {
    const held = await this.#setup.postfix.held()
    assert.deepEqual(
      held.map((one) => one.sender),
      [this.#draft.from],
    )
    await this.#setup.postfix.remove(held[0]?.queueId ?? '')
  }

  async delivered(what: string, words: string): Promise<void> {
    if (what === 'nothing') return await this.#assertNothing()
    const queueId = await this.#queueId()
    // Postfix writes its queue id into its own Received line.
    const message = await this.#setup.sink.waitForMessage((one) => one.raw.includes(`id ${queueId}`))
    assertDelivered(readMail(message, message.raw), what, words)
  }

  /** The queue id of the latest message that this conversation brought into the queue. */
  async #queueId(): Promise<string> {
    const entered = /(?:smtpd|pickup)\[\d+\]: (\w+): (?:client|uid)=/
    const lines = await this.#setup.postfix.settledLog(this.#logStart)
    const queueId = lines.map((line) => entered.exec(line)?.[1]).findLast((id) => id !== undefined)
    assert.ok(queueId !== undefined, 'Postfix took no message in this conversation')
    return queueId
  }

  // The queue manager takes mail in the order in which it came: when a later message has passed, an earlier one would be
  // in the log.
  async #assertNothing(): Promise<void> {
    const { postfix, sink } = this.#setup
    const port = postfix.ports.plain
    assert.ok(port !== undefined, 'the Postfix of a conversation needs a listener named plain')
    const message = Buffer.from('Subject: marker\r\n\r\n')
    assert.equal((await sendMail(port, { from: 'marker@src.test', to: 'b@dst.test', message })).code, 250)
    await sink.waitForMessage((one) => one.from === 'marker@src.test')
    const active = (await postfix.settledLog(this.#logStart)).filter((line) => /qmgr.*queue active/.test(line))
    assert.deepEqual(
      active.filter((line) => !line.includes('marker@src.test')),
      [],
    )
    sink.clear()
  }

  async end(): Promise<void> {
    this.#client?.drop()
    await this.#setup.postfix.settledLog()
  }

  #smtp(): SmtpClient {
    if (this.#client === undefined) throw new Error('the client is not connected: CONNECT comes first')
    return this.#client
  }
}
