/**
 * Passwords and tokens. The configuration never holds one: it says where it lies, `{ file: … }` or `{ env: … }`. A `Secret` shows
 * itself only to `reveal`; printed, logged or serialised it is where it lies.
 */
import { inspect } from 'node:util'
import { z } from 'zod'

/** Where a secret lies. */
export type SecretSource = { readonly file: string } | { readonly env: string }

/** A secret that shows itself only to `reveal`. */
export class Secret {
  readonly source: SecretSource
  #value: string | undefined

  constructor(source: SecretSource) {
    this.source = source
  }

  /** Takes what was read from where it lies. */
  take(value: string): void {
    this.#value = value
  }

  reveal(): string {
    if (this.#value === undefined) throw new Error('the secret was not read: only loadConfig hands out secrets')
    return this.#value
  }

  /** Whether the other has the same value; where it lies does not matter. */
  isSameAs(other: Secret): boolean {
    return this.#value === other.#value
  }

  toJSON(): SecretSource {
    return this.source
  }

  toString(): string {
    return `[secret from ${'env' in this.source ? `environment ${this.source.env}` : this.source.file}]`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/** An option that is a password or token; the value is a `Secret`. */
export function secret(doc: string) {
  return z
    .union([z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })], {
      error: 'a secret never stands in the configuration itself: write { file: /PATH } or { env: NAME }',
    })
    .transform((source) => new Secret(source))
    .describe(doc)
}
