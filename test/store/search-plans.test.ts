// That looking for messages and analyses reads what it finds and not whole tables, whatever the database thinks of its statistics.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analysesWhere, type MessageQuery, messagesStatement } from '../../src/store/search.ts'
import { digest } from './build.ts'
import { withDatabase, withSqlite } from './sqlite-bench.ts'

const QUERIES: Readonly<Record<string, readonly [query: MessageQuery, by: RegExp]>> = {
  recipient: [{ recipient: 'a@x.test' }, /^SEARCH a USING PRIMARY KEY \(address=\? AND part=\?/],
  'recipient and sender': [{ recipient: 'a@x.test', sender: 'b@x.test' }, /^SEARCH a USING PRIMARY KEY/],
  'sender and sample': [{ sender: 'a@x.test', sha256: digest(1) }, /^SEARCH a USING PRIMARY KEY/],
  sample: [{ sha256: digest(1) }, /^SEARCH p USING (?:COVERING )?INDEX story_sample_digest/],
  time: [{ withinMs: 1000 }, /^SEARCH s USING (?:COVERING )?INDEX story_tried/],
}

for (const [what, [query, by]] of Object.entries(QUERIES)) {
  test(`messages by ${what} are found by an index, and so is all that is asked besides`, () =>
    withSqlite(async ({ path, store }) => {
      await store.start()
      const { sql, values } = messagesStatement(query, '1800000000000', 'CROSS JOIN')

      const plan = planOf(path, sql, [...values, 20])

      assert.match(plan[0] ?? '', by)
      assert.deepEqual(
        plan.filter((step) => /^SCAN/.test(step)),
        [],
      )
    }))
}

test('analyses are found by state and time, or by their bytes, and sorted as they lie', () =>
  withSqlite(async ({ path, store }) => {
    await store.start()
    const plan = (query: Parameters<typeof analysesWhere>[0]) => {
      const { sql, values } = analysesWhere(query, '1800000000000')
      return planOf(path, `SELECT * FROM analysis a WHERE ${sql} ORDER BY updated DESC LIMIT ?`, [...values, 20])
    }

    assert.match(plan({ states: ['failed'], withinMs: 5 })[0] ?? '', /INDEX analysis_(?:state|updated)/)
    assert.match(plan({ states: ['failed', 'wanted'] })[0] ?? '', /INDEX analysis_(?:state|updated)/)
    assert.match(plan({ sha256: digest(1) })[0] ?? '', /SEARCH a USING INDEX \S+ \(sha256=\?\)/)
    assert.match(plan({})[0] ?? '', /USING INDEX analysis_updated/)
  }))

test('stories that an older program wrote are found without looking at the others', () =>
  withSqlite(async ({ path, store }) => {
    await store.start()

    const sql = 'SELECT id FROM story WHERE listed <> newest_try ORDER BY id LIMIT ?'
    assert.match(planOf(path, sql, [5])[0] ?? '', /USING (?:COVERING )?INDEX story_unlisted/)
  }))

function planOf(path: string, sql: string, values: readonly (string | number)[]): readonly string[] {
  return withDatabase(path, (database) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map((row) => String(row.detail)),
  )
}
