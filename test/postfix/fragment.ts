import { readFileSync } from 'node:fs'

/** The ways of plugging in that lie in `postfix/` as main.cf fragments. */
export type FragmentName = 'mx' | 'observe'

/** Reads a fragment of `postfix/` as an operator would paste it, with the milter's port put in place of 8095. */
export function readFragment(name: FragmentName, milterPort: number): string {
  const text = readFileSync(new URL(`../../postfix/${name}.cf`, import.meta.url), 'utf8')
  if (!text.includes('inet:127.0.0.1:8095')) {
    throw new Error(`postfix/${name}.cf names no milter at inet:127.0.0.1:8095, so no port can be put in its place`)
  }
  return text.replaceAll('inet:127.0.0.1:8095', `inet:127.0.0.1:${milterPort}`)
}
