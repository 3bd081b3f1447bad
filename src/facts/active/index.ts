/** Where a content leads when it is opened, clicked or only shown. */
export { type ActiveMeter, createActiveMeter, linksOfAll } from './meter.ts'
