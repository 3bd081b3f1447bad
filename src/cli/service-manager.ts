/**
 * Tells systemd how the service stands (sd_notify(3), systemd.service(5) "Type=notify"). Its messages are datagrams on a unix socket,
 * which Node cannot send: systemd's own systemd-notify(1) does, so the unit needs `NotifyAccess=all`. Outside of systemd nothing happens.
 */
import { execFile } from 'node:child_process'
import type { Logger } from '../telemetry/index.ts'

/** Gives one message to the service manager. */
export type Send = (fields: readonly string[]) => Promise<void>

/** What the service manager is told, in this order, each once the former was sent. */
export class ServiceManager {
  readonly #send: Send | undefined
  readonly #log: Logger
  /** Milliseconds after which it ends a service that says nothing; 0 where it does not. */
  readonly watchdogMs: number
  #sending: Promise<void> = Promise.resolve()

  constructor(env: Readonly<Record<string, string | undefined>>, log: Logger, send?: Send) {
    const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: usec = '' } = env
    this.#log = log
    this.#send = socket === '' ? undefined : (send ?? ((fields) => systemdNotify(socket, fields)))
    this.watchdogMs = socket !== '' && /^\d{4,15}$/.test(usec) ? Number(usec) / 1000 : 0
  }

  /** It listens, after the start and after a reload. */
  ready(status: string): Promise<void> {
    return this.#say('READY=1', `STATUS=${status}`)
  }

  reloading(): Promise<void> {
    return this.#say('RELOADING=1')
  }

  stopping(): Promise<void> {
    return this.#say('STOPPING=1', 'STATUS=messages in work are answered first')
  }

  /** Keeps the watchdog quiet for another while. */
  alive(): Promise<void> {
    return this.#say('WATCHDOG=1')
  }

  /** A manager that cannot be told is no reason to fail: it will act as if nothing had been said. */
  #say(...fields: readonly string[]): Promise<void> {
    const send = this.#send
    if (!send) return Promise.resolve()
    this.#sending = this.#sending
      .then(() => send(fields))
      .catch((error: unknown) => this.#log.warn({ fields, cause: String(error) }, 'systemd was not told'))
    return this.#sending
  }
}

function systemdNotify(socket: string, fields: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: socket }, timeout: 10_000 }
    execFile('systemd-notify', [...fields], options, (error) => (error ? reject(error) : resolve()))
  })
}
