import { readFileSync } from 'node:fs'

/** The ways of plugging in that lie in `postfix/` as main.cf fragments. */
export const FRAGMENTS = [
  'mx',
  'observe',
  'observe-copy',
  'observe-copy-instance',
  'submission',
  'local',
  'beside',
  'unix',
  'ipv6',
  'instances',
] as const
export type FragmentName = (typeof FRAGMENTS)[number]

/** Where peekaboo listens in all fragments: 8095, or 8096 where another profile is meant. */
const OUR_PORT = /(inet:(?:127\.0\.0\.1|\[::1\])):809[56]/g

/** Reads a fragment of `postfix/` as an operator would paste it, with the milter's port put in place of 8095. */
export function readFragment(name: FragmentName, milterPort: number): string {
  return readPostfixFile(`${name}.cf`).replaceAll(OUR_PORT, `$1:${milterPort}`)
}

/** Reads the lines for master.cf that belong to a fragment, each service at the loopback port that is given for it. */
export function readMasterFragment(name: FragmentName, ports: Readonly<Record<string, number>>): string {
  let text = readPostfixFile(`${name}.master.cf`)
  for (const [service, port] of Object.entries(ports)) {
    if (!text.includes(`\n${service} inet`)) throw new Error(`postfix/${name}.master.cf has no service ${service}`)
    text = text.replace(`\n${service} inet`, `\n127.0.0.1:${port} inet`)
  }
  // Nothing that a chrooted process needs lies in the queue of a private instance.
  return text.replaceAll(/^(\S+ +inet +\S+ +\S+ +)y/gm, '$1n')
}

function readPostfixFile(name: string): string {
  return readFileSync(new URL(`../../postfix/${name}`, import.meta.url), 'utf8')
}
