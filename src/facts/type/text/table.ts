/** Tables in text: lines with the same number of the same separator. */
const SEPARATORS = [',', ';', '\t', '|'] as const
const MIN_LINES = 3
const MAX_LINES = 30

/** Its type where every line has as many fields as the first. */
export function tableType(text: string): string | undefined {
  const lines = text.split(/\r?\n/, MAX_LINES).slice(0, -1)
  const rows = lines.filter((line) => line !== '')
  if (rows.length < MIN_LINES) return undefined
  for (const separator of SEPARATORS) {
    if (!rows[0]?.includes(separator)) continue
    const first = separatorsIn(rows[0], separator)
    const isTable =
      first > 0 && isTight(rows, separator, first) && rows.every((row) => separatorsIn(row, separator) === first)
    if (isTable) return separator === '\t' ? 'text/tab-separated-values' : 'text/csv'
  }
  return undefined
}

/** Separators outside of quotes. */
function separatorsIn(row: string, separator: string): number {
  let count = 0
  let isQuoted = false
  const wanted = separator.charCodeAt(0)
  for (let at = 0; at < row.length; at++) {
    const code = row.charCodeAt(at)
    if (code === 0x22) isQuoted = !isQuoted
    else if (code === wanted && !isQuoted) count++
  }
  return count
}

/** Sentences have a blank behind a comma; a single separator in each line may be chance. */
function isTight(rows: readonly string[], separator: string, count: number): boolean {
  const loose = rows.filter((row) => row.includes(`${separator} `)).length
  const isShort = rows.every((row) => (row.length < 2000 && !/[{}]\s*$|[;{]\s*$/.test(row)) || separator === ';')
  return isShort && loose * 2 <= rows.length && (count > 1 || rows.length >= 5)
}
