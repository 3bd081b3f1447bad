/** Health checks, metrics, and the table of routes to which pages and the API will be added. */

export type { TurnedEvent } from './event-body.ts'
export { EventSender } from './event-sender.ts'
export { type Dependency, healthRoutes } from './health.ts'
export { metricsRoutes } from './metrics.ts'
export { eventsOptions, type HttpOptions, httpOptions } from './options.ts'
export { pushRoutes } from './push.ts'
export { HttpServer, type Route } from './server.ts'
