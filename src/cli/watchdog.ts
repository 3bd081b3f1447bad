/** Says that the service is alive only as long as a message would get through: a process that merely runs is of no use. */
import type { Clock } from '../core/index.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import type { ServiceManager } from './service-manager.ts'

/** How often in the time of the watchdog the test is made: some may be late before it matters. */
const TESTS_PER_TIME = 4

/** Feeds the watchdog until the result is called; does nothing where there is none. */
export function feedWatchdog(
  manager: ServiceManager,
  test: () => Promise<void>,
  clock: Clock,
  log: Logger,
): () => void {
  if (manager.watchdogMs === 0) return () => {}
  let isOver = false
  let cancel = () => {}
  let before = ''
  const round = async () => {
    const fault = await test().then(() => '', describeError)
    if (isOver) return
    if (fault === '') await manager.alive()
    if (fault !== '' && before === '')
      log.error({ cause: fault }, 'self-test failed: if that lasts, systemd starts anew')
    if (fault === '' && before !== '') log.info('self-test passes again')
    before = fault
    cancel = clock.after(manager.watchdogMs / TESTS_PER_TIME, () => void round())
  }
  void round()
  return () => {
    isOver = true
    cancel()
  }
}
