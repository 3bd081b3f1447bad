/** The slice of Emscripten's file system that we use (emscripten.org, "File System API"), in its own words. */
import type { WasmImports, WasmInstance, WasmModule } from './wasm.ts'

export interface FsNode {
  name: string
  mode: number
  parent: FsNode
  node_ops: NodeOps
  stream_ops: StreamOps
}
export interface FsStream {
  readonly node: FsNode
  position: number
}
export interface NodeOps {
  lookup(parent: FsNode, name: string): FsNode
  mknod(parent: FsNode, name: string, mode: number, dev: number): FsNode
  getattr(node: FsNode): object
  setattr(node: FsNode, attributes: object): void
  readdir(node: FsNode): string[]
  unlink(parent: FsNode, name: string): void
  rmdir(parent: FsNode, name: string): void
  rename(node: FsNode, folder: FsNode, name: string): void
  symlink(parent: FsNode, name: string, target: string): FsNode
  readlink(node: FsNode): string
}
export interface StreamOps {
  write(stream: FsStream, buffer: Int8Array, offset: number, length: number, position: number): number
  llseek(stream: FsStream, offset: number, whence: number): number
  close(stream: FsStream): void
}
export interface FileSystem {
  createNode(parent: FsNode | null, name: string, mode: number, dev: number): FsNode
  createDataFile(
    parent: string,
    name: string,
    data: Uint8Array,
    mayRead: boolean,
    mayWrite: boolean,
    mayOwn: boolean,
  ): FsNode
  mkdir(path: string): FsNode
  mount(type: { mount(): FsNode }, options: object, path: string): FsNode
  isDir(mode: number): boolean
  readonly ErrnoError: new (code: number) => Error
}
/** One instance of the program. */
export interface Program {
  readonly FS: FileSystem
  callMain(words: string[]): number
}
export interface ProgramOptions {
  instantiateWasm(imports: WasmImports, receive: (instance: WasmInstance, module: WasmModule) => void): object
  print(line: string): void
  printErr(line: string): void
  stdin(): number | null
}
export type ProgramFactory = (options: ProgramOptions) => Promise<Program>
