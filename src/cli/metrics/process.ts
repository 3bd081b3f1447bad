/** What Prometheus expects of every process, under the names that its own clients use. */
import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import type { Metrics, Sample } from '../../telemetry/index.ts'

/** Adds them; `/proc` is read only when somebody looks, and what it does not say is left out. */
export function processMetrics(all: Metrics, version: string): void {
  const gauge = (name: string, help: string, read: () => readonly Sample[]) => all.read('gauge', { name, help }, read)
  const build = { name: 'peekaboo_build_info', help: 'Versions of the filter and its runtime.' }
  all.read('gauge', { ...build, labels: ['version', 'node'] }, () => [
    { labels: [version, process.versions.node], value: 1 },
  ])
  const cpu = { name: 'process_cpu_seconds_total', help: 'User and system time of this process, without its children.' }
  all.read('counter', cpu, () => {
    const { user, system } = process.cpuUsage()
    return one((user + system) / 1e6)
  })
  gauge('process_resident_memory_bytes', 'Resident memory of this process.', () => one(process.memoryUsage.rss()))
  gauge('process_start_time_seconds', 'When this process started, Unix time.', () => one(performance.timeOrigin / 1000))
  gauge('process_open_fds', 'Open descriptors.', () => one(readdirSync('/proc/self/fd').length))
  gauge('process_max_fds', 'Descriptors that may be open.', () => {
    return one(Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]))
  })
  const busy = { name: 'nodejs_eventloop_active_seconds_total', help: 'Time in which the event loop had work.' }
  all.read('counter', busy, () => one(performance.eventLoopUtilization().active / 1000))
}

function one(value: number): readonly Sample[] {
  return [{ labels: [], value }]
}
