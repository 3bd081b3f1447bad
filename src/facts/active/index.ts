/** Where a content leads when it is opened, clicked or only shown. */
export { createActiveMeter } from './meter.ts'
