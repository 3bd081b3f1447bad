import { createHash } from 'node:crypto'
import {
  type Content,
  Fault,
  type Member,
  type Members,
  NO_CONTENT,
  type Reading,
  type Sample,
} from '../../src/core/index.ts'
import type {
  Inspection,
  Inspector,
  InspectorState,
  OpenedWith,
  Opening,
  SampleTree,
} from '../../src/inspector/index.ts'

/** An inspector without processes: answers each message with the next of its scripted readings or faults. */
export class FakeInspector implements Inspector {
  readonly recipe = 'test'
  readonly #script: (Reading | Fault)[]
  /** What opening each message yields, by the names of its attachments, or how it fails; the last one counts on. */
  readonly trees: (Opened | Fault)[] = []
  reads = 0
  opens = 0

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

  /** The tree of the message that was read last; what its attachments hold is scripted, and nothing else. */
  async open(_: unknown, opening?: Pick<Opening, 'tellsPasswords'>): Promise<SampleTree> {
    const answer = this.trees[Math.min(this.opens, this.trees.length - 1)] ?? {}
    this.opens += 1
    if (answer instanceof Fault) throw answer
    const read = this.#script[Math.min(this.reads, this.#script.length) - 1]
    const samples = read && !(read instanceof Fault) ? [...read.attachments, ...read.bodies] : []
    const { passwords } = answer
    return { ...messageTree(samples, answer), ...(opening?.tellsPasswords && passwords && { passwords }) }
  }

  async check(): Promise<InspectorState> {
    return { layers: [], processes: 1, idle: 1 }
  }
}

/** What opening yields of each attachment of that name, and the limit that ended it all. */
export interface Opened {
  readonly limit?: string
  readonly within?: Readonly<Record<string, Partial<Members>>>
  /** What opened which container, told to who asks for it. */
  readonly passwords?: readonly OpenedWith[]
}

/** A container that was opened whole, with nothing in it. */
export const EMPTY = { formats: ['zip'], anomalies: [], limit: '', isEncrypted: false, openedBy: '' } as const

/** A member at a place, with content that follows from its name. */
export function member(path: string, name: string, facts: Partial<Member> = {}): Member {
  const content = contentOf(sample(name))
  return {
    ...{ path, depth: path.split('/').length, name, names: [], storedPath: name, kind: 'file', declaredSize: -1 },
    ...{ declaredType: '', container: 'zip', isEncrypted: false, content, anomalies: [], mismatches: [] },
    opened: { ...EMPTY, formats: [] },
    ...facts,
  }
}

function contentOf({ sha256, size, type, types, groups, charset, testString, links }: Sample): Content {
  return { sha256, size, type, types, groups, charset, testString, links }
}

function messageTree(samples: readonly Sample[], { limit = '', within = {} }: Opened): SampleTree {
  const members = samples.flatMap((one, i) => {
    const { root = { ...EMPTY, formats: [] }, members: inner = [] } = within[one.name] ?? {}
    const path = `1/${i + 1}`
    const top = { ...member(path, one.name), names: one.names, depth: 1, content: contentOf(one), opened: root }
    return [top, ...inner.map((each) => ({ ...each, path: `${path}/${each.path}`, depth: each.depth + 1 }))]
  })
  return { sample: NO_CONTENT, root: EMPTY, members, limit }
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
    links: [],
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
