// The filter's frames as an MTA takes them: modifications and keep-alives until one final reply, with the checks that
// make Postfix (milter8.c) give up on a filter.
import { SMFIR, SMFIR_NAMES } from './constants.ts'
import { decodeEdit, decodeString, type Edit } from './decode.ts'
import type { Frame } from './frame-reader.ts'

/** How a filter answered one event; `none` for an event that is not replied to, `error` where Postfix would give up on it. */
export interface MtaReply {
  readonly kind: 'continue' | 'accept' | 'reject' | 'tempfail' | 'discard' | 'skip' | 'none' | 'error'
  /** The SMTP reply that the client gets, lines joined with CRLF; undefined for the MTA's own text. */
  readonly smtp: string | undefined
  /** Modifications in the order in which they came; a replaced body comes in its chunks. */
  readonly edits: readonly Edit[]
  /** How many keep-alives came before. */
  readonly progressCount: number
  /** What was wrong, for `error`. */
  readonly error: string | undefined
}

const FINAL: ReadonlyMap<number, MtaReply['kind']> = new Map([
  [SMFIR.CONTINUE, 'continue'],
  [SMFIR.ACCEPT, 'accept'],
  [SMFIR.REJECT, 'reject'],
  [SMFIR.TEMPFAIL, 'tempfail'],
  [SMFIR.DISCARD, 'discard'],
  [SMFIR.SKIP, 'skip'],
])

/** A reply of one kind and nothing else. */
export function plainReply(kind: MtaReply['kind'], error?: string): MtaReply {
  return { kind, smtp: undefined, edits: [], progressCount: 0, error }
}

/** Collects the frames of one answer. */
export class ReplyCollector {
  readonly #edits: Edit[] = []
  #progressCount = 0
  #isBodyInterrupted = false

  /** The reply when this frame was the final one. */
  take(frame: Frame): MtaReply | undefined {
    const { command, payload } = frame
    const final = FINAL.get(command)
    if (final !== undefined) return payload.length === 0 ? this.#reply(final) : this.failed(excess(frame))
    if (command === SMFIR.REPLYCODE) return this.#replyCode(payload)
    if (command === SMFIR.PROGRESS) {
      this.#progressCount += 1
      if (payload.length > 0) return this.failed(excess(frame))
      return this.#interrupt()
    }
    const edit = decodeEdit(frame)
    if (edit === undefined) return this.failed(`unexpected filter response ${nameOf(command)}`)
    if (edit.kind === 'replaceBody' && this.#isBodyInterrupted) return this.failed(MIXED)
    this.#edits.push(edit)
    return edit.kind === 'replaceBody' ? undefined : this.#interrupt()
  }

  /** An answer that never became one. */
  failed(error: string): MtaReply {
    return this.#reply('error', undefined, error)
  }

  #interrupt(): undefined {
    if (this.#edits.some((edit) => edit.kind === 'replaceBody')) this.#isBodyInterrupted = true
    return undefined
  }

  #replyCode(payload: Buffer): MtaReply {
    const text = decodeString(payload)?.toString('utf8')
    if (text === undefined || payload.indexOf(0) !== payload.length - 1)
      return this.failed('reply text without its NUL')
    if (!isValidReply(text)) return this.failed(`malformed reply: ${text}`)
    return this.#reply(text.startsWith('4') ? 'tempfail' : 'reject', text.replaceAll(/%(%?)/g, '$1'))
  }

  #reply(kind: MtaReply['kind'], smtp?: string, error?: string): MtaReply {
    return { kind, smtp, edits: this.#edits, progressCount: this.#progressCount, error }
  }
}

const MIXED = 'body replacement requests can’t currently be mixed with other requests'

function excess({ command, payload }: Frame): string {
  return `reply ${nameOf(command)} was followed by ${payload.length} data bytes`
}

function nameOf(command: number): string {
  const name = SMFIR_NAMES.get(command)
  return name === undefined ? '(unknown filter reply)' : `SMFIR_${name}`
}

/** Postfix's newer, strict check: CRLF, the same code and its class on every line (milter8.c milter8_valid_smtp_reply). */
function isValidReply(text: string): boolean {
  const lines = text.split('\r\n')
  const code = lines[0]?.slice(0, 3) ?? ''
  return lines.every((line, i) => {
    const [, lineCode, mark, enhanced] = /^([45]\d\d)([ -])(?:([245])\.\d{1,3}\.\d{1,3} )?[^\r\n]*$/.exec(line) ?? []
    const isInPlace = lineCode === code && mark === (i === lines.length - 1 ? ' ' : '-')
    return isInPlace && (enhanced === undefined || enhanced === code[0])
  })
}
