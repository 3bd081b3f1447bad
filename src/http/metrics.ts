import type { Route } from './server.ts'

/** `/metrics`: everything that is counted, in the text format of Prometheus 0.0.4. */
export function metricsRoutes(text: () => Promise<string>): readonly Route[] {
  const type = 'text/plain; version=0.0.4; charset=utf-8'
  const answer = async () => ({ status: 200, type, body: await text() })
  return [{ method: 'GET', path: '/metrics', doc: 'counts and times for Prometheus', answer }]
}
