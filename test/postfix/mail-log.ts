import { readFileSync, watch } from 'node:fs'

/** What Postfix logged that a milter made it do (`milter-reject:`, `milter-hold:` and so on; Postfix cleanup_milter.c, smtpd.c). */
export type MilterAction = {
  /** `NOQUEUE` where the message had no queue id yet. */
  readonly queueId: string
  readonly action: string
  /** `CONNECT`, `HELO`, `MAIL`, `RCPT`, `DATA`, `END-OF-MESSAGE` … */
  readonly stage: string
  readonly text: string
}

export type WaitOptions = { readonly deadlineMs?: number; readonly since?: number }

/** The log file of one Postfix instance. */
export class MailLog {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** All lines so far, from the given line number on. */
  lines(since = 0): readonly string[] {
    return readFileSync(this.#file, 'utf8').split('\n').slice(0, -1).slice(since)
  }

  /** The number of lines so far, to be handed to `lines` or `waitFor` as `since`. */
  mark(): number {
    return this.lines().length
  }

  /** Resolves with the first line that matches, already there or still to come. */
  waitFor(pattern: RegExp, options: WaitOptions = {}): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const watcher = watch(this.#file)
    const deadline = setTimeout(() => {
      const tail = this.lines().slice(-20).join('\n  ')
      reject(new Error(`Postfix logged nothing that matches ${pattern}; its last lines:\n  ${tail}`))
    }, options.deadlineMs ?? 20_000)
    const look = () => {
      const line = this.lines(options.since).find((candidate) => pattern.test(candidate))
      if (line !== undefined) resolve(line)
    }
    watcher.on('change', look)
    look()
    return promise.finally(() => {
      clearTimeout(deadline)
      watcher.close()
    })
  }
}

/** Reads the lines by which Postfix says what a milter made it do. */
export function milterActionsIn(lines: readonly string[]): readonly MilterAction[] {
  const actions: MilterAction[] = []
  for (const line of lines) {
    const match = /\]: (?:(\w+): )?milter-(\w+): (\S+) from \S+: (.*)$/.exec(line)
    if (match === null) continue
    const [, queueId = 'NOQUEUE', action = '', stage = '', text = ''] = match
    actions.push({ queueId, action, stage, text })
  }
  return actions
}
