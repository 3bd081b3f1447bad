/** SVG: the files in it as in any page, and its scripts, which run when it is opened in a browser. */
import { type Member, memberOf, type OpenContext } from '../container.ts'
import { openPage } from './smuggling.ts'

const OPEN = /<(?:\w{1,20}:)?script\b[^>]{0,2000}>/gi
const CLOSE = /<\/(?:\w{1,20}:)?script/gi
const MAX_SCRIPTS = 200

/** Opens an SVG picture. */
export function* openSvg(content: Buffer, context: OpenContext): Generator<Member> {
  const text = content.toString('latin1')
  const open = new RegExp(OPEN)
  const close = new RegExp(CLOSE)
  for (let count = 1; count <= MAX_SCRIPTS; count++) {
    const match = open.exec(text)
    if (match === null) break
    close.lastIndex = open.lastIndex
    // Without its end the script goes on to the end of the file.
    const end = close.exec(text)?.index ?? text.length
    if (end > open.lastIndex) yield scriptMember(content.subarray(open.lastIndex, end), count, context)
    open.lastIndex = end
  }
  yield* openPage(content, context)
}

function scriptMember(bytes: Buffer, number: number, { share }: OpenContext): Member {
  return memberOf({
    path: `script${number}.js`,
    origin: 'svg.script',
    names: [],
    declaredType: 'text/javascript',
    *bytes() {
      share.take(bytes.length)
      yield bytes
    },
  })
}
