import type { Edit } from '../../src/milter/index.ts'
import { type DeliveredMail, readMail } from './delivered.ts'
import type { Draft } from './draft.ts'

type Header = DeliveredMail['headers'][number]

/** What Postfix would deliver of a message after these edits (cleanup_milter.c). */
export function applyEdits(draft: Draft, edits: readonly Edit[]): DeliveredMail {
  const original = readMail({ from: draft.from, to: draft.to }, draft.bytes())
  const chunks = edits.flatMap((edit) => (edit.kind === 'replaceBody' ? [edit.chunk] : []))
  const body = chunks.length === 0 ? original.body : Buffer.concat(chunks).toString('utf8').trimEnd()
  const from = edits.reduce((now, edit) => (edit.kind === 'changeSender' ? bare(edit.address) : now), original.from)
  const headers = edits.reduce(editHeaders, original.headers)
  return { from, to: edits.reduce(editRecipients, original.to), headers, body }
}

function editRecipients(to: readonly string[], edit: Edit): readonly string[] {
  if (edit.kind === 'addRecipient') return [...to, bare(edit.address)]
  if (edit.kind === 'removeRecipient') return to.filter((address) => address !== bare(edit.address))
  return to
}

// Inserting counts all lines, with Postfix's own Received above those that a filter sees; changing counts those of one
// name as received, an index past the last appends, an empty value deletes.
function editHeaders(headers: readonly Header[], edit: Edit): readonly Header[] {
  switch (edit.kind) {
    case 'addHeader':
      return [...headers, headerOf(edit)]
    case 'insertHeader':
      return headers.toSpliced(Math.max(0, edit.index - 1), 0, headerOf(edit))
    case 'changeHeader':
      return changeHeader(headers, edit.index, headerOf(edit))
    default:
      return headers
  }
}

function changeHeader(headers: readonly Header[], index: number, header: Header): readonly Header[] {
  const places = headers.flatMap(({ name }, place) => (name.toLowerCase() === header.name.toLowerCase() ? [place] : []))
  const place = places[Math.max(1, index) - 1]
  if (place === undefined) return header.value === '' ? headers : [...headers, header]
  return header.value === '' ? headers.toSpliced(place, 1) : headers.toSpliced(place, 1, header)
}

function headerOf(edit: { readonly name: string; readonly value: string }): Header {
  return { name: edit.name, value: edit.value.trim() }
}

function bare(address: string): string {
  return address.replace(/^<(.*)>$/, '$1')
}
