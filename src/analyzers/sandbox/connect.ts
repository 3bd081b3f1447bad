import { type Clock, Secret } from '../../core/index.ts'
import { HttpClient } from '../http/client.ts'
import type { Host, SandboxOptions } from './options.ts'

/** The client of one host as the options say. */
export function connect(host: Host, options: SandboxOptions, scheme: 'Token' | 'Bearer', clock: Clock): HttpClient {
  const { connect: connectMs, stall: stallMs, timeout: totalMs, ca, proxy, tokenScheme } = options
  return new HttpClient({
    ...{ url: host.url, clock, connectMs, stallMs, totalMs },
    ...(host.token && { authorization: { scheme: tokenScheme ?? scheme, token: host.token } }),
    ...(ca && { ca: ca.reveal() }),
    ...(proxy !== undefined && { proxy: proxy instanceof Secret ? proxy.reveal() : proxy }),
  })
}
