/** Facts of bytes: how they are written and found. */
import type { KnownContent } from '../../core/index.ts'
import { parsed } from '../row.ts'
import { hexList, type Row, type Statement } from './sql.ts'

/** One statement takes so much: the server's packets are bounded, and others get their turn. */
const ROWS_AT_ONCE = 500
const TEXT_AT_ONCE = 2 * 1024 * 1024

interface FactsRow {
  readonly sha256: string
  readonly hasWithin: boolean
  readonly content: string
}

/** Facts in pieces, each one statement; rows sorted by key, each once, so that two nodes lock them in the same order. */
export function saveFactsStatements(recipe: string, contents: readonly KnownContent[], time: string): Statement[] {
  const rows = contents.map((one) => ({
    sha256: one.sha256,
    hasWithin: one.within !== undefined,
    content: JSON.stringify(one),
  }))
  return pieces(unique(rows)).map((piece) => ({
    sql: `INSERT INTO facts (sha256, recipe, content, has_within, saved, used)
      VALUES ${piece.map((row) => `(x'${row.sha256}', ?, ?, ${row.hasWithin ? 1 : 0}, ${time}, ${time})`).join(', ')}
      ON DUPLICATE KEY UPDATE
        saved = IF((VALUE(has_within) OR NOT has_within) AND content <> VALUE(content), VALUE(saved), saved),
        content = IF(VALUE(has_within) OR NOT has_within, VALUE(content), content),
        has_within = has_within OR VALUE(has_within), used = VALUE(used)`,
    values: piece.flatMap((row) => [recipe, row.content]),
  }))
}

/** Finds the facts of all digests by points in the primary key. */
export function findFactsStatement(recipe: string, digests: readonly string[]): Statement {
  return {
    sql: `SELECT content, used FROM facts FORCE INDEX (PRIMARY) WHERE recipe = ? AND sha256 IN (${hexList(digests)})`,
    values: [recipe],
  }
}

/** Notes that these facts are in use. */
export function touchStatement(recipe: string, digests: readonly string[], time: string): Statement {
  return {
    sql: `UPDATE facts SET used = ${time} WHERE recipe = ? AND sha256 IN (${hexList(digests.toSorted())})`,
    values: [recipe],
  }
}

/** What was found, by digest. */
export function factsOf(rows: readonly Row[]): ReadonlyMap<string, KnownContent> {
  return new Map(rows.map((row) => parsed<KnownContent>(row.content)).map((content) => [content.sha256, content]))
}

/** The last of each digest, but never one without members after one with. */
function unique(rows: readonly FactsRow[]): readonly FactsRow[] {
  const byDigest = new Map<string, FactsRow>()
  for (const row of rows) if (row.hasWithin || !byDigest.get(row.sha256)?.hasWithin) byDigest.set(row.sha256, row)
  return [...byDigest.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
}

function pieces(rows: readonly FactsRow[]): readonly (readonly FactsRow[])[] {
  const all: FactsRow[][] = []
  let piece: FactsRow[] = []
  let length = 0
  for (const row of rows) {
    if (piece.length > 0 && (piece.length >= ROWS_AT_ONCE || length + row.content.length > TEXT_AT_ONCE)) {
      all.push(piece)
      piece = []
      length = 0
    }
    piece.push(row)
    length += row.content.length
  }
  return piece.length > 0 ? [...all, piece] : all
}
