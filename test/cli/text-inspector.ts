import { Fault, type Limit } from '../../src/core/index.ts'
import {
  type Inspection,
  type Inspector,
  type InspectorState,
  type Layer,
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

  async check(): Promise<InspectorState> {
    return { layers: this.#layers, processes: 1, idle: 1 }
  }
}

function readText(text: string) {
  if (text === 'crash') throw new Fault('inspector-crashed')
  return text.startsWith('limit ') ? unscannableReading(text.slice(6) as Limit) : reading(sample(text))
}
