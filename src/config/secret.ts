/**
 * Passwords and tokens. The configuration never holds one: it says where it lies, `{ file: … }` or `{ env: … }`. A `Secret` shows
 * itself only to `reveal`; printed, logged or serialised it is where it lies.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { inspect } from 'node:util'
import { z } from 'zod'

const LONGEST = 65_536

/** Where a secret lies. */
export type SecretSource = { readonly file: string } | { readonly env: string }

/** A secret that shows itself only to `reveal`. */
export class Secret {
  readonly source: SecretSource
  #value: string | undefined

  constructor(source: SecretSource) {
    this.source = source
  }

  /** Reads it from where it lies, once; says what is wrong, empty when nothing is. A relative path starts at `folder`. */
  resolve(env: Readonly<Record<string, string | undefined>>, folder: string): string {
    const found = 'env' in this.source ? fromEnvironment(this.source.env, env) : fromFile(this.source.file, folder)
    if ('problem' in found) return found.problem
    this.#value = found.value
    return ''
  }

  reveal(): string {
    if (this.#value === undefined) throw new Error('the secret was not read: only loadConfig hands out secrets')
    return this.#value
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

/** Folder that relative paths of something written in `origin` start at. */
export function folderOf(origin: string): string {
  return dirname(resolve(origin))
}

type Found = { readonly value: string } | { readonly problem: string }

function fromEnvironment(name: string, env: Readonly<Record<string, string | undefined>>): Found {
  const value = env[name]
  return value ? { value } : { problem: `the environment has no ${name}` }
}

function fromFile(file: string, folder: string): Found {
  const path = resolve(folder, file)
  try {
    const value = readFileSync(path, 'utf8').trimEnd()
    if (value === '') return { problem: `${path} is empty` }
    return value.length > LONGEST ? { problem: `${path} is too long for a secret` } : { value }
  } catch (error) {
    return { problem: `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` }
  }
}
