// Inside the bare Debian: starts the filter by `npm start`, waits until it is ready, stops it, and prints what it saw as JSON.
// Plain JavaScript: it runs with the system's Node.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const began = Date.now()
const args = process.argv.slice(2)
const npm = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], {
  detached: true,
  stdio: ['ignore', 'pipe', 'pipe'],
})
const output = []
const ended = new Promise((resolve) => npm.on('close', resolve))
const listening = new Promise((resolve) => {
  createInterface(npm.stdout).on('line', (line) => {
    output.push(line)
    if (line.includes('"msg":"listening"')) resolve(JSON.parse(line))
  })
})
createInterface(npm.stderr).on('line', (line) => output.push(line))
const line = await Promise.race([listening, ended])
if (typeof line !== 'object') {
  console.log(JSON.stringify({ status: 0, output }))
  process.exit(1)
}
let status = 0
for (let i = 0; i < 100 && status !== 200; i += 1) {
  if (i > 0) await new Promise((resolve) => setTimeout(resolve, 100))
  status = (await fetch(`http://${line.http}/readyz`)).status
}
const ms = Date.now() - began
process.kill(-npm.pid, 'SIGTERM')
await ended
console.log(JSON.stringify({ status, ms, milter: line.milter, http: line.http, output }))
