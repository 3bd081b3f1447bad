import type { MessageFacts, Outcome, Verdict } from '../../src/core/index.ts'
import { VERDICTS } from '../../src/core/index.ts'
import type { Decision, Envelope, Examination, Pipeline } from '../../src/pipeline/index.ts'
import { dispositionOf, replyFor } from '../../src/policy/index.ts'
import { sample } from '../fakes/inspector.ts'

const OTHERS: Readonly<Record<string, Outcome>> = {
  pending: { kind: 'pending', roles: ['sandbox'] },
  failed: { kind: 'failed', cause: 'inspector-crashed' },
  unscannable: { kind: 'unscannable', limit: 'parts' },
  encrypted: { kind: 'encrypted', what: 'container' },
  unanalysed: { kind: 'unanalysed', why: 'role', role: 'sandbox', rule: 'active-content' },
}

/** A pipeline for which each word of a message is the outcome of one sample; `throw` breaks it. */
export class TextPipeline implements Pipeline {
  readonly envelopes: Envelope[] = []
  readonly answered: string[] = []

  async selfTest(): Promise<void> {}

  begin(): Examination {
    const chunks: Uint8Array[] = []
    return {
      ref: 'REF',
      write: (chunk) => chunks.push(chunk) < 0,
      drained: async () => {},
      finish: async (envelope) => {
        this.envelopes.push(envelope)
        return decide(Buffer.concat(chunks).toString().trim(), envelope)
      },
      answered: (decision) => this.answered.push(decision.ref),
      abort: () => {},
    }
  }
}

const MESSAGE: MessageFacts = {
  sender: 'a@src.test',
  recipients: ['b@dst.test'],
  clientAddress: '',
  helo: '',
  authenticated: false,
  size: 10,
  subject: 'hello',
  attachments: 0,
  direction: 'inbound',
  headers: [],
  headersCut: false,
  from: [],
  replyTo: [],
  auth: [],
  anomalies: [],
}

/** The outcome that a word stands for. */
export function outcomeOf(word: string): Outcome {
  const verdict = VERDICTS.find((one) => one === word)
  return verdict ? decided(verdict) : (OTHERS[word] ?? decided('ignored'))
}

function decided(verdict: Verdict): Outcome {
  return { kind: 'decided', verdict, rule: `named-${verdict}`, reason: 'It says so itself' }
}

function decide(text: string, { profile }: Envelope): Decision {
  if (text === 'throw') throw new Error('the pipeline broke')
  const samples = text.split(' ').map((word) => {
    const outcome = outcomeOf(word)
    return { sample: sample(word), outcome, disposition: dispositionOf(outcome, profile), reports: {} }
  })
  const [first] = samples
  const outcome = first?.outcome ?? decided('ignored')
  const disposition = first?.disposition ?? 'accept'
  const smtp = replyFor(disposition, { ref: 'REF', outcome })
  const answer = { disposition, reply: smtp ? `${smtp.code} ${smtp.enhanced} ${smtp.text}` : '' }
  const message = { ...MESSAGE, attachments: samples.length }
  return {
    ref: 'REF',
    disposition,
    outcome,
    samples,
    message,
    answer,
    smtp,
    header: '',
    rules: '0123456789abcdef',
    membersLeftOut: 0,
    times: { read: 1 },
  }
}
