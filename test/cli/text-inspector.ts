import { Fault, type Limit, NO_CONTENT } from '../../src/core/index.ts'
import {
  type Inspection,
  type Inspector,
  type InspectorState,
  type Layer,
  type SampleTree,
  unscannableReading,
} from '../../src/inspector/index.ts'
import { reading, sample } from '../fakes/inspector.ts'

/** An inspector that reads `limit parts` as that limit, `crash` as a crash, and any other text as the name of one attachment. */
export class TextInspector implements Inspector {
  readonly recipe = 'text'
  readonly #layers: readonly Layer[]
  isStopped = false

  constructor(layers: readonly Layer[] = []) {
    this.#layers = layers
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.isStopped = true
  }

  read(): Inspection {
    const chunks: Uint8Array[] = []
    return {
      write: (chunk) => chunks.push(chunk) < 0,
      drained: async () => {},
      finish: async () => readText(Buffer.concat(chunks).toString().trim()),
      abort: () => {},
    }
  }

  async *bytes(message: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    yield* message
  }

  /** A sample that begins with `limit` is that limit; any other has one member, named as it is written. */
  async open(sample: AsyncIterable<Uint8Array>): Promise<SampleTree> {
    const pieces: Uint8Array[] = []
    for await (const piece of sample) pieces.push(piece)
    return treeOf(Buffer.concat(pieces).toString().trim())
  }

  async check(): Promise<InspectorState> {
    return { layers: this.#layers, processes: 1, idle: 1 }
  }
}

function treeOf(text: string): SampleTree {
  if (text === 'crash') throw new Fault('inspector-crashed')
  const limit = text.startsWith('limit ') ? text.slice(6) : ''
  const opened = { formats: ['zip'], anomalies: [], limit, isEncrypted: false, openedBy: '' }
  const content = { ...NO_CONTENT, sha256: 'a'.repeat(64), size: 3, type: 'text/plain', types: ['text/plain'] }
  const member = {
    ...{
      path: '1/1',
      depth: 1,
      name: text,
      names: [],
      storedPath: text,
      kind: 'file',
      declaredSize: 3,
      declaredType: '',
    },
    ...{ container: 'zip', isEncrypted: false, content, opened: { ...opened, formats: [], limit: '' } },
    ...{ anomalies: [], mismatches: [] },
  }
  return { sample: content, root: opened, members: [member], limit }
}

function readText(text: string) {
  if (text === 'crash') throw new Fault('inspector-crashed')
  return text.startsWith('limit ') ? unscannableReading(text.slice(6) as Limit) : reading(sample(text))
}
