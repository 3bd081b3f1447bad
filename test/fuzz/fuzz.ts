/** `node test/fuzz/fuzz.ts`: attacks everything that reads what strangers write, for as long as one likes. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Failure, type Result, runRounds } from './rounds.ts'
import { house, targets } from './targets.ts'

const usage = `npm run fuzz -- [--seconds 60] [--seed TEXT] [--target ${targets.map(({ name }) => name).join('|')}]
             [--target T --file FILE]   tries one case that an earlier run wrote down`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
    file: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const chosen = targets.filter(({ name }) => values.target === undefined || values.target === name)
const seconds = Number(values.seconds)
if (values.help || chosen.length === 0 || !(seconds > 0)) {
  console.error(usage)
  process.exitCode = values.help ? 0 : 64
} else if (values.file !== undefined) {
  process.exitCode = await tryFile(values.file)
} else {
  process.exitCode = await tryAll(values.seed, seconds / chosen.length)
}

async function tryFile(file: string): Promise<number> {
  for (const target of chosen) {
    const attack = await target.open()
    await attack.check(readFileSync(file)).finally(() => attack.close())
    console.log(`${target.name}: holds`)
  }
  return 0
}

async function tryAll(seed: string, each: number): Promise<number> {
  console.log(`seed ${seed}`)
  let failures = 0
  for (const { name } of chosen) {
    const plan = { house, target: name, seed, cases: Number.MAX_SAFE_INTEGER, seconds: each, hangMs: 30_000 }
    const result = await runRounds(plan)
    failures += result.failures.length
    print(result)
  }
  return failures === 0 ? 0 : 1
}

function print({ target, cases, seconds: took, failures }: Result): void {
  console.log(`${target}: ${cases} cases in ${took.toFixed(1)} s, ${failures.length} failures`)
  for (const failure of failures) console.log(described(target, failure))
}

function described(target: string, { index, why, file }: Failure): string {
  const again = `again: node test/fuzz/fuzz.ts --target ${target} --file ${file}`
  return `\n  case ${index}: ${why.replaceAll('\n', '\n    ')}\n  ${again}\n`
}
