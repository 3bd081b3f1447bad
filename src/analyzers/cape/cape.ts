/** The driver of CAPEv2. What holds for every sandbox is in `sandbox/`, what is CAPE's own in `api.ts` and `report.ts`. */
import type { AnalyzerDeps } from '../analyzer.ts'
import type { Host } from '../sandbox/options.ts'
import { SandboxAnalyzer } from '../sandbox/sandbox.ts'
import { CapeApi } from './api.ts'
import type { CapeOptions } from './options.ts'

/** An analyzer that runs samples in CAPE. */
export function capeAnalyzer(name: string, options: CapeOptions, deps: AnalyzerDeps): SandboxAnalyzer {
  const apiOf = (host: Host) => new CapeApi(host, options, deps.clock)
  return new SandboxAnalyzer(name, options, { type: 'cape', meaning: 'cape-1', apiOf }, deps)
}
