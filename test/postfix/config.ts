// main.cf and master.cf of a private instance. Everything that Postfix would read from the system's own configuration is
// set here, so that the test does not depend on what the host's administrator (or nobody) put into /etc/postfix.

/** A further smtpd of the same instance, with its own `-o name=value` options. */
export type Listener = { readonly port: number; readonly options: Readonly<Record<string, string>> }

/** What the two files are made of. */
export type ConfigInput = {
  readonly dir: string
  readonly port: number
  readonly listeners: readonly Listener[]
  readonly deliverPort: number | undefined
  readonly milters: string
  readonly nonSmtpdMilters: string
  readonly certificate: { readonly key: string; readonly cert: string } | undefined
  readonly fragment: string
  readonly mainCf: Readonly<Record<string, string>>
  readonly master: string
}

/** The name by which every private instance greets. */
export const hostname = 'mx.test.invalid'

/** The text of main.cf. */
export function mainCf(input: ConfigInput): string {
  const settings: Record<string, string> = {
    ...base(input.dir),
    ...delivery(input.deliverPort),
    ...tls(input.certificate),
    smtpd_milters: input.milters,
    non_smtpd_milters: input.nonSmtpdMilters,
  }
  const text = (record: Readonly<Record<string, string>>) =>
    Object.entries(record)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('')
  // Postfix takes the last of several settings of one name, so the test's own lines outrank the fragment's.
  return text(without(settings, input.fragment)) + input.fragment + text(input.mainCf)
}

// Postfix warns about a parameter that is set twice, and tests read the log: what the fragment sets is left out before it.
function without(settings: Readonly<Record<string, string>>, fragment: string): Record<string, string> {
  const names = new Set([...fragment.matchAll(/^(\w+)\s*=/gm)].map((match) => match[1]))
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.has(name)))
}

function base(dir: string): Record<string, string> {
  return {
    compatibility_level: '3.6',
    queue_directory: `${dir}/queue`,
    data_directory: `${dir}/data`,
    maillog_file: `${dir}/maillog`,
    maillog_file_prefixes: dir,
    // Letters outside `myhostname` come from the host's /etc/hosts otherwise.
    myhostname: hostname,
    mydomain: 'test.invalid',
    myorigin: '$mydomain',
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtpd_peername_lookup: 'no',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    // A test makes more mistakes a second than a human; Postfix would slow it down or send it away.
    smtpd_error_sleep_time: '0',
    smtpd_soft_error_limit: '1000',
    smtpd_hard_error_limit: '1000',
    smtpd_client_connection_count_limit: '0',
    smtpd_client_event_limit_exceptions: '127.0.0.0/8',
    in_flow_delay: '0',
    message_size_limit: '104857600',
    smtpd_discard_ehlo_keywords: '',
  }
}

function delivery(port: number | undefined): Record<string, string> {
  if (port === undefined) return { default_transport: 'discard:', relay_transport: 'discard:' }
  return {
    default_transport: `smtp:[127.0.0.1]:${port}`,
    relay_transport: `smtp:[127.0.0.1]:${port}`,
    smtp_dns_support_level: 'disabled',
    smtp_destination_recipient_limit: '1000',
    smtp_connection_cache_on_demand: 'no',
  }
}

function tls(certificate: ConfigInput['certificate']): Record<string, string> {
  if (certificate === undefined) return {}
  return {
    smtpd_tls_security_level: 'may',
    smtpd_tls_cert_file: certificate.cert,
    smtpd_tls_key_file: certificate.key,
    smtpd_tls_loglevel: '1',
  }
}

/** The text of master.cf: the listeners and every service that a mail, a bounce, STARTTLS or the queue tools need. */
export function masterCf(input: ConfigInput): string {
  const listeners = [{ port: input.port, options: {} }, ...input.listeners].map(listenerLine)
  return `${[...listeners, ...services, input.master].join('\n')}\n`
}

function listenerLine(listener: Listener): string {
  const options = Object.entries(listener.options).map(([name, value]) => `\n  -o { ${name} = ${value} }`)
  return `127.0.0.1:${listener.port} inet n - n - - smtpd${options.join('')}`
}

// Without proxymap smtpd hangs ten seconds a try; without pickup local mail stays in maildrop; without showq `postqueue`
// warns; without tlsmgr STARTTLS has no randomness.
const services = [
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'proxywrite unix - - n - 1 proxymap',
  'smtp unix - - n - - smtp',
  'relay unix - - n - - smtp',
  'showq unix n - n - - showq',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'discard unix - - n - - discard',
  'local unix - n n - - local',
  'virtual unix - n n - - virtual',
  'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache',
  'postlog unix-dgram n - n - 1 postlogd',
]
