/** Carries over what other filters were told. */
export { addImport } from './import.ts'
