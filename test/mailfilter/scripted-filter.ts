/** A listener on a free port over a pipeline that answers as it is told. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { createListener, milterOptions } from '../../src/mailfilter/index.ts'
import { fakePostfix } from '../../src/milter/testing.ts'
import type { Decision, Envelope, Examination, Pipeline } from '../../src/pipeline/index.ts'
import { resolveProfiles } from '../../src/policy/index.ts'
import { FakeClock } from '../fakes/clock.ts'

export const MESSAGE = 'Subject: a\r\n b\r\nX-Tab:\tc\r\nFrom: x@src.test\r\n\r\nbody\r\nline\r\n'
const never = new AbortController().signal

/** What a scripted pipeline was given, and what it answers. */
export interface Scripted extends Pipeline {
  readonly received: Buffer[]
  readonly envelopes: Envelope[]
  readonly answered: Decision[]
  aborted: number
}

export function decision(changes: Partial<Decision> = {}): Decision {
  return {
    ref: 'REF',
    disposition: 'accept',
    outcome: { kind: 'decided', verdict: 'ignored', rule: 'rest', reason: 'nothing' },
    samples: [],
    membersLeftOut: 0,
    message: undefined,
    rules: '0123456789abcdef',
    answer: { disposition: 'accept', reply: '' },
    smtp: undefined,
    header: 'verdict=ignored; id=REF',
    times: {},
    ...changes,
  }
}

export function scripted(
  decide: (envelope: Envelope) => Decision | Promise<Decision>,
  write: () => boolean = () => true,
): Scripted {
  const selfTest = async () => {}
  const script: Scripted = { received: [], envelopes: [], answered: [], aborted: 0, begin, selfTest }
  function begin(): Examination {
    const chunks: Buffer[] = []
    return {
      ref: 'REF',
      write: (chunk) => {
        chunks.push(Buffer.from(chunk))
        return write()
      },
      drained: () => new Promise(() => {}),
      finish: async (envelope) => {
        script.received.push(Buffer.concat(chunks))
        script.envelopes.push(envelope)
        return decide(envelope)
      },
      answered: (one) => script.answered.push(one),
      abort: () => {
        script.aborted += 1
      },
    }
  }
  return script
}

export async function filter(
  t: TestContext,
  pipeline: Pipeline,
  profileName = 'mx',
  clock = new FakeClock(),
  brake?: () => Envelope['brake'],
) {
  const profile = resolveProfiles({}).get(profileName)
  assert.ok(profile)
  const listener = { listen: 'inet:127.0.0.1:0', profileName, profile }
  const log = pino({ level: 'silent' })
  const server = createListener(
    { pipeline, listener, log, clock, deadlineMs: 240_000, stopping: never, ...(brake && { brake }) },
    milterOptions.parse(undefined),
  )
  await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.close({ graceMs: 0 }))
  return server
}

export async function deliver(server: Awaited<ReturnType<typeof filter>>, message: string) {
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  const mta = await fakePostfix(address)
  await mta.connect()
  await mta.helo('client.test.invalid')
  const reply = await mta.deliver({ from: 'a@src.test', to: ['b@dst.test', 'c@dst.test'], message })
  await mta.quit()
  return reply
}
