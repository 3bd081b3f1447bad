/** Stories: how they are written, answered, continued and told. */
import type { Connection } from 'mariadb'
import type { Answer, Story, StorySample } from '../../core/index.ts'
import { isDigest } from '../digest.ts'
import { storyOf } from '../row.ts'
import { messagesStatement } from '../search.ts'
import type { MessageQuery, StoryDraft, StoryQuery } from '../store.ts'
import { ABANDONED_AFTER_MS, endOf, isFinal, TRIES_TOLD } from '../story-life.ts'
import { addressStatements } from './addresses.ts'
import { inTransaction, type Row, type Statement, together } from './sql.ts'

const STORY = 'SELECT id, ref, story_key AS `key`, first_seen, facts, outcome FROM story'
const TRIES = 'SELECT queue_id, at, state, recipients, answer FROM story_try'
/** Postfix's are 17 characters; what is longer comes from no Postfix and is cut. */
const QUEUE_ID_LENGTH = 255
const SAMPLES_AT_ONCE = 500
const STORIES_AT_ONCE = 20

/** Writes the story, a try, and the samples: all or nothing. */
export async function openStory(connection: Connection, draft: StoryDraft, time: string): Promise<void> {
  const { ref, key, queueId, samples, outcome, answer, recipients, ...facts } = draft
  const answers = await inTransaction<readonly Row[]>(connection, [
    {
      sql: `INSERT INTO story (ref, story_key, first_seen, newest_try, tried, is_over, facts, outcome)
        VALUES (?, ?, ${time}, 0, ${time}, 0, ?, ?)
        ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), tried = VALUE(tried), is_over = 0, ended = '', facts = VALUE(facts),
          outcome = VALUE(outcome)`,
      values: [ref, key, JSON.stringify(facts), JSON.stringify(outcome)],
    },
    { sql: 'SET @story = LAST_INSERT_ID()' },
    {
      sql: `INSERT INTO story_try (story, queue_id, at, state, recipients, answer)
        VALUES (@story, ?, ${time}, 'deciding', ?, ?)`,
      values: [queueId.slice(0, QUEUE_ID_LENGTH), JSON.stringify(recipients), JSON.stringify(answer)],
    },
    { sql: 'SET @try = LAST_INSERT_ID()' },
    { sql: 'SELECT newest_try AS earlier FROM story WHERE id = @story' },
    { sql: 'UPDATE story SET newest_try = @try, listed = @try WHERE id = @story' },
    { sql: 'DELETE FROM story_sample WHERE story = @story' },
    ...sampleStatements(samples),
    ...addressStatements(draft.sender, recipients),
  ])
  const isNew = Number(answers[4]?.[0]?.earlier) === 0
  await noteSightings(connection, samples, isNew, time).catch(() => undefined)
}

/**
 * Not with the story: what everybody sends would make the nodes wait for each other, or lose on Galera, with all that they wrote. A
 * sighting that is lost is one less in a count.
 */
async function noteSightings(
  connection: Connection,
  samples: readonly StorySample[],
  isNew: boolean,
  time: string,
): Promise<void> {
  const digests = [...new Set(samples.map(({ sample }) => sample.sha256))].sort()
  if (digests.length === 0) return
  await connection.query(`INSERT INTO sighting (sha256, first_seen, last_seen, count)
    VALUES ${digests.map((digest) => `(x'${digest}', ${time}, ${time}, 1)`).join(', ')}
    ON DUPLICATE KEY UPDATE last_seen = VALUE(last_seen), count = count + ${isNew ? 1 : 0}`)
}

function sampleStatements(samples: readonly StorySample[]): readonly Statement[] {
  const statements: Statement[] = []
  for (let at = 0; at < samples.length; at += SAMPLES_AT_ONCE) {
    const piece = samples.slice(at, at + SAMPLES_AT_ONCE)
    const rows = piece.map(({ sample }, n) => `(@story, ${at + n}, x'${sample.sha256}', ?)`)
    statements.push({
      sql: `INSERT INTO story_sample (story, position, sha256, sample) VALUES ${rows.join(', ')}`,
      values: piece.map((one) => JSON.stringify(one)),
    })
  }
  return statements
}

