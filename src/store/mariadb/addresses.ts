/** By which addresses stories are found, and how samples were judged in them. */
import type { Connection } from 'mariadb'
import { parsed, pastVerdictOf, textOf } from '../row.ts'
import type { PastVerdict } from '../store.ts'
import { addressRows } from '../story-address.ts'
import { unionRecipients } from '../story-life.ts'
import { inTransaction, type Row, type Statement, together } from './sql.ts'

const ADDRESSES_AT_ONCE = 500

/** Lists the story `@story` by sender and recipients, beside those that it has from earlier tries. */
export function addressStatements(sender: string, recipients: readonly string[]): readonly Statement[] {
  const statements: Statement[] = [
    { sql: 'SET @tried = (SELECT tried FROM story WHERE id = @story)' },
    { sql: 'UPDATE story_address SET at = @tried WHERE story = @story' },
  ]
  const rows = addressRows(sender, recipients)
  for (let at = 0; at < rows.length; at += ADDRESSES_AT_ONCE) {
    const piece = rows.slice(at, at + ADDRESSES_AT_ONCE)
    statements.push({
      sql: `INSERT INTO story_address (address, part, at, story)
        VALUES ${piece.map(([part]) => `(?, '${part}', @tried, @story)`).join(', ')} ON DUPLICATE KEY UPDATE story = story`,
      values: piece.map(([, address]) => address),
    })
  }
  return statements
}

/** Lists stories that a program wrote which does not do so itself; says how many. Who comes second does no harm. */
export async function listStories(connection: Connection, limit: number): Promise<number> {
  const stories = await connection.query<readonly Row[]>(
    'SELECT id, newest_try, facts FROM story WHERE is_unlisted = 1 ORDER BY id LIMIT ?',
    [limit],
  )
  for (const { id, newest_try, facts } of stories) {
    const tries = await connection.query<readonly Row[]>('SELECT recipients FROM story_try WHERE story = ?', [id])
    const recipients = unionRecipients(tries.map((row) => parsed<readonly string[]>(textOf(row.recipients))))
    const { sender } = parsed<{ sender: string }>(facts)
    await inTransaction(connection, [
      // First the story: what is removed meanwhile is not listed, and who else lists it waits.
      { sql: `SET @story = (SELECT id FROM story WHERE id = ? FOR UPDATE)`, values: [id ?? null] },
      { sql: 'UPDATE story SET listed = ? WHERE id = @story', values: [newest_try ?? null] },
      ...addressStatements(sender, recipients),
    ])
  }
  return stories.length
}

/**
 * How each of these bytes was judged in the newest stories: written together, so one round trip. Whole columns: MariaDB's functions read no
 * JSON with half a surrogate pair in it, as a name in a mail may have.
 */
export async function verdicts(
  connection: Connection,
  digests: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly PastVerdict[]>> {
  const answers = await together<readonly Row[]>(
    connection,
    digests.map((digest) => ({
      sql: `SELECT s.ref, s.tried, s.facts, p.sample
        FROM (SELECT story, sample FROM story_sample WHERE sha256 = x'${digest}' ORDER BY story DESC LIMIT ?) p
        STRAIGHT_JOIN story s ON s.id = p.story ORDER BY p.story DESC`,
      values: [limit],
    })),
  )
  return new Map(digests.map((digest, n) => [digest, (answers[n] ?? []).map(pastVerdictOf)]))
}
