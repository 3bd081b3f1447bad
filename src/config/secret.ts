/** Reads secrets from where the configuration says that they lie. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Secret } from '../core/index.ts'

const LONGEST = 65_536

/** Reads a secret from where it lies, once; says what is wrong, empty when nothing is. A relative path starts at `folder`. */
export function readSecret(secret: Secret, env: Readonly<Record<string, string | undefined>>, folder: string): string {
  const { source } = secret
  const found = 'env' in source ? fromEnvironment(source.env, env) : fromFile(source.file, folder)
  if ('problem' in found) return found.problem
  secret.take(found.value)
  return ''
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
