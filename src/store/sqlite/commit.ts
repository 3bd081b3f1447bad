/** The writer's side of every write: prepared statements, and one transaction for all operations of a batch. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LONGEST_NOTE, NOTES_KEPT } from '../note.ts'
import { saveHeld } from './held.ts'
import type { ChangeRow, Operation, OperationResult, OperationValue, StoryOperation } from './operation.ts'
import { cancel, listStories, removeSwitch, retry, setSwitch } from './operator.ts'
import { explainProblem } from './problem.ts'
import { remove, removeOverride, setOverride } from './remove.ts'
import { ANALYSIS_COLUMNS } from './rows.ts'

/** Commits a batch; never throws. */
export type Commit = (operations: readonly Operation[], now: number | null) => readonly OperationResult[]

/** Prepares the statements of one open database. */
export function createCommit(database: DatabaseSync, path: string): Commit {
  const apply = createApply(database)
  const begin = database.prepare('BEGIN IMMEDIATE')
  let safety = ''
  const clock = database.prepare("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now")
  return (operations, now) => {
    const together = commitTogether(operations, now)
    // One operation that cannot be written must not take the others of its batch with it; a store that is away takes all.
    const isWorthSplitting =
      operations.length > 1 && together.some((result) => 'problem' in result && !result.problem.isStoreAway)
    return isWorthSplitting ? operations.flatMap((operation) => commitTogether([operation], now)) : together
  }

  function commitTogether(operations: readonly Operation[], now: number | null): readonly OperationResult[] {
    try {
      makeSafe(operations.some(isDurable) ? 'FULL' : 'NORMAL')
      begin.run()
      // Read only when the lock is ours: so the time never runs backwards from one owner of the lock to the next.
      const at = now ?? Number(clock.get()?.now)
      const results = operations.map((operation) => ({ value: apply(operation, at) }))
      database.exec('COMMIT')
      return results
    } catch (error) {
      const problem = explainProblem(error, path)
      rollback(database)
      return operations.map(() => ({ problem }))
    }
  }

  /** A commit under FULL makes all earlier ones durable too. The pragma has no effect inside a transaction. */
  function makeSafe(needed: 'FULL' | 'NORMAL'): void {
    if (safety === needed) return
    database.exec(`PRAGMA synchronous = ${needed}`)
    safety = needed
  }
}

const DURABLE: ReadonlySet<Operation['kind']> = new Set([
  ...(['claim', 'takeOver', 'advance', 'renew', 'retry', 'cancel', 'setSwitch', 'removeSwitch', 'saveHeld'] as const),
])

function isDurable(operation: Operation): boolean {
  if (operation.kind === 'story') return operation.isDurable
  return DURABLE.has(operation.kind)
}

/** SQLite rolls back by itself after some errors; a rollback that fails leaves what reopening the file repairs. */
function rollback(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('ROLLBACK')
  } catch {}
}

function createApply(database: DatabaseSync): (operation: Operation, now: number) => OperationValue {
  const facts = database.prepare(SAVE_FACTS)
  const check = database.prepare('UPDATE schema SET checked = ?')
  const openStory = createOpenStory(database)
  const answer = database.prepare(ANSWER_TRY)
  const endStory = database.prepare('UPDATE story SET is_over = ?, ended = ? WHERE id = ? AND newest_try = ?')
  const touch = database.prepare('UPDATE known SET used = ?2 WHERE id IN (SELECT value FROM json_each(?1))')
  const claim = createClaim(database)
  const takeOver = createTakeOver(database)
  const advance = database.prepare(ADVANCE)
  const note = database.prepare(NOTE)
  const forget = database.prepare(FORGET_NOTES)
  const renew = database.prepare(RENEW)
  return (operation, now) => {
    switch (operation.kind) {
      case 'facts':
        facts.run(operation.recipe, now, operation.contentsJson)
        return undefined
      case 'story':
        return openStory(operation, now)
      case 'answer': {
        const answered = answer.get(operation.answerJson, operation.ref, operation.queueId)
        const { ended } = operation
        if (answered) endStory.run(ended === '' ? 0 : 1, ended, answered.story ?? null, answered.id ?? null)
        return undefined
      }
      case 'touch':
        touch.run(operation.idsJson, now)
        return undefined
      case 'setOverride':
        return setOverride(database, operation.override, now)
      case 'removeOverride':
        return removeOverride(database, operation.about, operation.value)
      case 'retry':
        return retry(database, operation, now)
      case 'cancel':
        return cancel(database, operation, now)
      case 'setSwitch':
        return [setSwitch(database, operation, now)]
      case 'removeSwitch':
        return removeSwitch(database, operation, now)
      case 'list':
        return listStories(database, operation.limit)
      case 'saveHeld':
        return saveHeld(database, operation.held, now)
      case 'remove':
        return remove(database, operation, now)
      case 'claim':
        return claim(operation, now)
      case 'takeOver':
        return takeOver(operation, now)
      case 'advance':
        return operation.changes.map((change) => runAdvance({ advance, note, forget }, change, now, operation.leaseMs))
      case 'renew':
        return [Number(renew.run(operation.keysJson, operation.updated, operation.reportJson, now).changes) === 1]
      case 'check':
        check.run(now)
        return undefined
      default:
        return operation satisfies never
    }
  }
}

