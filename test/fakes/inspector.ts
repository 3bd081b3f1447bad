import { createHash } from 'node:crypto'
import { Fault, type Reading, type Sample } from '../../src/core/index.ts'
import type { Inspection, Inspector, InspectorState, SampleTree } from '../../src/inspector/index.ts'

/** An inspector without processes: answers each message with the next of its scripted readings or faults. */
export class FakeInspector implements Inspector {
  readonly recipe = 'test'
  readonly #script: (Reading | Fault)[]
  reads = 0

  constructor(...script: (Reading | Fault)[]) {
    this.#script = script
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  read(): Inspection {
    const answer = this.#script[Math.min(this.reads, this.#script.length - 1)] ?? new Fault('internal')
    this.reads += 1
    return {
      write: () => true,
      drained: async () => {},
      finish: async () => {
        if (answer instanceof Fault) throw answer
        return answer
      },
      abort: () => {},
    }
  }

  async *bytes(message: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    yield* message
  }

  async open(): Promise<SampleTree> {
    throw new Fault('internal', 'nothing is opened here')
  }

  async check(): Promise<InspectorState> {
    return { layers: [], processes: 1, idle: 1 }
  }
}

/** A reading with these attachments, named and typed enough for rules. */
export function reading(...samples: Sample[]): Reading {
  return {
    attachments: samples,
    bodies: [],
    anomalies: [],
    unscannable: '',
    subject: 'hello',
    messageId: '<1@test.invalid>',
  }
}

/** A sample whose digest follows from its name. */
export function sample(name: string, facts: Partial<Sample> = {}): Sample {
  return {
    sha256: createHash('sha256').update(name).digest('hex'),
    size: 10,
    type: 'application/octet-stream',
    types: ['application/octet-stream'],
    testString: '',
    role: 'attachment',
    name,
    names: [{ value: name, origin: 'disposition.filename' }],
    path: '2',
    depth: 0,
    declaredType: 'application/octet-stream',
    groups: [],
    charset: '',
    declaredCharset: '',
    mismatches: [],
    disposition: 'attachment',
    readings: ['strict', 'mailparser'],
    anomalies: [],
    ...facts,
  }
}
