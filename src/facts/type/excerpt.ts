/** What is kept of a sample to tell its type. */
export interface Excerpt {
  readonly head: Buffer
  readonly tail: Buffer
  readonly size: number
}
