/**
 * The supervisor (`peekaboo inspector`): listens on a unix socket, owns the parser processes, and passes frames between
 * the two. It looks at every frame's head, and into those that hold facts, but never at the bytes of a message.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import type { Clock } from '../core/index.ts'
import { type ParserCode, parserCode, parserCommand } from './command.ts'
import type { OnEvent } from './events.ts'
import type { InspectorState, Layer } from './inspector.ts'
import { describeLayers, type LayerKey, probeLayers } from './layers.ts'
import type { InspectorOptions } from './options.ts'
import { Pool } from './pool.ts'
import { Session } from './session.ts'

export interface SupervisorSettings {
  /** Path of the unix socket; a stale one is removed. */
  readonly socket: string
  readonly options: InspectorOptions
  readonly onEvent: OnEvent
  readonly clock: Clock
  /** What runs in the parser processes (default: the real parser). */
  readonly code?: ParserCode
  /** Layers that are left out although the system has them (default: none); for measuring what each keeps out. */
  readonly without?: readonly LayerKey[]
}

export interface Supervisor {
  readonly layers: readonly Layer[]
  readonly state: () => InspectorState
  /** The parser processes that exist now. */
  readonly pids: () => readonly number[]
  /** Those of them that have a message. */
  readonly busyPids: () => readonly number[]
  /** Messages that wait for a process. */
  readonly waiting: () => number
  stop(): Promise<void>
}

/** Starts the parser processes, then listens. Rejects, with nothing left behind, where either is impossible. */
export async function startSupervisor(settings: SupervisorSettings): Promise<Supervisor> {
  const { options, onEvent, clock, code = parserCode() } = settings
  const probe = { user: options.user, readable: [code.entry, ...code.readable], without: settings.without ?? [] }
  const found = await probeLayers(probe)
  const layers = describeLayers(found)
  const pool = new Pool({ options, onEvent, clock, command: parserCommand(found, code, options) })
  const state = (): InspectorState => ({ layers, processes: pool.size, idle: pool.idle })
  const sessions = new Set<Session>()
  const server = createServer({ highWaterMark: 65_536 }, (socket) => {
    const session = new Session(socket, { pool, state, onEvent })
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
  })
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const session of sessions) session.stop()
    await Promise.all([closed, pool.stop()])
  }
  try {
    await pool.start()
    await listen(server, settings.socket)
  } catch (error) {
    await stop()
    throw error
  }
  onEvent({ kind: 'supervisor-ready', level: 'info', pid: process.pid, detail: settings.socket })
  return { layers, state, pids: () => pool.pids, busyPids: () => pool.busyPids, waiting: () => pool.waiting, stop }
}

/**
 * Listens with mode 0660 from the first moment, so that a filter of another user comes in by the group; a socket that nobody listens on any
 * more is taken over.
 */
async function listen(server: Server, path: string): Promise<void> {
  if (await isLive(path)) throw new Error(`inspector.socket ${path}: another inspector listens there; stop it first`)
  removeStale(path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`inspector.socket ${path}: ${error.message}`, { cause: error })))
    const mask = process.umask(0o117)
    server.listen({ path, backlog: 1024 }, resolve)
    process.umask(mask)
  })
  chmodSync(path, 0o660)
}

function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function removeStale(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`inspector.socket ${path} exists and is no socket; name another path`)
  unlinkSync(path)
}
