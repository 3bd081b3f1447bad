/** Several daemons, each behind a Postfix of its own, that share one MariaDB and one sandbox. */
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Filter, startFilter } from '../daemon/filter.ts'
import { FakeCape } from '../fakes/cape.ts'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { type Sink, startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { MariadbServer } from '../store/mariadb-server.ts'

const siteRules = fileURLToPath(new URL('../analyzers/sandbox-rules', import.meta.url))

/** One daemon and the Postfix before it. */
export interface Node {
  readonly filter: Filter
  readonly postfix: PostfixInstance
}

export interface Cluster {
  readonly nodes: readonly Node[]
  readonly cape: FakeCape
  readonly sink: Sink
}

/** How long an answer is held, and how long a lease lasts. */
export interface Times {
  readonly hold: string
  readonly lease: string
}

/** Starts so many nodes; all ends with the test. */
export async function startCluster(t: TestContext, count: number, { hold, lease }: Times): Promise<Cluster> {
  const server = await MariadbServer.make()
  t.after(() => server.remove())
  const [cape, sink] = [await FakeCape.start(t), await startSink()]
  t.after(() => sink.stop())
  const config = {
    store: { type: 'mariadb', socketPath: server.socketPath, user: 'root', database: await server.database() },
    analyzers: { box: { type: 'cape', instances: [{ url: cape.url }], poll: '100ms', concurrency: 50 } },
    roles: { sandbox: 'box' },
    profiles: { mx: { hold } },
    scheduler: { lease, poll: '100ms', runsPerMessage: 1000 },
    milter: { held: 200, listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }] },
    rules: { dirs: [siteRules] },
  }
  const nodes: Node[] = []
  for (let n = 0; n < count; n += 1) nodes.push(await startNode(t, config, sink))
  return { nodes, cape, sink }
}

async function startNode(t: TestContext, config: Readonly<Record<string, unknown>>, sink: Sink): Promise<Node> {
  const filter = await startFilter({ config })
  t.after(async () => {
    filter.kill('SIGCONT')
    await filter.stop('SIGKILL')
  })
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: sink })
  t.after(() => postfix.stop())
  return { filter, postfix }
}

/** A mail with the n-th attachment; every second attachment is one that only the sandbox knows to be bad. */
export function mailWith(n: number): Buffer {
  const content = n % 2 === 0 ? `some malware, number ${n}` : `minutes ${n}`
  return mail({ subject: `${n}`, attachments: [{ name: `${n}.bin`, content }] })
}

/** The reply to a mail with the n-th attachment. */
export async function send({ postfix }: Node, n: number, from = 'a@src.test'): Promise<number> {
  return (await sendMail(postfix.port, { from, to: 'b@dst.test', message: mailWith(n) })).code
}

/** Does all of this with so many at a time; the results in order. */
export async function inParallel<T>(count: number, atOnce: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}
