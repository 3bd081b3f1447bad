/** The house of ARCHITECTURE.md as data: which room may import which, and which packages it is known for. */

const EVERYTHING = [
  'core',
  'milter',
  'mail',
  'archive',
  'facts',
  'inspector',
  'rules',
  'policy',
  'analyzers',
  'store',
  'scheduler',
  'pipeline',
  'quarantine',
  'mailfilter',
  'http',
  'telemetry',
  'config',
]

export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  milter: [],
  mail: ['core'],
  archive: ['core'],
  facts: ['core'],
  inspector: ['core', 'mail', 'archive', 'facts'],
  rules: ['core'],
  policy: ['core'],
  analyzers: ['core', 'telemetry'],
  store: ['core', 'telemetry'],
  scheduler: ['core', 'telemetry'],
  pipeline: ['core', 'inspector', 'rules', 'policy', 'scheduler', 'telemetry'],
  quarantine: ['core', 'pipeline', 'policy', 'telemetry'],
  mailfilter: ['core', 'milter', 'pipeline', 'telemetry'],
  http: ['core', 'pipeline', 'telemetry'],
  telemetry: ['core'],
  config: ['core'],
  cli: EVERYTHING,
  main: [...EVERYTHING, 'cli'],
}

/** The two contracts, which rooms may import past the index. */
export const CONTRACTS: Readonly<Record<string, readonly string[]>> = {
  'store/store.ts': ['scheduler', 'pipeline', 'quarantine', 'http', 'cli'],
  'analyzers/analyzer.ts': ['scheduler', 'cli'],
}

export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['zod'],
  archive: ['7z-wasm', 'officecrypto-tool'],
  mail: ['mailparser', 'libmime'],
  inspector: ['zod'],
  rules: ['yaml', '@marcbachmann/cel-js', 're2js', 'zod'],
  policy: ['zod'],
  analyzers: ['zod'],
  store: ['zod', 'mariadb'],
  scheduler: ['zod'],
  pipeline: ['zod'],
  quarantine: ['zod'],
  mailfilter: ['zod'],
  http: ['zod', 'fastify'],
  telemetry: ['zod', 'pino'],
  config: ['zod', 'yaml'],
  cli: ['zod', 'commander'],
}

/** Rooms that only compute. */
export const QUIET: readonly string[] = ['core', 'mail', 'archive', 'facts', 'rules', 'policy']

/** Folders beside the drivers of a contract that all of them may use. */
export const SHARED: readonly string[] = ['analyzers/http', 'analyzers/sandbox']
