/** Whether a text is JSON (RFC 8259), as far as it was kept. */

const TOKEN =
  /\s*(?:([{}[\],:])|("(?:[^"\\\n\r]|\\["\\/bfnrtu])*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y
const MAX_TOKENS = 300

/** An object or array; where it goes on beyond what was kept (`isCut`) its beginning must be right. */
export function isJson(text: string, isCut: boolean): boolean {
  const first = text.charCodeAt(0)
  if (first !== 0x7b && first !== 0x5b) return false
  const stack: string[] = []
  let wants: 'value' | 'key' | 'colon' | 'more' = 'value'
  let mayClose = false
  TOKEN.lastIndex = 0
  for (let count = 0; count < MAX_TOKENS; count++) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) return isCut && isCutAt(text, at) && count > 2
    const sign = match[1] ?? (match[2] === undefined ? 'value' : 'string')
    if (sign === '}' || sign === ']') {
      if (!(mayClose || wants === 'more') || stack.pop() !== sign) return false
      if (stack.length === 0) return text.slice(TOKEN.lastIndex).trim() === ''
      wants = 'more'
    } else if (wants === 'more') {
      if (sign !== ',') return false
      wants = stack.at(-1) === '}' ? 'key' : 'value'
    } else if (wants === 'colon') {
      if (sign !== ':') return false
      wants = 'value'
    } else if (wants === 'key') {
      if (sign !== 'string') return false
      wants = 'colon'
      mayClose = false
      continue
    } else if (sign === '{' || sign === '[') {
      stack.push(sign === '{' ? '}' : ']')
      wants = sign === '{' ? 'key' : 'value'
      mayClose = true
      continue
    } else if (sign === 'string' || sign === 'value') wants = 'more'
    else return false
    mayClose = false
  }
  return true
}

/** What cannot be read is cut at the end, not wrong in the middle. */
function isCutAt(text: string, at: number): boolean {
  const rest = text.slice(at).trimStart()
  return rest.startsWith('"') ? !/[^\\]"/.test(rest.slice(1)) : rest.length < 32
}

/** Objects, one in each line. */
export function isJsonLines(text: string): boolean {
  if (!text.startsWith('{')) return false
  const lines = text.split(/\r?\n/, 4).slice(0, 3)
  return (
    lines.length > 1 &&
    lines.slice(0, 2).every((line) => line.startsWith('{') && line.length < 3000 && isJson(line, false))
  )
}
