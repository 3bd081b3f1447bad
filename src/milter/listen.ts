// Binding to where the MTA will come: a port, a unix socket with its mode, or a descriptor handed in by systemd.
import { chmod, unlink } from 'node:fs/promises'
import { connect, type ListenOptions, type Server } from 'node:net'

/** Where to listen; `mode` of a unix socket is 0660 unless given. */
export type ListenAddress =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string; readonly mode?: number }
  | { readonly fd: number }

const DEFAULT_MODE = 0o660

/** Listens; a socket file that nobody listens at any more is replaced, one in use is an error. */
export async function listenAt(server: Server, address: ListenAddress): Promise<void> {
  if (!('path' in address)) {
    return bind(
      server,
      'port' in address ? { host: address.host ?? '127.0.0.1', port: address.port } : { fd: address.fd },
    )
  }
  try {
    await bind(server, { path: address.path })
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE' || (await isInUse(address.path))) throw error
    await unlink(address.path)
    await bind(server, { path: address.path })
  }
  await chmod(address.path, address.mode ?? DEFAULT_MODE)
}

function bind(server: Server, options: ListenOptions | { readonly fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function isInUse(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED'))
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
