/** The driver of Cuckoo 2. What holds for every sandbox is in `sandbox/`, what is Cuckoo's own in `api.ts` and `report.ts`. */
import type { AnalyzerDeps } from '../analyzer.ts'
import type { Host } from '../sandbox/options.ts'
import { SandboxAnalyzer } from '../sandbox/sandbox.ts'
import { CuckooApi } from './api.ts'
import type { CuckooOptions } from './options.ts'

/** An analyzer that runs samples in Cuckoo 2. */
export function cuckooAnalyzer(name: string, options: CuckooOptions, deps: AnalyzerDeps): SandboxAnalyzer {
  const apiOf = (host: Host) => new CuckooApi(host, options, deps.clock)
  return new SandboxAnalyzer(name, options, { type: 'cuckoo', meaning: 'cuckoo-1', apiOf }, deps)
}
