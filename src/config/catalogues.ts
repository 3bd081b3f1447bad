/** Texts of further languages: one YAML file each in `messages.d` beside the configuration, named after its language. */
import { join } from 'node:path'
import { dropIns, readSource } from './files.ts'
import { parseYaml } from './parse.ts'
import type { Problem } from './problem.ts'
import type { Place, Tree } from './tree.ts'

/** One file: its language, and its texts with their places. What they may say is for somebody else to check. */
export interface Catalogue {
  readonly language: string
  readonly texts: readonly { readonly name: string; readonly text: string; readonly place: Place }[]
}

const FOLDER = 'messages.d'
const LANGUAGE = /^([a-z]{2,3}(?:-[A-Z]{2})?)\.yaml$/

/** Reads all catalogues beside a configuration file; none where there is no such folder. */
export function readCatalogues(configFolder: string): {
  readonly catalogues: readonly Catalogue[]
  readonly problems: readonly Problem[]
} {
  const folder = join(configFolder, FOLDER)
  const { names, problems } = dropIns(folder)
  const read = names.map((name) => readCatalogue(join(folder, name), LANGUAGE.exec(name)?.[1]))
  return {
    catalogues: read.flatMap((one) => ('language' in one ? [one] : [])),
    problems: [...problems, ...read.flatMap((one) => ('language' in one ? [] : one.problems))],
  }
}

function readCatalogue(
  path: string,
  language: string | undefined,
): Catalogue | { readonly problems: readonly Problem[] } {
  const place = { origin: path, line: 0, column: 0 }
  if (language === undefined) {
    const message = 'is not named after a language'
    return { problems: [{ place, path: [], message, remedy: 'call it fr.yaml, pt-BR.yaml, …, or remove it' }] }
  }
  const source = readSource(path, false)
  if (!source || !('text' in source)) return { problems: source ? [source] : [] }
  const { tree, problems } = parseYaml(source.text, path)
  const wrong = [...problems, ...notTexts(tree)]
  return wrong.length > 0 ? { problems: wrong } : { language, texts: textsOf(tree) }
}

function notTexts(tree: Tree): readonly Problem[] {
  if (tree.kind !== 'map') return []
  return [...tree.entries].flatMap(([name, { value }]) => {
    if (value.kind === 'scalar' && typeof value.value === 'string') return []
    return [{ place: value.place, path: [name], message: 'is not a text', remedy: 'write it in quotes' }]
  })
}

function textsOf(tree: Tree): Catalogue['texts'] {
  if (tree.kind !== 'map') return []
  return [...tree.entries].flatMap(([name, { value }]) =>
    value.kind === 'scalar' ? [{ name, text: String(value.value), place: value.place }] : [],
  )
}
