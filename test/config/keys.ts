import { POLICY_KEYS } from './policy-keys.ts'
import { SANDBOX_KEYS } from './sandbox-keys.ts'

/** Every key of the configuration with a value that is taken and one that is refused, both as they stand in YAML. */
export interface Key {
  /** Keys from the root; `-` is the first entry of a list. */
  readonly path: string
  readonly taken: string
  readonly refused: string
  /** The whole configuration with `@` for the value, where the key does not stand alone. */
  readonly within?: string
}

const actions = ['bad', 'suspicious', 'good', 'ignored', 'unknown', 'unscannable', 'unanalysed', 'pending', 'failed']

function listener(key: string): string {
  return `milter: { listeners: [${key}] }`
}

function box(keys: string): string {
  return `analyzers:\n  box: { type: dummy, ${keys} }`
}

function clamav(keys: string): string {
  return `analyzers:\n  av: { type: clamav, ${keys} }`
}

/** A webhook that has all that it must have, but for one key. */
function webhook(keys: string): string {
  const needed = ['url: "https://soc.example.org"', 'secret: { file: /etc/passwd }']
  const others = needed.filter((one) => one.split(':')[0] !== keys.split(':')[0])
  return `events:\n  webhook: { ${[...others, keys].join(', ')} }`
}

function mariadb(keys: string): string {
  return `store: { ${keys} }`
}

function encrypted(keys: string): string {
  return `profiles:\n  mx:\n    encrypted: { ${keys} }`
}

