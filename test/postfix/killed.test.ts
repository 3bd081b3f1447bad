import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { PostfixInstance } from './instance.ts'
import { SmtpClient } from './smtp-client.ts'

const child = `
  const { startPostfix } = await import(${JSON.stringify(new URL('./instance.ts', import.meta.url).href)})
  const postfix = await startPostfix()
  console.log(JSON.stringify({ port: postfix.port, dir: postfix.dir }))
  setInterval(() => {}, 1000)
`

test('a private Postfix ends with its test, also when that is killed', async () => {
  const tester = spawn(process.execPath, ['--input-type=module', '-e', child], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { promise, resolve } = Promise.withResolvers<string>()
  tester.stdout.once('data', (line: Buffer) => resolve(line.toString()))
  const { port, dir } = JSON.parse(await promise) as { readonly port: number; readonly dir: string }
  const client = await SmtpClient.connect(port)
  client.drop()

  tester.kill('SIGKILL')

  await goneFrom(dir)
  await assert.rejects(SmtpClient.connect(port), /ECONNREFUSED/)
})

test('a port that somebody took in the meantime is told as the reason why Postfix does not start', async () => {
  const postfix = await PostfixInstance.create({})
  const squatter = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  squatter.listen({ host: '127.0.0.1', port: postfix.port }, resolve)
  await promise
  try {
    assert.match((await postfix.start()) ?? 'it started', /Address already in use/)
  } finally {
    await postfix.stop()
    squatter.close()
  }
})

function goneFrom(dir: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const watcher = watch(dirname(dir), () => {
    if (!existsSync(dir)) resolve()
  })
  const deadline = setTimeout(() => reject(new Error(`${dir} is still there`)), 20_000)
  if (!existsSync(dir)) resolve()
  return promise.finally(() => {
    clearTimeout(deadline)
    watcher.close()
  })
}
