/** The names of one part from the fields of its header, and tables of them as tests. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { parseHeader } from '../../../src/mail/header/header.ts'
import { readPart } from '../../../src/mail/header/part.ts'

export interface Found {
  readonly name: string
  readonly values: readonly string[]
  readonly origins: readonly string[]
  readonly isNamed: boolean
  /** What is odd about the names, without what is odd about other fields. */
  readonly oddities: readonly string[]
  /** Names of suspicious anomalies, those of other fields too. */
  readonly suspicious: readonly string[]
}

/** Reads a header of these fields, one character for each byte. */
export function namesIn(fields: readonly string[], container = ''): Found {
  const header = parseHeader(Buffer.from(fields.map((each) => `${each}\r\n`).join(''), 'latin1'), 0)
  const { name, names, isNamed, anomalies } = readPart(header, false, container)
  return {
    name,
    values: names.map(({ value }) => value),
    origins: names.map(({ origin }) => origin),
    isNamed,
    oddities: anomalies.map((each) => each.name).filter((each) => each.startsWith('name-')),
    suspicious: anomalies.filter(({ severity }) => severity === 'suspicious').map((each) => each.name),
  }
}

/** Text as it stands in a message: one character for each byte of its UTF-8. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** What it is, the value of Content-Disposition, the name most clients show, further candidates, anomalies. */
export type Row = readonly [what: string, field: string, name: string, others?: string, oddities?: string]

/** A test for each row. Further candidates are parted by ` | `, and there may be more; anomalies are exactly those of the row. */
export function testRows(rows: readonly Row[]): void {
  for (const [what, field, name, others = '', oddities = ''] of rows)
    test(`${what}: the name is ${JSON.stringify(name).slice(0, 80)}`, () => {
      const found = namesIn(['Content-Type: application/octet-stream', `Content-Disposition: ${field}`])

      assert.equal(found.name, name)
      for (const other of others.split(' | ').filter(Boolean))
        assert.ok(found.values.includes(other), `${other} is not among ${JSON.stringify(found.values)}`)
      assert.deepEqual([...found.oddities].sort(), oddities.split(' ').filter(Boolean).sort())
      if (others === '' && oddities === '') assert.deepEqual(found.values, [name])
    })
}
