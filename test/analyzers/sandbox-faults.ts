import type { Fault } from './fault.ts'
import { REPORT_FAULTS } from './report-faults.ts'
import { SERVICE_FAULTS } from './service-faults.ts'

/** What goes wrong → what becomes of the analysis of a sample that is malware. */
export const FAULTS: Readonly<Record<string, Fault>> = { ...REPORT_FAULTS, ...SERVICE_FAULTS }
