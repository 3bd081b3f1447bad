/** Work that may take long, in small steps: whoever must answer others meanwhile takes a turn between them. */

/** Each `yield` is a place to pause at; what is returned is the result. */
export type Steps<T> = Generator<undefined, T, undefined>

/** Takes all steps without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
