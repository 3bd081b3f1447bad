/** Runs imports in a folder of their own, and asks the rules that come out. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Carried } from '../../../src/cli/import/carried.ts'
import { RULESET_OPTIONS } from '../../../src/cli/import/known.ts'
import type { ImportError } from '../../../src/cli/import/problem.ts'
import { carryRuleset } from '../../../src/cli/import/ruleset.ts'
import { readSettings } from '../../../src/cli/import/settings.ts'
import { rulesYaml } from '../../../src/cli/import/yaml.ts'
import { describeOutcome, type MessageFacts, type RoleState, type Sample } from '../../../src/core/index.ts'
import { createContentMeter } from '../../../src/facts/index.ts'
import { loadRuleset, type Ruleset } from '../../../src/rules/index.ts'
import { World } from '../world.ts'

/** A folder with files of the predecessor, and what the command makes of it. */
export class Import {
  readonly world: World
  readonly dir: string
  readonly out: string

  constructor(t: TestContext, files: Readonly<Record<string, string>>) {
    this.world = new World(t)
    this.dir = join(this.world.folder, 'etc')
    this.out = join(this.world.folder, 'out')
    mkdirSync(this.dir)
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  write(name: string, text: string): void {
    const path = join(this.dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  run(...options: readonly string[]): Promise<number> {
    return this.world.run('import', 'peekabooav', '--out', this.out, ...options, this.dir)
  }

  get rules(): string {
    return readFileSync(join(this.out, 'rules.d/peekabooav.yaml'), 'utf8')
  }

  get config(): string {
    return readFileSync(this.configFile, 'utf8')
  }

  get configFile(): string {
    return join(this.out, 'peekaboo.yaml')
  }

  get hasWritten(): boolean {
    return existsSync(this.out)
  }
}

/** What becomes of a ruleset.conf without running the command; `problems` must be looked at. */
export function carried(
  t: TestContext,
  text: string,
): { readonly items: readonly Carried[]; readonly problems: ImportError[] } {
  const { dir } = new Import(t, { 'ruleset.conf': text })
  const problems: ImportError[] = []
  const settings = readSettings(join(dir, 'ruleset.conf'), RULESET_OPTIONS, problems)
  return { items: settings ? carryRuleset(settings, problems) : [], problems }
}

/** A ruleset.conf with these expressions alone. */
export function withExpressions(...expressions: readonly string[]): string {
  const lines = expressions.map((expression, i) => `expression.${i}: ${expression}\n`)
  return `[rules]\nrule.1: expressions\n[expressions]\n${lines.join('')}`
}

/** The rules as the filter loads them. */
export function loaded(items: readonly Carried[]): Ruleset {
  return loadRuleset([{ path: 'peekabooav.yaml', text: rulesYaml(items) }], { roles: ['sandbox', 'peekabooav'] })
}

/** What is sent, as far as a test cares. */
export interface Sent {
  readonly name?: string
  readonly declared?: string
  readonly disposition?: string
  readonly bytes?: Uint8Array | string
}

/** What is known of an attachment: its content is measured as the filter measures it. */
export function sampleOf({ name = '', declared = '', disposition = '', bytes = '' }: Sent): Sample {
  const meter = createContentMeter()
  meter.write(Buffer.from(bytes))
  return {
    ...meter.end(),
    role: 'attachment',
    name,
    names: name === '' ? [] : [{ value: name, origin: 'disposition.filename' }],
    path: '2',
    depth: 0,
    declaredType: declared,
    declaredCharset: '',
    disposition,
    readings: [],
    anomalies: [],
    mismatches: [],
  }
}

const MESSAGE: MessageFacts = {
  sender: '',
  recipients: [],
  clientAddress: '',
  helo: '',
  authenticated: false,
  size: 1,
  subject: '',
  attachments: 1,
  direction: 'inbound',
  headers: [],
  headersCut: false,
  from: [],
  replyTo: [],
  auth: [],
  anomalies: [],
}

/** A report of the sandbox. */
export function report(score: number, ...descriptions: readonly string[]): RoleState {
  const findings = descriptions.map((description) => ({ id: 'x', severity: 5, description }))
  return { state: 'reported', report: { analyzer: 'a', version: '1', score, findings, evidence: ['ran'] } }
}

/** How a sample ends, in words: `bad by RULE`, `pending (sandbox)`, `unanalysed …`. */
export function ends(ruleset: Ruleset, sent: Sent | Sample, sandbox: RoleState = { state: 'wanted' }): string {
  const sample = 'sha256' in sent ? sent : sampleOf(sent)
  const roles = new Map<string, RoleState>([
    ['sandbox', sandbox],
    ['peekabooav', { state: 'unmapped' }],
  ])
  const { outcome } = ruleset.evaluate({ sample, message: MESSAGE, roles })
  return outcome.kind === 'decided' ? `${outcome.verdict} by ${outcome.rule}` : describeOutcome(outcome)
}