/** Marks the newest try under that queue id, and the story as over where that was its newest try of all. */
export async function answerStory(connection: Connection, ref: string, queueId: string, answer: Answer): Promise<void> {
  await together(connection, [
    {
      sql: `SET @try = (SELECT MAX(t.id) FROM story_try t JOIN story s ON s.id = t.story WHERE s.ref = ? AND t.queue_id = ?)`,
      values: [ref, queueId.slice(0, QUEUE_ID_LENGTH)],
    },
    { sql: "UPDATE story_try SET state = 'answered', answer = ? WHERE id = @try", values: [JSON.stringify(answer)] },
    {
      sql: 'UPDATE story SET is_over = ?, ended = ? WHERE ref = ? AND newest_try = @try',
      values: [isFinal(answer) ? 1 : 0, endOf(answer), ref],
    },
  ])
}

/** The story that a message with this key continues, its tries and its samples: three statements that need not wait for each other. */
export function continuedStatements(key: string, time: string): readonly Statement[] {
  const which = `story_key = ? AND is_over = 0 AND tried >= ${time} - ${ABANDONED_AFTER_MS} ORDER BY id DESC LIMIT 1`
  const id = `(SELECT id FROM story WHERE ${which})`
  return [
    { sql: `${STORY} WHERE ${which}`, values: [key] },
    { sql: `${TRIES} WHERE story = ${id} ORDER BY id DESC LIMIT ${TRIES_TOLD}`, values: [key] },
    { sql: `SELECT sample FROM story_sample WHERE story = ${id} ORDER BY position`, values: [key] },
  ]
}

/** The story in the answers to `continuedStatements`. */
export function continuedOf([rows, tries, samples]: readonly (readonly Row[])[]): Story | undefined {
  const row = rows?.[0]
  return row && storyOf(row, tries ?? [], samples ?? [])
}

/** Newest first. */
export async function findStories(connection: Connection, query: StoryQuery, limit: number): Promise<readonly Story[]> {
  const find = findStatement(query, limit)
  return find ? storiesOf(connection, find) : []
}

/** The one with the newest try first. */
export function findMessages(
  connection: Connection,
  query: MessageQuery,
  limit: number,
  time: string,
): Promise<readonly Story[]> {
  const { sql, values } = messagesStatement(query, time, 'STRAIGHT_JOIN')
  return storiesOf(connection, { sql, values: [...values, limit] })
}

async function storiesOf(connection: Connection, find: Statement): Promise<readonly Story[]> {
  const [found = []] = await together<readonly Row[]>(connection, [find])
  const stories: Story[] = []
  for (let at = 0; at < found.length; at += STORIES_AT_ONCE) {
    const ids = found.slice(at, at + STORIES_AT_ONCE).map((row) => Number(row.id))
    const rows = await together<readonly Row[]>(connection, ids.flatMap(storyStatements))
    for (const n of ids.keys())
      stories.push(...[continuedOf(rows.slice(n * 3, n * 3 + 3))].filter((one) => one !== undefined))
  }
  return stories
}

function storyStatements(id: number): readonly Statement[] {
  return [
    { sql: `${STORY} WHERE id = ?`, values: [id] },
    { sql: `${TRIES} WHERE story = ? ORDER BY id DESC LIMIT ${TRIES_TOLD}`, values: [id] },
    { sql: 'SELECT sample FROM story_sample WHERE story = ? ORDER BY position', values: [id] },
  ]
}

function findStatement(query: StoryQuery, limit: number): Statement | undefined {
  if ('ref' in query) return { sql: 'SELECT id FROM story WHERE ref = ? LIMIT ?', values: [query.ref, limit] }
  if ('queueId' in query) {
    const sql = 'SELECT DISTINCT story AS id FROM story_try WHERE queue_id = ? ORDER BY story DESC LIMIT ?'
    return { sql, values: [query.queueId, limit] }
  }
  if (!isDigest(query.sha256)) return undefined
  const sql = `SELECT DISTINCT story AS id FROM story_sample WHERE sha256 = x'${query.sha256}' ORDER BY story DESC LIMIT ?`
  return { sql, values: [limit] }
}
