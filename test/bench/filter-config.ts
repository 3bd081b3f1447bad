import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes the configuration of a filter with a data folder of its own under `folder`, listening on `socket`; returns its file. */
export async function filterConfig(folder: string, socket: string): Promise<string> {
  return write(folder, {
    dataDir: join(folder, 'data'),
    milter: { listeners: [{ listen: `unix:${socket}`, profile: 'mx' }] },
    http: { listen: 'off' },
  })
}

/** The same for a filter that holds every mail with an attachment: a rule asks an analyzer that never answers. */
export async function holdingConfig(folder: string, socket: string): Promise<string> {
  const rules = join(folder, 'rules')
  await mkdir(rules, { recursive: true })
  await writeFile(join(rules, '50-hold.yaml'), `${JSON.stringify([holdingRule])}\n`)
  return write(folder, {
    dataDir: join(folder, 'data'),
    milter: { listeners: [{ listen: `unix:${socket}`, profile: 'mx' }], connections: 3000, held: 2500 },
    http: { listen: 'off' },
    inspector: { queue: 3000 },
    spool: { spool: '8GiB' },
    analyzers: { never: { type: 'dummy', answer: 'never' } },
    roles: { sandbox: 'never' },
    profiles: { mx: { hold: '240s' } },
    rules: { dirs: [rules] },
  })
}

const holdingRule = {
  id: 'bench-hold',
  when: 'sandbox.score >= 5.0',
  verdict: 'bad',
  reason: 'Asks an analyzer that never answers',
  tests: [],
}

async function write(folder: string, config: object): Promise<string> {
  const file = join(folder, 'peekaboo.yaml')
  await mkdir(join(folder, 'data'), { recursive: true, mode: 0o700 })
  await writeFile(file, `${JSON.stringify(config, undefined, 2)}\n`)
  return file
}
