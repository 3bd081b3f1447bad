/** Writes configurations into a folder that the test removes, and loads them in surroundings that no test machine changes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Config, ConfigError, type LoadOptions, loadConfig, type Problem } from '../../src/config/index.ts'

export const SURROUNDINGS = { env: {}, uid: 1000, home: '/home/op' } as const

/** Writes files (name → text) into a folder of their own; the first is the configuration file. */
export function written(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-config-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return join(folder, Object.keys(files)[0] ?? 'peekaboo.yaml')
}

/** Loads a configuration that consists of this text. */
export function load(t: TestContext, text: string, options: LoadOptions = {}): Config {
  return loadConfig({ surroundings: SURROUNDINGS, file: written(t, { 'peekaboo.yaml': text }), ...options })
}

/** The problems for which a configuration is refused; none when it is taken. */
export function refusals(options: LoadOptions): readonly Problem[] {
  try {
    loadConfig({ surroundings: SURROUNDINGS, ...options })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

/** The problems of a configuration that consists of this text. */
export function refused(t: TestContext, text: string | Uint8Array): readonly Problem[] {
  return refusals({ file: written(t, { 'peekaboo.yaml': text }) })
}

/** `line:column path: message; remedy` of each problem. */
export function brief(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ place, path, message, remedy }) => {
    return `${place.line}:${place.column} ${path.join('.')}: ${message}; ${remedy}`
  })
}
