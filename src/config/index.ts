/** The configuration: one frozen value, or an error that says where, what and what to write instead. */
export type { Surroundings } from './data-dir.ts'
export { DEFAULT_FILE } from './files.ts'
export { type Loaded, type LoadOptions, loadConfig, loadConfigWithPlaces, type Override } from './load.ts'
export type { Config } from './options.ts'
export { ConfigError, formatPlace, formatProblem, type Problem } from './problem.ts'
export { configSchema } from './schema.ts'
export { readSecret } from './secret.ts'
export { fileLists, readListFile } from './text-lists.ts'
