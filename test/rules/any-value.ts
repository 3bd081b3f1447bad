/** Values that a declaration allows, for property tests. */
import fc from 'fast-check'
import type { Field } from '../../src/core/index.ts'

/** Any value that a declaration allows. */
export function anyOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      return fc.string({ unit: 'binary' })
    case 'whole':
      return fc.maxSafeInteger()
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'flag':
      return fc.boolean()
    case 'list':
      return fc.array(anyOf(field.of), { maxLength: 4 })
    default: {
      const all = Object.keys(field.fields)
      const requiredKeys = all.filter((key) => !field.fields[key]?.optional)
      const fields = Object.fromEntries(Object.entries(field.fields).map(([key, inner]) => [key, anyOf(inner)]))
      return fc.record(fields, { requiredKeys })
    }
  }
}
