/** Options of `peekaboo.conf` and `analyzers.conf`: what each becomes in `peekaboo.yaml`. */
import type { Option } from './ini.ts'

/** What becomes of one option: a value at a place of our configuration, or only a sentence. */
export interface Becomes {
  /** Our keys with a value in YAML, such as `http.listen` and `"127.0.0.1:8100"`. */
  readonly key?: string
  readonly value?: string
  readonly how: 'exact' | 'changed' | 'left-out' | 'moot'
  readonly why: string
}

type Convert = (option: Option) => Becomes | undefined

const SYSTEMD = 'the unit of systemd says which user the filter runs as'
const OLD = 'an option of versions before 2.1 that has no meaning here'
const CLUSTER = 'nodes that share a store agree by leases; there is nothing to configure'
const LEVELS: Readonly<Record<string, string>> = {
  CRITICAL: 'error',
  ERROR: 'error',
  WARNING: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
}

/** By section and option of `peekaboo.conf`; host and port are looked at together elsewhere. */
export const MAIN: Readonly<Record<string, Convert>> = {
  'global.user': moot(SYSTEMD),
  'global.group': moot(SYSTEMD),
  'global.pid_file': moot('systemd knows the process; there is no file'),
  'global.worker_count': moot('analyses wait without a worker; inspector.processes is the number of parser processes'),
  'global.processing_info_dir': moot('samples are not written into a folder; `peekaboo why` tells what was decided'),
  'global.report_locale': ({ value }) => {
    const language = /^[a-z]{2,3}(?=[_.@]|$)/.exec(value)?.[0]
    const why = 'the texts that senders see; one language for the whole filter'
    if (language === undefined) return { how: 'moot', why: 'it names no language' }
    return { key: 'language', value: language, how: 'changed', why }
  },
  'ruleset.config': moot('the file was read; see the rules'),
  'analyzers.config': moot('the file was read; see below'),
  'logging.log_format': moot('the log is JSON'),
  'logging.log_level': ({ value }) => {
    const level = LEVELS[value.toUpperCase()]
    return level === undefined ? undefined : { key: 'log.level', value: level, how: 'exact', why: '' }
  },
  'db.url': moot(
    'the journal of the predecessor is not read: it holds verdicts, which are computed anew; see store.url',
  ),
  'db.log_level': moot('the log has one level for everything: log.level'),
  'cluster.instance_id': moot(CLUSTER),
  'cluster.stale_in_flight_threshold': moot(CLUSTER),
  'cluster.duplicate_check_interval': moot(CLUSTER),
}

/** By option of [cuckoo] in `analyzers.conf`; the address and the token are looked at together elsewhere. */
export const CUCKOO: Readonly<Record<string, Convert>> = {
  poll_interval: seconds('scheduler.poll', 'for all analyzers'),
  maximum_job_age: seconds(
    'scheduler.maxAge',
    'for all analyzers; an analysis that is too old has failed, also while its sandbox is away',
  ),
  submit_original_filename: moot('a sandbox is told the extension that it opens the sample by'),
}

/** What becomes of an option that no table has. */
export function oldOption(): Becomes {
  return { how: 'moot', why: OLD }
}

function moot(why: string): Convert {
  return () => ({ how: 'moot', why })
}

function seconds(key: string, why: string): Convert {
  return ({ value }) => (/^[1-9]\d{0,8}$/.test(value) ? { key, value: `${value}s`, how: 'changed', why } : undefined)
}

/** Whether an option holds a secret, which is repeated nowhere. */
export function isSecret({ section, name }: Pick<Option, 'section' | 'name'>): boolean {
  return name === 'api_token' || (section === 'db' && name === 'url')
}
