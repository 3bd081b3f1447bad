/** Where the running filter really listens: of a socket that systemd opened the configuration knows only the name. */
import type { Config } from '../config/index.ts'

const INFO = /^peekaboo_listener_info\{listen="([^"]+)",address="([^"]+)"/gm
const PATIENCE_MS = 5000

/** The listeners of a configuration with `systemd:NAME` replaced by what the running filter says; what it does not say stays. */
export async function realListeners(
  { milter, http }: Config,
  ask: typeof fetch,
): Promise<readonly { readonly listen: string; readonly profile: string; readonly address: string }[]> {
  const isNeeded = milter.listeners.some(({ listen }) => listen.startsWith('systemd:'))
  const page = isNeeded && http.listen !== 'off' ? await metricsPage(http.listen, ask).catch(() => '') : ''
  const known = new Map([...page.matchAll(INFO)].map(([, listen = '', address = '']) => [listen, address]))
  return milter.listeners.map(({ listen, profile }) => ({ listen, profile, address: known.get(listen) ?? listen }))
}

/** What the running filter says at `/metrics`; rejects where it does not run. */
export async function metricsPage(listen: string, ask: typeof fetch): Promise<string> {
  const response = await ask(`http://${listen}/metrics`, { signal: AbortSignal.timeout(PATIENCE_MS) })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.text()
}
