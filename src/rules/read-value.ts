/** Values in a test case, checked against the declared schema; what is not written gets a neutral value. */
import { isScalar } from 'yaml'
import type { Field, RecordField } from '../core/index.ts'
import type { Known, KnownRecord } from './scope.ts'
import { type FileReader, kindOf, type YamlNode } from './yaml-file.ts'

/** Reads a value of a declared kind; what does not fit is noted. */
export function readValue(node: YamlNode, field: Field, name: string, reader: FileReader): Known {
  switch (field.kind) {
    case 'record':
      return readRecord(node, field, name, reader)
    case 'list':
      return reader.items(node, name).map((item, i) => readValue(item, field.of, `${name}[${i}]`, reader))
    default:
      return readScalar(node, field, name, reader)
  }
}

/** Reads a record; fields that are not written are neutral, optional ones absent. */
export function readRecord(node: YamlNode, field: RecordField, name: string, reader: FileReader): KnownRecord {
  const written = reader.entries(node, Object.keys(field.fields), name)
  const values = Object.entries(field.fields).flatMap(([key, inner]) => {
    if (written?.has(key)) return [[key, readValue(written.get(key), inner, `${name}.${key}`, reader)] as const]
    return inner.optional ? [] : [[key, neutral(inner)] as const]
  })
  return Object.fromEntries(values)
}

const KINDS = { text: 'text', whole: 'a whole number', number: 'a number', flag: 'true or false' } as const

function readScalar(
  node: YamlNode,
  field: Exclude<Field, { kind: 'record' | 'list' }>,
  name: string,
  reader: FileReader,
): Known {
  const value = isScalar(node) ? node.value : undefined
  if (field.kind === 'text' && typeof value === 'string') return value
  if (field.kind === 'flag' && typeof value === 'boolean') return value
  if (field.kind === 'number' && typeof value === 'number' && Number.isFinite(value)) return value
  if (field.kind === 'whole' && typeof value === 'number' && Number.isSafeInteger(value)) return value
  const quotes = field.kind === 'text' && (typeof value === 'number' || typeof value === 'boolean')
  reader.note(node, `${name} must be ${KINDS[field.kind]}, not ${kindOf(node)}`, quotes ? 'put it in quotes' : '')
  return neutral(field)
}

/** The value that says nothing: empty, zero, false. */
export function neutral(field: Field): Known {
  switch (field.kind) {
    case 'text':
      return ''
    case 'whole':
    case 'number':
      return 0
    case 'flag':
      return false
    case 'list':
      return []
    case 'record': {
      const fields = Object.entries(field.fields).filter(([, inner]) => !inner.optional)
      return Object.fromEntries(fields.map(([key, inner]) => [key, neutral(inner)]))
    }
    default:
      return field satisfies never
  }
}
