/** `node test/soak/soak.ts`: mail for as long as one likes, with everything killed that can be. */
import { parseArgs } from 'node:util'
import { soak } from './run.ts'

const usage = 'npm run soak -- [--minutes 10] [--seed TEXT]'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
if (values.help || !(minutes > 0)) {
  console.error(usage)
  process.exitCode = values.help ? 0 : 64
} else {
  console.log(`seed ${values.seed}, ${minutes} minutes`)
  const plan = { seed: values.seed, minutes, mails: Number.MAX_SAFE_INTEGER, tell: (line: string) => console.log(line) }
  const { sent, summary, mischief, memory, faults } = await soak(plan)
  console.log(`${sent} mails: ${summary.join('; ')}`)
  console.log(`killed or locked: ${[...mischief].map(([deed, n]) => `${deed}×${n}`).join(' ')}`)
  console.log(`daemon: ${memory.warm} MiB when warm, at most ${memory.most} MiB`)
  for (const fault of faults) console.log(`FAULT: ${fault}`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