export const KEYS: readonly Key[] = [
  { path: 'dataDir', taken: '/var/lib/peekaboo', refused: 'var/lib' },
  {
    path: 'milter.listeners.0.listen',
    taken: 'inet:127.0.0.1:8095',
    refused: 'tcp:8095',
    within: listener('{ listen: @ }'),
  },
  {
    path: 'milter.listeners.0.profile',
    taken: 'observe',
    refused: '7',
    within: listener('{ listen: unix:/s, profile: @ }'),
  },
  {
    path: 'milter.listeners.0.direction',
    taken: 'outbound',
    refused: 'out',
    within: listener('{ listen: unix:/s, direction: @ }'),
  },
  {
    path: 'milter.listeners.0.instance',
    taken: 'out',
    refused: '7',
    within: `quarantine: { instances: { out: /etc/postfix-out } }\n${listener('{ listen: unix:/s, instance: @ }')}`,
  },
  { path: 'quarantine.host', taken: 'mx1.example.org', refused: 'two words' },
  { path: 'quarantine.instances', taken: '{ postfix: /etc/postfix, out: /etc/postfix-out }', refused: '[]' },
  { path: 'quarantine.commands', taken: '/usr/local/sbin', refused: 'sbin' },
  { path: 'quarantine.messages', taken: '50', refused: '0' },
  { path: 'quarantine.bytes', taken: '100MB', refused: '100' },
  { path: 'quarantine.alert', taken: '10', refused: '-1' },
  { path: 'quarantine.from', taken: 'postmaster@example.org', refused: 'Post Master <p@example.org>' },
  { path: 'milter.authServers', taken: '[mx.example.org]', refused: 'mx.example.org' },
  { path: 'milter.connections', taken: '50', refused: '"50"' },
  { path: 'milter.held', taken: '33', refused: '0' },
  { path: 'milter.progress', taken: '5s', refused: '5' },
  { path: 'milter.deadline', taken: '200s', refused: '200 seconds' },
  { path: 'milter.grace', taken: '1m', refused: '-1s' },
  { path: 'store.url', taken: 'sqlite:peekaboo.db', refused: 'postgres://localhost' },
  { path: 'store.type', taken: 'mariadb', refused: 'mysql', within: mariadb('type: @') },
  { path: 'store.host', taken: 'db.example.org', refused: '""', within: mariadb('type: mariadb, host: @') },
  { path: 'store.port', taken: '3307', refused: '65536', within: mariadb('type: mariadb, port: @') },
  {
    path: 'store.socketPath',
    taken: '/run/mysqld/mysqld.sock',
    refused: 'mysqld.sock',
    within: mariadb('type: mariadb, socketPath: @'),
  },
  { path: 'store.user', taken: 'filter', refused: '""', within: mariadb('type: mariadb, user: @') },
  {
    path: 'store.password',
    taken: '{ file: /etc/passwd }',
    refused: 'word',
    within: mariadb('type: mariadb, password: @'),
  },
  { path: 'store.database', taken: 'mail', refused: 'a-b', within: mariadb('type: mariadb, database: @') },
  { path: 'store.tls.ca', taken: '/etc/ca.pem', refused: 'ca.pem', within: mariadb('type: mariadb, tls: { ca: @ }') },
  { path: 'store.tls.cert', taken: '/etc/c.pem', refused: 'c.pem', within: mariadb('type: mariadb, tls: { cert: @ }') },
  { path: 'store.tls.key', taken: '/etc/k.pem', refused: 'k.pem', within: mariadb('type: mariadb, tls: { key: @ }') },
  {
    path: 'store.tls.verify',
    taken: 'false',
    refused: 'perhaps',
    within: mariadb('type: mariadb, tls: { verify: @ }'),
  },
  { path: 'store.connections', taken: '20', refused: '1', within: mariadb('type: mariadb, connections: @') },
  { path: 'store.keep.facts', taken: '30d', refused: '10m' },
  { path: 'store.keep.badReports', taken: '14d', refused: 'long' },
  { path: 'store.keep.otherReports', taken: '12h', refused: '5m' },
  { path: 'store.keep.accepted', taken: '1d', refused: '0s' },
  { path: 'store.keep.refused', taken: '30d', refused: '30' },
  { path: 'store.keep.sightings', taken: '30d', refused: 'ever' },
  { path: 'store.keep.held', taken: '30d', refused: '1m' },
  { path: 'store.keep.every', taken: '1m', refused: '10ms' },
  { path: 'store.timeout', taken: '2s', refused: '2x' },
  { path: 'inspector.socket', taken: '/run/peekaboo/inspector.sock', refused: '[]' },
  { path: 'inspector.processes', taken: '4', refused: '257' },
  { path: 'inspector.queue', taken: '10', refused: '1.5' },
  { path: 'inspector.messagesPerProcess', taken: '1000', refused: 'many' },
  { path: 'inspector.lifetime', taken: '2h', refused: '2' },
  { path: 'inspector.memory', taken: '700MiB', refused: '700' },
  { path: 'inspector.user', taken: 'nobody', refused: '{}' },
  { path: 'inspector.limits.messageSize', taken: '10MB', refused: '10 bananas' },
  { path: 'inspector.limits.parts', taken: '100', refused: '0' },
  { path: 'inspector.limits.mimeDepth', taken: '10', refused: '-1' },
  { path: 'inspector.limits.messageDepth', taken: '10', refused: 'true' },
  { path: 'inspector.limits.headerBytes', taken: '64KiB', refused: '64KIB' },
  { path: 'inspector.limits.cpu', taken: '500ms', refused: '""' },
  { path: 'inspector.limits.cpuPerMegabyte', taken: '100ms', refused: '100 ms each' },
  { path: 'inspector.limits.wall', taken: '60s', refused: 'null' },
  { path: 'inspector.limits.containerDepth', taken: '5', refused: '0' },
  { path: 'inspector.limits.containerMembers', taken: '100', refused: 'few' },
  { path: 'inspector.limits.containerBytes', taken: '100MiB', refused: '100' },
  { path: 'inspector.limits.containerMemory', taken: '64MiB', refused: '-1MiB' },
  { path: 'inspector.limits.containerRatio', taken: '100', refused: '1.5' },
  { path: 'inspector.limits.containerTime', taken: '5s', refused: '5' },
  { path: 'inspector.limits.passwordTries', taken: '10', refused: 'all' },
  { path: 'inspector.limits.passwordTime', taken: '1s', refused: 'never' },
  { path: 'spool.memoryPerMessage', taken: '256KiB', refused: '256' },
  { path: 'spool.memory', taken: '64MiB', refused: 'lots' },
  { path: 'spool.spool', taken: '1GiB', refused: '1TiB' },
  { path: 'analyzers.box.type', taken: 'dummy', refused: 'dumy' },
  { path: 'analyzers.box.tier', taken: '1', refused: '4', within: box('tier: @') },
  { path: 'analyzers.box.after', taken: '1s', refused: 'later', within: box('after: @') },
  {
    path: 'analyzers.box.answer',
    taken: '{ score: 5, families: [x] }',
    refused: 'sometimes',
    within: box('answer: @'),
  },
  { path: 'analyzers.box.answer.score', taken: '0', refused: '11', within: box('answer: { score: @ }') },
  {
    path: 'analyzers.box.answer.families',
    taken: '[]',
    refused: 'x',
    within: box('answer: { score: 1, families: @ }'),
  },
  { path: 'analyzers.box.bySha256', taken: '{}', refused: '[]', within: box('bySha256: @') },
  { path: 'analyzers.av.socket', taken: '/run/clamd.sock', refused: 'clamd.sock', within: clamav('socket: @') },
  { path: 'analyzers.av.host', taken: 'av.example.org', refused: 'av example', within: clamav('host: @') },
  { path: 'analyzers.av.port', taken: '3310', refused: '65536', within: clamav('host: ::1, port: @') },
  {
    path: 'analyzers.av.instances.0.socket',
    taken: '/run/clamd.sock',
    refused: './s',
    within: clamav('instances: [{ socket: @ }]'),
  },
  {
    path: 'analyzers.av.instances.0.host',
    taken: '192.0.2.1',
    refused: '[]',
    within: clamav('instances: [{ host: @ }]'),
  },
  {
    path: 'analyzers.av.instances.0.port',
    taken: '3310',
    refused: '0',
    within: clamav('instances: [{ host: av, port: @ }]'),
  },
  { path: 'analyzers.av.concurrency', taken: '8', refused: '1001', within: clamav('concurrency: @') },
  { path: 'analyzers.av.queue', taken: '10', refused: '0', within: clamav('queue: @') },
  { path: 'analyzers.av.wait', taken: '30s', refused: '30', within: clamav('wait: @') },
  { path: 'analyzers.av.connect', taken: '1s', refused: 'fast', within: clamav('connect: @') },
  { path: 'analyzers.av.stall', taken: '30s', refused: '-1s', within: clamav('stall: @') },
  { path: 'analyzers.av.timeout', taken: '2m', refused: '2', within: clamav('timeout: @') },
  { path: 'analyzers.av.check', taken: '1m', refused: '1M', within: clamav('check: @') },
  { path: 'analyzers.av.maxSize', taken: '25MiB', refused: '25', within: clamav('maxSize: @') },
  { path: 'analyzers.av.maxSignatureAge', taken: '7d', refused: 'week', within: clamav('maxSignatureAge: @') },
  { path: 'http.push', taken: '{ file: /etc/passwd }', refused: 'sesame' },
  {
    path: 'events.webhook.url',
    taken: 'https://soc.example.org/peekaboo',
    refused: 'soc.example.org',
    within: webhook('url: @'),
  },
  { path: 'events.webhook.secret', taken: '{ file: /etc/passwd }', refused: 'sesame', within: webhook('secret: @') },
  { path: 'events.webhook.ca', taken: '{ file: /etc/passwd }', refused: 'pem', within: webhook('ca: @') },
  { path: 'events.webhook.timeout', taken: '5s', refused: '5', within: webhook('timeout: @') },
  { path: 'events.webhook.attempts', taken: '3', refused: '0', within: webhook('attempts: @') },
  { path: 'inspector.passwords', taken: '{ file: /etc/passwd }', refused: 'words' },
  { path: 'scheduler.queue', taken: '100', refused: '0' },
  { path: 'scheduler.runsPerMessage', taken: '5', refused: '0' },
  { path: 'scheduler.reportLife', taken: '12h', refused: 'ever' },
  { path: 'scheduler.linkedReportLife', taken: '1h', refused: 'ever' },
  ...POLICY_KEYS,
  ...SANDBOX_KEYS,
  { path: 'roles.sandbox', taken: 'none', refused: '5' },
  { path: 'profiles.mx.extends', taken: 'observe', refused: '[mx]' },
  { path: 'profiles.mx.mode', taken: 'monitor', refused: 'observe' },
  { path: 'profiles.mx.hold', taken: '30s', refused: '30' },
  { path: 'profiles.mx.maxAge', taken: '2h', refused: '2 hours' },
  { path: 'profiles.mx.expired', taken: 'return', refused: 'bounce' },
  {
    path: 'profiles.mx.encrypted.mail',
    taken: 'accept',
    refused: 'acept',
    within: encrypted('container: tag, document: tag, mail: @'),
  },
  {
    path: 'profiles.mx.encrypted.container',
    taken: 'tag',
    refused: 'no',
    within: encrypted('mail: tag, document: tag, container: @'),
  },
  {
    path: 'profiles.mx.encrypted.document',
    taken: 'tag',
    refused: '1',
    within: encrypted('mail: tag, container: tag, document: @'),
  },
  ...actions.map((name) => ({ path: `profiles.site.${name}`, taken: 'tempfail', refused: 'drop' })),
  { path: 'rules.dirs', taken: '[/etc/peekaboo/rules.d]', refused: '/etc/peekaboo/rules.d' },
  { path: 'http.listen', taken: 'off', refused: 'false' },
  { path: 'scheduler.lease', taken: '60s', refused: '60' },
  { path: 'scheduler.poll', taken: '2s', refused: 'often' },
  { path: 'scheduler.maxAge', taken: '30m', refused: '30M' },
  { path: 'scheduler.attempts', taken: '3', refused: '21' },
  { path: 'log.level', taken: 'debug', refused: 'verbose' },
  { path: 'language', taken: 'de', refused: 'german' },
  { path: 'contact', taken: 'postmaster@example.org', refused: '"\\u00e9"' },
]

/** A configuration that holds one key, and where its value stands. */
export function configurationOf({ path, within }: Key, value: string): Placed {
  const template = within ?? nested(path.split('.'))
  const before = template.slice(0, template.indexOf('@')).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return { text: `${template.replace('@', () => value)}\n`, line: before.length, column }
}

interface Placed {
  readonly text: string
  readonly line: number
  readonly column: number
}

function nested(steps: readonly string[]): string {
  const lines = steps.map((step, depth) => `${'  '.repeat(depth)}${step}:`)
  return `${lines.join('\n')} @`
}
