/** YAML of the kind that loaders have been broken by. */
import type { Random } from '../bench/random.ts'
import { linesOf, mutateBytes, mutateLines, pump } from './mutate.ts'
import { few, oneIn, pick } from './target.ts'

const YAML_WORDS = [
  ...['&a ', '*a', '<<: *a', '!!binary ', '!!js/function ', '!!set ', '? ', '- ', '-', '{', '}', '[', ']', '|', '>-'],
  ...['"', "'", ': ', '#', '---', '...', '%YAML 1.1', '%TAG ! tag:x,2000:', '\t', '\u0000', '\ufeff', '\u2028', '@'],
  ...['null', '~', '.inf', '.nan', '0o17', '0x1F', 'yes', '2001-01-01', '__proto__: 1', 'constructor: {}', '"": 1'],
  ...['[[[[[[[[[[[[[[[[', '{a: {a: {a: {a: ', '- - - - - - - - ', 'x'.repeat(3000), '\ud83d', '=', '!', '`'],
]

/** A text with some changes to its lines, sometimes to its bytes, and now and then very long or very deep. */
export function mutateYaml(seed: readonly string[], random: Random, words: readonly string[]): Buffer {
  const all = [...words, ...YAML_WORDS]
  let lines: readonly string[] = seed
  for (let n = few(random, 6); n > 0; n -= 1) lines = mutateLines(lines, random, all)
  if (oneIn(random, 40)) lines = pump(lines, random, 2000)
  if (oneIn(random, 60)) lines = linesOf(pick(random, ['[', '{a: ', '- ', '(', '"\\', '!']).repeat(few(random, 20_000)))
  const text = Buffer.from(lines.join(''))
  return oneIn(random, 4) ? mutateBytes(text, random) : text
}
