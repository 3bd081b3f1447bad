/**
 * How a fact or a report is declared once. From one declaration come the TypeScript type (`Value`), the check at run time
 * (`toZod`), the types that rules are checked against, the rules' reference page and the builders that tests use.
 */
import { z } from 'zod'

/** One declared field: its kind, what it means in a sentence, and whether it may be unknown. */
export type Field = Scalar | ListField | RecordField
export interface Scalar<K extends ScalarKind = ScalarKind> {
  readonly kind: K
  readonly doc: string
  readonly optional?: boolean
}
export type ScalarKind = 'text' | 'whole' | 'number' | 'flag'
export interface ListField<F extends Field = Field> {
  readonly kind: 'list'
  readonly of: F
  readonly doc: string
  readonly optional?: boolean
}
export interface RecordField<F extends Fields = Fields> {
  readonly kind: 'record'
  readonly fields: F
  readonly doc: string
  readonly optional?: boolean
}
export type Fields = { readonly [name: string]: Field }

interface ScalarValues {
  text: string
  whole: number
  number: number
  flag: boolean
}
type OptionalKeys<T extends Fields> = { [K in keyof T]: T[K] extends { optional: true } ? K : never }[keyof T]
type RecordValue<T extends Fields> = { readonly [K in Exclude<keyof T, OptionalKeys<T>>]: Value<T[K]> } & {
  readonly [K in OptionalKeys<T>]?: Value<T[K]>
}

/** The TypeScript type of the values that a declaration allows. */
export type Value<F> = F extends { kind: 'list'; of: infer O }
  ? readonly Value<O>[]
  : F extends { kind: 'record'; fields: infer T extends Fields }
    ? RecordValue<T>
    : F extends { kind: infer K extends ScalarKind }
      ? ScalarValues[K]
      : never

/** Declares a string. */
export function text(doc: string): Scalar<'text'> {
  return { kind: 'text', doc }
}

/** Declares a whole number (a safe integer). */
export function whole(doc: string): Scalar<'whole'> {
  return { kind: 'whole', doc }
}

/** Declares a finite floating-point number. */
export function number(doc: string): Scalar<'number'> {
  return { kind: 'number', doc }
}

/** Declares a boolean. */
export function flag(doc: string): Scalar<'flag'> {
  return { kind: 'flag', doc }
}

/** Declares a list of like values. */
export function list<F extends Field>(of: F, doc: string): ListField<F> {
  return { kind: 'list', of, doc }
}

/** Declares a record with named fields. */
export function record<T extends Fields>(fields: T, doc: string): RecordField<T> {
  return { kind: 'record', fields, doc }
}

/** Marks a field as one that may be unknown; a rule that touches it while it is unknown fails, it is never false. */
export function optional<F extends Field>(field: F): F & { readonly optional: true } {
  return { ...field, optional: true }
}

/** The strict run-time check of a declaration: unknown keys, wrong kinds and missing fields are errors. */
export function toZod<F extends Field>(field: F): z.ZodType<Value<F>> {
  return zodOf(field) as unknown as z.ZodType<Value<F>>
}

function zodOf(field: Field): z.ZodType {
  switch (field.kind) {
    case 'text':
      return z.string()
    case 'whole':
      return z.int()
    case 'number':
      return z.number()
    case 'flag':
      return z.boolean()
    case 'list':
      return z.array(zodOf(field.of))
    case 'record':
      return z.strictObject(zodFields(field.fields))
    default:
      return field satisfies never
  }
}

function zodFields(fields: Fields): Record<string, z.ZodType> {
  const entries = Object.entries(fields)
  return Object.fromEntries(entries.map(([name, f]) => [name, f.optional ? zodOf(f).optional() : zodOf(f)]))
}
