import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const source = join(root, 'src/milter')

test('the library compiles alone and is imported by its name', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'milter-package-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const home = join(folder, 'node_modules/node-milter-protocol')
  mkdirSync(home, { recursive: true })
  cpSync(source, home, { recursive: true })
  mkdirSync(join(folder, 'node_modules/@types'))
  for (const name of ['@types/node', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))

  execFileSync(join(root, 'node_modules/.bin/tsc'), ['--project', 'tsconfig.json'], {
    cwd: home,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  writeFileSync(
    join(folder, 'use.mjs'),
    `import { accept, createMilterServer } from 'node-milter-protocol'
     import { fakePostfix } from 'node-milter-protocol/testing'
     const filter = createMilterServer({ hooks: { endOfMessage: () => accept() } })
     await filter.listen({ port: 0 })
     const mta = await fakePostfix(filter.address())
     const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message: 'A: b\\r\\n\\r\\nc\\r\\n' })
     await mta.quit()
     await filter.close()
     console.log(reply.kind)`,
  )

  assert.equal(execFileSync(process.execPath, ['use.mjs'], { cwd: folder, encoding: 'utf8' }), 'accept\n')
})

test('the library imports nothing but node and itself', () => {
  for (const file of readdirSync(source).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(source, file), 'utf8')
    for (const [, from = ''] of text.matchAll(/from '([^']+)'/g)) {
      assert.match(from, /^(node:[a-z/]+|\.\/[a-z-]+\.ts)$/, `${file} imports ${from}`)
    }
  }
})
