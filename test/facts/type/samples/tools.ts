/** Samples that real programs write: `tools.py` runs Python's modules and openssl. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cat, changed, noise } from '../bytes.ts'
import type { TypeSamples } from './sample.ts'

/** Where a byte matters, per type; without it the first one. */
const TELLING: Readonly<Record<string, number>> = { 'application/x-bytecode.python': 2, 'application/x-tar': 258 }

/** Makes and reads them. */
export function toolSamples(): readonly TypeSamples[] {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-types-'))
  try {
    execFileSync('python3', [join(import.meta.dirname, 'tools.py'), folder], { stdio: ['ignore', 'ignore', 'inherit'] })
    const found = new Map<string, Buffer[]>()
    for (const name of readdirSync(folder).sort()) {
      const type = name.replace(/@\d+$/, '').replace('!', '/')
      found.set(type, [...(found.get(type) ?? []), readFileSync(join(folder, name))])
    }
    return [...found].map(([type, genuine]) => ({ type, genuine, near: nearOf(type, genuine[0] ?? Buffer.alloc(0)) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function nearOf(type: string, first: Buffer): readonly Buffer[] {
  const place = TELLING[type] ?? 0
  const broken = changed(first, place, (first[place] ?? 0) ^ 0x11)
  return [type === 'application/x-tar' ? changed(broken, 148, 0x39) : broken, cat(0x07, first), noise(300)]
}
