import type { Content } from './facts.ts'

/** Stands for bytes that were not measured: no sample has it. */
export const NO_CONTENT: Content = {
  sha256: '',
  size: 0,
  type: '',
  types: [],
  groups: [],
  charset: '',
  testString: '',
  links: [],
}

/** Measures decoded bytes as they stream by: `facts/` makes one, `mail/` feeds one for each part. */
export interface ContentMeter {
  /** Memory of the meter for the next bytes that are written, which it takes back when it has no more use for them. */
  space?(size: number): Buffer
  write(chunk: Uint8Array): void
  /** All bytes were written; what is true of them, which need not be found out again where `known` knows it. Called once. */
  end(known?: (sha256: string) => Content | undefined): Content
}
