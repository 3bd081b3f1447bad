/** A filter, a Postfix that holds what it is told to hold, and the commands of an operator. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type CliIo, runCli } from '../../src/cli/index.ts'
import { compose } from '../../src/main.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { type Filter, startFilter } from '../daemon/filter.ts'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { type Sink, startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'

const rules = new URL('../daemon/rules', import.meta.url).pathname

/** What the sandbox thinks of an attachment, which says so itself. */
export const DOCUMENTS = { good: 'a harmless document', bad: 'a document with a trojan', never: 'a document for ever' }
export type DocumentName = keyof typeof DOCUMENTS

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** What a command printed. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Scene {
  readonly filter: Filter
  readonly postfix: PostfixInstance
  readonly sink: Sink
  readonly config: string
  /** Sends a message with one document under further headers, and says what the client was told. */
  send(document: DocumentName, from?: string, headers?: string): Promise<string>
  /** Sends it, and waits until it is held and its analysis has ended. */
  held(document: DocumentName, headers?: string): Promise<string>
  run(...argv: readonly string[]): Promise<Ran>
  deeds(): Promise<readonly string[]>
}

/** Starts all of it; `profile` changes the profile of the listener, `main` Postfix's main.cf. */
export async function startScene(
  t: TestContext,
  profile: Readonly<Record<string, unknown>> = {},
  main: Readonly<Record<string, string>> = {},
  quarantine: Readonly<Record<string, unknown>> = {},
): Promise<Scene> {
  const sink = await startSink()
  t.after(() => sink.stop())
  const answers = { [digestOf(DOCUMENTS.good)]: { score: 0 }, [digestOf(DOCUMENTS.bad)]: { score: 9 } }
  const config = {
    analyzers: { box: { type: 'dummy', after: '100ms', answer: 'never', bySha256: answers } },
    roles: { sandbox: 'box' },
    rules: { dirs: [rules] },
    profiles: { desk: { extends: 'submission', hold: '0s', ...profile } },
    quarantine,
    contact: 'helpdesk@src.test',
  }
  const filter = await startFilter({ config, listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'desk' }] })
  t.after(() => filter.stop())
  const postfix = await startPostfix({
    milters: `{ inet:127.0.0.1:${filter.port()}, default_action=tempfail }`,
    deliverTo: { port: sink.port },
    mainCf: { enable_long_queue_ids: 'yes', ...main },
  })
  t.after(() => postfix.stop())
  const path = join(postfix.dir, 'peekaboo.yaml')
  const instances = { postfix: postfix.configDir }
  await writeFile(
    path,
    JSON.stringify({ ...config, dataDir: filter.dataDir, quarantine: { instances, ...quarantine } }),
  )
  const run = (...argv: readonly string[]) => command(argv, path)
  const send = async (document: DocumentName, from = 'a@src.test', headers = '') => {
    const attachments = [{ name: 'letter.doc', type: 'application/octet-stream', content: DOCUMENTS[document] }]
    const message = Buffer.concat([Buffer.from(headers), mail({ subject: `about ${document}`, attachments })])
    const { code, enhanced } = await sendMail(postfix.port, { from, to: 'b@dst.test', message })
    return `${code} ${enhanced}`
  }
  return {
    ...{ filter, postfix, sink, config: path, send, run },
    held: async (document, headers) => {
      const before = filter.lines.length
      await send(document, undefined, headers)
      const line = await filter.message((one) => filter.lines.indexOf(one) >= before)
      if (document !== 'never')
        await filter.waitFor(({ msg, sha256 }) => msg === 'analysis ended' && sha256 === digestOf(DOCUMENTS[document]))
      return String(line.queueId)
    },
    deeds: async () => {
      const { stdout } = await run('release', '--json')
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).did)
    },
  }
}

async function command(argv: readonly string[], config: string): Promise<Ran> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({
    write: (text: string) => {
      printed[name] += text
      return true
    },
  })
  const io: CliIo = {
    stdin: (async function* () {})(),
    ...{ stdout: output('stdout'), stderr: output('stderr'), env: { USER: 'alice' }, uid: 0, version: '1' },
    onSignal: () => () => undefined,
  }
  const code = await runCli([...argv, '--config', config], {
    compose: (options, log, ruleset) => compose(options, log, systemClock, ruleset),
    io,
  })
  return { code, ...printed }
}