// `WHERE true` keeps the parser from reading ON CONFLICT as a join condition (SQLite's documentation of UPSERT, "Parsing Ambiguity").
const SAVE_FACTS = `
  INSERT INTO known (id, sha256, recipe, content, saved, used)
  SELECT value ->> 0, unhex(value ->> '$[1].sha256'), ?1, value -> 1, ?2, ?2 FROM json_each(?3) WHERE true
  ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, recipe = excluded.recipe, content = excluded.content,
      saved = excluded.saved, used = excluded.used
    WHERE sha256 <> excluded.sha256 OR recipe <> excluded.recipe
      OR (content <> excluded.content AND (excluded.content -> '$.within' IS NOT NULL OR content -> '$.within' IS NULL))`

const ANSWER_TRY = `
  UPDATE story_try SET state = 'answered', answer = ?1
  WHERE id = (SELECT max(t.id) FROM story_try t JOIN story s ON s.id = t.story WHERE s.ref = ?2 AND t.queue_id = ?3)
  RETURNING id, story`

function createOpenStory(database: DatabaseSync): (story: StoryOperation, now: number) => undefined {
  const upsert = database.prepare(`
    INSERT INTO story (ref, key, first_seen, newest_try, tried, is_over, facts, outcome) VALUES (?1, ?2, ?3, 0, ?3, 0, ?4, ?5)
    ON CONFLICT (ref) DO UPDATE SET tried = excluded.tried, is_over = 0, ended = '', facts = excluded.facts, outcome = excluded.outcome
    RETURNING id, newest_try AS newest`)
  const addTry = database.prepare(`
    INSERT INTO story_try (story, queue_id, at, state, recipients, answer) VALUES (?, ?, ?, 'deciding', ?, ?) RETURNING id`)
  const pointToTry = database.prepare('UPDATE story SET newest_try = ?1, listed = ?1 WHERE id = ?2')
  const dropSamples = database.prepare('DELETE FROM story_sample WHERE story = ?')
  const addSamples = database.prepare(`
    INSERT INTO story_sample (story, position, sha256, sample)
    SELECT ?, key, unhex(value ->> '$.sample.sha256'), value FROM json_each(?)`)
  const moveAddresses = database.prepare('UPDATE story_address SET at = ? WHERE story = ?')
  const addAddresses = database.prepare(`
    INSERT OR IGNORE INTO story_address (address, part, at, story)
    SELECT value ->> 1, value ->> 0, ?1, ?2 FROM json_each(?3)`)
  const addSightings = database.prepare(`
    INSERT INTO sighting (sha256, first_seen, last_seen, count)
    SELECT DISTINCT unhex(value ->> '$.sample.sha256'), ?1, ?1, 1 FROM json_each(?2) WHERE true
    ON CONFLICT (sha256) DO UPDATE SET last_seen = excluded.last_seen, count = count + ?3`)
  return (story, now) => {
    const { id = null, newest: earlier = null } =
      upsert.get(story.ref, story.key, now, story.factsJson, story.outcomeJson) ?? {}
    const newest = addTry.get(id, story.queueId, now, story.recipientsJson, story.answerJson)?.id ?? null
    pointToTry.run(newest, id)
    if (earlier !== 0) dropSamples.run(id)
    addSamples.run(id, story.samplesJson)
    if (earlier !== 0) moveAddresses.run(now, id)
    addAddresses.run(now, id, story.addressesJson)
    addSightings.run(now, story.samplesJson, earlier === 0 ? 1 : 0)
  }
}

const KEYED = `a.sha256 = unhex(k.value ->> 0) AND a.analyzer = k.value ->> 1 AND a.options = k.value ->> 2 AND a.revision = k.value ->> 3`

type OperationOf<K extends Operation['kind']> = Extract<Operation, { kind: K }>

/**
 * What is held may be taken when its lease is over; a row taken keeps state, marker and task id, for the new owner to go on from. What
 * failed earlier is first made what it was when nobody had asked.
 */
