/** What is true of the bytes of a sample, whatever it calls itself. */
export { createContentMeter } from './content-meter.ts'
export { testStrings } from './test-string.ts'
export { CATALOG, type CatalogEntry, GROUPS, type Group, groupOf, mismatchesOf } from './type/index.ts'
