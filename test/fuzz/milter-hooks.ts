/** Filters of different tempers, to be attacked over the wire; and a count of what their hooks may see only once. */
import assert from 'node:assert/strict'
import {
  accept,
  continue_,
  discard,
  type MilterServerOptions,
  reject,
  skip,
  type Transaction,
  tempfail,
} from '../../src/milter/index.ts'

const NO = { code: 550, enhanced: '5.7.1', text: 'no\nreally' } as const

/** How the filter answers; `later` answers after a turn of the loop, so that it must be asked step by step. */
export const TEMPERS = ['continues', 'refuses', 'throws', 'accepts', 'discards', 'skips', 'edits', 'later'] as const
export type Temper = (typeof TEMPERS)[number]

/** What a hook of that temper does where replies of any kind are legal. */
function answer(temper: Temper) {
  if (temper === 'throws') throw new Error('as I was told to')
  if (temper === 'refuses') return reject(NO)
  if (temper === 'accepts') return accept()
  return temper === 'discards' ? discard() : undefined
}

function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(value)))
}

/** A filter whose temper is asked at every hook, and that notices what must not happen. */
export function tempered(temper: () => Temper, notice: (what: string) => void): MilterServerOptions {
  const over = new WeakSet<Transaction>()
  const hook = () => (temper() === 'later' ? (later(undefined) as unknown as undefined) : undefined)
  const session = () => (['discards'].includes(temper()) ? undefined : (answer(temper()) as undefined)) ?? hook()
  const message = () => (answer(temper()) as undefined) ?? hook()
  const repeated = () => (temper() === 'skips' ? (skip() as unknown as undefined) : message())
  const ends = (tx: Transaction, how: string) => {
    if (over.has(tx)) notice(`a message that was over ended again: ${how}`)
    over.add(tx)
  }
  return {
    actions: ['addHeader', 'changeHeader', 'replaceBody', 'quarantine'],
    hooks: {
      connect: session,
      helo: session,
      mail: message,
      rcpt: repeated,
      data: message,
      unknown: () => (temper() === 'throws' ? (answer('throws') as undefined) : hook()),
      header: repeated,
      endOfHeaders: message,
      body: repeated,
      endOfMessage: (tx) => {
        ends(tx, 'end of message')
        if (temper() === 'edits') {
          tx.edit.addHeader('X-Fuzz', 'a\r\n b')
          tx.edit.replaceBody(Buffer.alloc(200_000))
        }
        return temper() === 'later' ? later(tempfail()) : (answer(temper()) ?? continue_())
      },
      abort: (tx) => {
        // A message whose end-of-message hook failed or was given up is told so.
        if (!over.has(tx)) ends(tx, 'abort')
      },
    },
    onEvent: (event) => {
      if (event.type === 'answered') assert.notEqual(event.session, undefined)
    },
  }
}