function createClaim(database: DatabaseSync) {
  const create = database.prepare(`
    INSERT INTO analysis (sha256, analyzer, options, revision, state, owner, token, lease_until, attempts, marker, task_id, cause, updated)
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, 'wanted', '', 0, 0, 0, '', '', '', ?2 FROM json_each(?1)
    WHERE true ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`)
  const forgive = database.prepare(`
    UPDATE analysis SET state = 'wanted', owner = '', attempts = 0, begun = 0, marker = '', task_id = '', cause = ''
    WHERE rowid IN (SELECT a.rowid FROM json_each(?1) k CROSS JOIN analysis a ON ${KEYED})
      AND state = 'failed' AND updated < ?2`)
  const take = database.prepare(`
    UPDATE analysis SET owner = ?2, token = token + 1, lease_until = ?3 + ?4, updated = ?3,
      state = iif(state = 'wanted', 'leased', state)
    WHERE rowid IN (SELECT a.rowid FROM json_each(?1) k CROSS JOIN analysis a ON ${KEYED})
      AND (state = 'wanted' OR (state IN ('leased', 'submitting', 'submitted') AND lease_until <= ?3))`)
  const readBack = database.prepare(`
    SELECT ${ANALYSIS_COLUMNS} FROM json_each(?1) k CROSS JOIN analysis a ON ${KEYED} ORDER BY k.key`)
  return ({ keysJson, owner, leaseMs, failedBefore }: OperationOf<'claim'>, now: number) => {
    create.run(keysJson, now)
    if (failedBefore > 0) forgive.run(keysJson, failedBefore)
    take.run(keysJson, owner, now, leaseMs)
    return readBack.all(keysJson)
  }
}

function createTakeOver(database: DatabaseSync) {
  const find = database.prepare(`
    SELECT rowid AS id FROM analysis WHERE state = 'submitted' AND lease_until <= ? ORDER BY lease_until LIMIT ?`)
  const take = database.prepare(
    'UPDATE analysis SET owner = ?2, token = token + 1, lease_until = ?3 + ?4, updated = ?3 WHERE rowid = ?1',
  )
  const readBack = database.prepare(`SELECT ${ANALYSIS_COLUMNS} FROM analysis a WHERE a.rowid = ?`)
  return ({ owner, leaseMs, limit }: OperationOf<'takeOver'>, now: number) =>
    find.all(now, limit).flatMap(({ id = null }) => {
      take.run(id, owner, now, leaseMs)
      return readBack.all(id)
    })
}

const RENEW = `
  UPDATE analysis SET report = ?3, updated = ?4
  WHERE rowid IN (SELECT a.rowid FROM json_each(?1) k CROSS JOIN analysis a ON ${KEYED}) AND state = 'reported' AND updated = ?2`

const ADVANCE = `
  UPDATE analysis SET state = ?1, updated = ?2,
    owner = iif(?1 = 'wanted', '', owner),
    lease_until = iif(?1 IN ('leased', 'submitting', 'submitted'), ?2 + ?3, 0),
    attempts = coalesce(?4, attempts), marker = coalesce(?5, marker), task_id = coalesce(?6, task_id),
    report = coalesce(?7, report), cause = coalesce(?8, cause), begun = iif(?15, ?2, begun)
  WHERE sha256 = unhex(?9) AND analyzer = ?10 AND options = ?11 AND revision = ?12
    AND owner = ?13 AND token = ?14 AND state IN ('leased', 'submitting', 'submitted')`

const NOTE = `
  INSERT INTO analysis_note (sha256, analyzer, options, revision, at, attempt, cause, detail)
  VALUES (unhex(?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)`

const FORGET_NOTES = `
  DELETE FROM analysis_note WHERE id IN (SELECT id FROM analysis_note
    WHERE sha256 = unhex(?1) AND analyzer = ?2 AND options = ?3 AND revision = ?4 ORDER BY id DESC LIMIT -1 OFFSET ${NOTES_KEPT})`

interface AdvanceStatements {
  readonly advance: StatementSync
  readonly note: StatementSync
  readonly forget: StatementSync
}

function runAdvance(statements: AdvanceStatements, change: ChangeRow, now: number, leaseMs: number): boolean {
  const key = [change.sha256, change.analyzer, change.options, change.revision]
  const { changes } = statements.advance.run(
    ...[change.state, now, leaseMs, change.attempts, change.marker, change.taskId, change.reportJson, change.cause],
    ...[...key, change.owner, change.token, change.begins],
  )
  const isOurs = Number(changes) === 1
  const { note } = change
  if (!isOurs || !note) return isOurs
  statements.note.run(...key, now, note.attempt, note.cause, note.detail.slice(0, LONGEST_NOTE))
  statements.forget.run(...key)
  return true
}
