/** Runs a program of the system for its output, with nothing of our own environment. */
import { execFile } from 'node:child_process'

/** What a program printed, or why it printed nothing. */
export type Ran = { readonly out: string } | { readonly why: string; readonly isMissing: boolean }
export type Run = (program: string, args: readonly string[]) => Promise<Ran>

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
const LONGEST_MS = 20_000
const MOST_BYTES = 4 * 1024 * 1024

export const runProgram: Run = (program, args) => {
  return new Promise((resolve) => {
    const options = { env: { PATH, LC_ALL: 'C' }, cwd: '/', timeout: LONGEST_MS, maxBuffer: MOST_BYTES }
    execFile(program, [...args], options, (error, out, err) => {
      if (error === null) resolve({ out })
      else resolve({ why: err.trim().split('\n')[0] || error.message, isMissing: error.code === 'ENOENT' })
    })
  })
}
