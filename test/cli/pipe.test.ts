import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** Reads only when the pipe takes no more. */
const READER = `
import array, fcntl, sys, termios, time
waiting = array.array('i', [0])
while waiting[0] < 65536:
    time.sleep(0.01)
    fcntl.ioctl(0, termios.FIONREAD, waiting)
sys.stdout.write(sys.stdin.read())
`

test('a reader who takes his time still gets all that a command says', () => {
  const words = ['-c', '"$1" "$2" config schema | python3 -c "$3"', 'sh', process.execPath, main, READER]

  const { stdout } = spawnSync('sh', words, { encoding: 'utf8', maxBuffer: 1 << 24 })

  assert.equal(JSON.parse(stdout).title, 'peekaboo.yaml')
})
