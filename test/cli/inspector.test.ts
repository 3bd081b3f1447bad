import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SupervisorSettings } from '../../src/inspector/index.ts'
import { World } from './world.ts'

test('the inspector listens where --socket says, names missing layers, and stops with a signal', async (t) => {
  const sockets: string[] = []
  const stops: string[] = []
  const supervise = async ({ socket }: SupervisorSettings) => {
    sockets.push(socket)
    return {
      layers: [{ name: 'own user', active: false, detail: 'start as root' }],
      stop: async () => {
        stops.push(socket)
      },
    }
  }
  const world = new World(t, { deps: { supervise } })

  const ended = world.command('inspector', '--socket', '/run/x.sock')
  await world.printed(/"msg":"listening"/)
  world.signal('SIGTERM')

  assert.equal(await ended, 0)
  assert.deepEqual([sockets, stops], [['/run/x.sock'], ['/run/x.sock']])
  assert.match(world.stdout, /"protection layer missing: own user"/)
})

test('an inspector that cannot start ends with 1 and its reason', async (t) => {
  const supervise = () => Promise.reject(new Error('the socket is in use'))
  const world = new World(t, { deps: { supervise } })

  assert.equal(await world.command('inspector', '--socket', '/run/x.sock'), 1)

  assert.match(world.stderr, /the socket is in use/)
  assert.equal(world.isWatchingSignals, false)
})
