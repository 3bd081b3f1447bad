/**
 * One POST of one signed event. Nothing that comes back counts but the status: no redirect is followed, no body is read, so that the other
 * side cannot send us anywhere or keep us busy.
 */
import { createHmac } from 'node:crypto'
import { type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Clock } from '../core/index.ts'
import type { WebhookOptions } from './options.ts'

/** The header in which the time (Unix seconds) and the signature stand: `t=TIME,v1=HEX`. */
export const SIGNATURE_HEADER = 'peekaboo-signature'

/** HMAC-SHA256 over the time, a dot and the body: whoever knows the secret can tell a forged, changed or old event. */
export function signatureOf(secret: string, seconds: number, body: string | Uint8Array): string {
  const signed = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')
  return `t=${seconds},v1=${signed}`
}

/** Sends it once; rejects where the answer is anything but 2xx, or does not come in time. */
export async function post(
  options: WebhookOptions,
  id: string,
  body: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const giveUp = new AbortController()
  const cancel = clock.after(options.timeout, () => {
    giveUp.abort(new Error(`no answer within ${options.timeout} ms`))
  })
  const either = AbortSignal.any([signal, giveUp.signal])
  try {
    const status = await statusOf(options, headersOf(options, id, body, clock), body, either)
    if (status < 200 || status > 299) throw new Error(`it answered ${status}`)
  } catch (error) {
    throw either.aborted ? either.reason : error
  } finally {
    cancel()
  }
}

function headersOf({ secret }: WebhookOptions, id: string, body: string, clock: Clock) {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'peekaboo-milter',
    'peekaboo-event': id,
    [SIGNATURE_HEADER]: signatureOf(secret.reveal(), Math.floor(clock.now() / 1000), body),
  }
}

function statusOf(
  { url, ca }: WebhookOptions,
  headers: RequestOptions['headers'],
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const options = { method: 'POST', agent: false, signal, headers } as const
  return new Promise((resolve, reject) => {
    const sent = url.startsWith('https:')
      ? requestTls(url, { ...options, ...(ca && { ca: ca.reveal() }) })
      : request(url, options)
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.on('error', () => undefined)
      response.destroy()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
