/** Why a rule decides, in words: `{{expression}}` holes, one text or a text for each language. */
import { isMap, isScalar, type Scalar } from 'yaml'
import { compileCondition } from './compile.ts'
import { ConditionError } from './compiler.ts'
import { checkedTree } from './condition.ts'
import type { Declarations } from './declare.ts'
import { isList } from './equal.ts'
import { typeOf } from './node.ts'
import { noteErrors, offsetIn } from './note-errors.ts'
import { type Known, type Run, type Scope, STEP_BUDGET } from './scope.ts'
import { Stuck } from './stuck.ts'
import { type FileReader, textOf, type YamlNode } from './yaml-file.ts'

/** A reason in the language of the installation. */
export interface Reason {
  /** As written. */
  readonly text: string
  /** With what its holes come to for a sample. Never throws. */
  readonly render: (scope: Scope) => string
  /** The same in every language: a case of a rule names one of them. */
  readonly renderAll: (scope: Scope) => readonly string[]
}

/** A text between holes, or a hole. */
type Piece = string | Run

/** Longest value of one hole, and longest reason. */
const LONGEST_VALUE = 100
const LONGEST_REASON = 500
/** Items of a list that a hole shows. */
const MOST_ITEMS = 8

/** What stands in a hole whose value nobody knows: a role that has not reported, a fact that is absent, an error. */
const UNKNOWN = '(unknown)'

const LANGUAGE = /^[a-z]{2,3}(?:-[A-Z]{2})?$/
const USUAL_LANGUAGE = 'en'

/** Reads a reason. All its translations are checked, one is used: that of the installation, else English, else the first. */
export function readReason(
  node: YamlNode,
  language: string,
  declarations: Declarations,
  reader: FileReader,
): Reason | undefined {
  if (!isMap(node)) return node ? readText(node, declarations, reader) : undefined
  const texts = new Map<string, Reason>()
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? textOf(key) : ''
    const text = readText(value as YamlNode, declarations, reader)
    if (!LANGUAGE.test(name)) reader.note(key as YamlNode, `${JSON.stringify(name)} is no language`, 'write en, de, …')
    else if (text) texts.set(name, text)
  }
  if (node.items.length === 0) reader.note(node, 'the reason is given in no language', 'write { en: …, de: … }')
  const chosen = texts.get(language) ?? texts.get(USUAL_LANGUAGE) ?? texts.values().next().value
  return chosen && { ...chosen, renderAll: (scope) => [...texts.values()].map((one) => one.render(scope)) }
}

function readText(node: YamlNode, declarations: Declarations, reader: FileReader): Reason | undefined {
  const scalar = reader.text(node, 'reason')
  if (!scalar) return undefined
  const text = textOf(scalar)
  const pieces = piecesOf(scalar, text, declarations, reader)
  if (!pieces) return undefined
  const render = (scope: Scope) => bounded(pieces.map((piece) => shown(piece, scope)).join(''))
  return { text, render, renderAll: (scope) => [render(scope)] }
}

/** A reason that has no holes. */
export function plainReason(text: string): Reason {
  return { text, render: () => text, renderAll: () => [text] }
}

function piecesOf(
  scalar: Scalar,
  text: string,
  declarations: Declarations,
  reader: FileReader,
): readonly Piece[] | undefined {
  const pieces: Piece[] = []
  let isGood = true
  let at = 0
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open)
    if (close < 0) {
      reader.note(offsetIn(scalar, reader, open), 'the hole is not closed', 'write {{expression}}')
      return undefined
    }
    const start = open + 2
    const hole = noteErrors(scalar, reader, () => readHole(text.slice(start, close), declarations), start)
    isGood &&= hole !== undefined
    pieces.push(text.slice(at, open), hole ?? '')
    at = close + 2
  }
  pieces.push(text.slice(at))
  return isGood ? pieces : undefined
}

const SHOWABLE = /^(?:list<)?(?:string|int|double|bool)>?$/

function readHole(text: string, declarations: Declarations): Run {
  if (text.trim() === '') throw new ConditionError(0, 'the hole is empty', 'write {{expression}}')
  const { ast } = checkedTree(text, declarations)
  const { run } = compileCondition(ast, declarations)
  const type = typeOf(ast)
  if (SHOWABLE.test(type)) return run
  throw new ConditionError(0, `${type} cannot be shown in a sentence`, 'name a field of it, or use map(…)')
}

function shown(piece: Piece, scope: Scope): string {
  if (typeof piece === 'string') return piece
  scope.steps = STEP_BUDGET
  try {
    const value = piece(scope)
    return value instanceof Stuck ? UNKNOWN : shortened(harmless(textOfValue(value)), LONGEST_VALUE)
  } catch {
    return UNKNOWN
  }
}

function textOfValue(value: Known): string {
  if (!isList(value)) return cut(String(value))
  const texts = value.slice(0, MOST_ITEMS).map((item) => cut(String(item)))
  return `${texts.join(', ')}${value.length > MOST_ITEMS ? ', …' : ''}`
}

/** Before anything is done with it: a subject may be a megabyte. */
function cut(text: string): string {
  return text.length > LONGEST_VALUE + 1 ? text.slice(0, LONGEST_VALUE + 1) : text
}

function bounded(text: string): string {
  return shortened(text, LONGEST_REASON)
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text
}

/** What a terminal, a log or a page would not show as it is: controls, line ends, marks of direction, invisible characters. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu

function harmless(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
