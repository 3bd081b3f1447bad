/**
 * 7-Zip, compiled to WebAssembly. The module is compiled once, every run has an instance of its own, which is thrown away: what a hostile
 * archive does to its memory ends with it.
 */

import { LimitReached } from '../budget.ts'
import type { ContainerShare } from '../container.ts'
import type { Program, ProgramFactory } from './emscripten.ts'
import { mountSink, type SinkFile } from './sink.ts'
import { type WasmModule, wasm } from './wasm.ts'

export interface SevenZip {
  /** Lists an archive. */
  list(content: Buffer, request: SevenZipRequest): Promise<SevenZipRun>
  /** Unpacks an archive into memory, taking every byte from the share; throws `LimitReached`. */
  extract(
    content: Buffer,
    request: SevenZipRequest,
    share: ContainerShare,
  ): Promise<SevenZipRun & { readonly files: readonly SinkFile[] }>
}

export interface SevenZipRequest {
  /** 7-Zip's name of the format, as after its switch `-t`. */
  readonly type: string
  /** Empty where none is known: then 7-Zip must not ask. */
  readonly password: string
}

export interface SevenZipRun {
  /** 0 done, 1 with warnings, 2 with errors (7-Zip's manual, "Exit Codes"); -1 where the program broke off. */
  readonly code: number
  readonly lines: readonly string[]
  /** Whether the program ended by an exception that it does not catch. */
  readonly isBroken: boolean
  /** The limit that the archive met; what came before stays. */
  readonly limit: LimitReached | undefined
}

/** More lines than this nobody writes but an archive of nothing but errors. */
const MAX_LINES = 400_000
const INPUT = 'in'
const OUTPUT = '/out'

/** Compiles the module. `binary` is the file `7zz.wasm` of the package. */
export async function createSevenZip(binary: Uint8Array): Promise<SevenZip> {
  const [module, factory] = await Promise.all([wasm.compile(binary), loadFactory()])
  return {
    async list(content, request) {
      const { program, lines } = await instantiate(factory, module, content)
      return withLines(run(program, ['l', '-slt', ...switches(request), '--', INPUT]), lines)
    },
    async extract(content, request, share) {
      const { program, lines } = await instantiate(factory, module, content)
      const { files } = mountSink(program.FS, OUTPUT, share)
      const words = ['x', '-y', '-aoa', `-o${OUTPUT}`, ...switches(request), '--', INPUT]
      return { ...withLines(run(program, words), lines), files }
    },
  }
}

function switches({ type, password }: SevenZipRequest): string[] {
  return [...(type === '' ? [] : [`-t${type}`]), `-p${password}`, '-bd', '-mmt=off', '-sccUTF-8']
}

async function loadFactory(): Promise<ProgramFactory> {
  const loaded: unknown = await import('7z-wasm')
  return (loaded as { readonly default: ProgramFactory }).default
}

async function instantiate(factory: ProgramFactory, module: WasmModule, content: Buffer) {
  const lines: string[] = []
  const print = (line: string) => {
    if (lines.length < MAX_LINES) lines.push(line)
  }
  const program = await withoutBinding(() =>
    factory({
      instantiateWasm(imports, receive) {
        receive(new wasm.Instance(module, imports), module)
        return {}
      },
      print,
      printErr: print,
      stdin: () => null,
    }),
  )
  program.FS.createDataFile('/', INPUT, content, true, false, true)
  return { program, lines }
}

/** The package asks for constants by a door that restricted processes have locked; it needs none of them for what we do. */
async function withoutBinding<T>(work: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(process, 'binding')
  Object.defineProperty(process, 'binding', { configurable: true, writable: true, value: () => ({ fs: {} }) })
  try {
    return await work()
  } finally {
    if (own) Object.defineProperty(process, 'binding', own)
  }
}

/** 7-Zip says by this code, or where only a member needed it by this line, that it got no memory. */
const NO_MEMORY = 8
const MEMORY_LINE = /^ERROR: Can't allocate required memory/

function withLines(ended: Omit<SevenZipRun, 'lines'>, lines: readonly string[]): SevenZipRun {
  const isShort = ended.limit === undefined && lines.some((line) => MEMORY_LINE.test(line))
  return { ...ended, lines, limit: isShort ? new LimitReached('container-memory') : ended.limit }
}

function ended(code: number): Omit<SevenZipRun, 'lines'> {
  return { code, limit: code === NO_MEMORY ? new LimitReached('container-memory') : undefined, isBroken: false }
}

/** Runs the program; it sets the exit code of our process, which is none of its business. */
function run(program: Program, words: string[]): Omit<SevenZipRun, 'lines'> {
  const before = process.exitCode
  try {
    return ended(program.callMain(words))
  } catch (error) {
    if (error instanceof LimitReached) return { code: -1, limit: error, isBroken: false }
    const status = (error as { readonly status?: unknown }).status
    if (typeof status === 'number') return ended(status)
    if (error instanceof wasm.RuntimeError || error instanceof RangeError) {
      const isMemory = /memory|allocat|OOM/i.test(error.message)
      return { code: -1, limit: isMemory ? new LimitReached('container-memory') : undefined, isBroken: !isMemory }
    }
    return { code: -1, limit: undefined, isBroken: true }
  } finally {
    process.exitCode = before
  }
}
