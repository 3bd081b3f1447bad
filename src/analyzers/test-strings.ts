import { EICAR } from '../core/index.ts'

/** What every instance is tested with. */
export const testStrings = {
  bad: EICAR,
  /** Nothing that any signature means. */
  harmless: 'peekaboo: a harmless text that no scanner should find anything in\n',
} as const
