/** The slice of WebAssembly's interface that we use; TypeScript has it only with the whole of the browser's. */

export type WasmModule = object
export type WasmImports = object
export type WasmInstance = object

interface Wasm {
  compile(bytes: Uint8Array): Promise<WasmModule>
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance
  readonly RuntimeError: new (message?: string) => Error
}

/** The runtime's own. */
export const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly
