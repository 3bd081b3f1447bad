export { escapeJson, UNSAFE } from './escape.ts'
export { createLogger, describeError, type Logger } from './logger.ts'
export { type TelemetryOptions, telemetryOptions } from './options.ts'
export { systemClock } from './system-clock.ts'
