/** The writer's side of what operators switch, try anew and cancel: rare, so nothing is prepared beforehand. */
import type { DatabaseSync } from 'node:sqlite'
import { parsed, textOf } from '../row.ts'
import { analysesWhere, UNFINISHED } from '../search.ts'
import { addressRows } from '../story-address.ts'
import { unionRecipients } from '../story-life.ts'
import { ENDED_SWITCH_MS } from '../switch.ts'
import type { Operation, Row } from './operation.ts'

type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>

/** Failed analyses become what they were when nobody had asked. */
export function retry(database: DatabaseSync, { query, limit }: Of<'retry'>, now: number): number {
  const { sql, values } = analysesWhere(query, String(now), ['failed'])
  const statement = `UPDATE analysis SET state = 'wanted', owner = '', attempts = 0, begun = 0, marker = '', task_id = '', cause = '', updated = ?
    WHERE rowid IN (SELECT rowid FROM analysis WHERE ${sql} LIMIT ?)`
  return Number(database.prepare(statement).run(now, ...values, limit).changes)
}

/** A higher token takes them from whoever works on them; the task id stays, so that its owner can tell the analyzer. */
export function cancel(database: DatabaseSync, { query, limit }: Of<'cancel'>, now: number): number {
  const { sql, values } = analysesWhere(query, String(now), UNFINISHED)
  const statement = `UPDATE analysis SET state = 'failed', cause = 'cancelled', token = token + 1, lease_until = 0, updated = ?
    WHERE rowid IN (SELECT rowid FROM analysis WHERE ${sql} LIMIT ?)`
  return Number(database.prepare(statement).run(now, ...values, limit).changes)
}

/** What ended long ago goes with what is switched now: there are few. */
export function setSwitch(database: DatabaseSync, { draft, lastsMs }: Of<'setSwitch'>, now: number): Row {
  const { kind, name, mode, reason, who } = draft
  database.prepare('DELETE FROM operator_switch WHERE until < ?').run(now - ENDED_SWITCH_MS)
  const row = database
    .prepare(
      `INSERT OR REPLACE INTO operator_switch (kind, name, mode, reason, who, made, until) VALUES (?, ?, ?, ?, ?, ?, ?)
      RETURNING *`,
    )
    .get(kind, name, mode, reason, who, now, now + Math.round(lastsMs))
  return row ?? {}
}

/** How many there were that counted. */
export function removeSwitch(database: DatabaseSync, { about, name }: Of<'removeSwitch'>, now: number): number {
  const statement = 'DELETE FROM operator_switch WHERE kind = ? AND name = ? RETURNING until'
  const gone = database.prepare(statement).all(about, name)
  return gone.filter(({ until }) => Number(until) > now).length
}

/** Lists stories by their addresses that a program wrote which does not do so itself; says how many. */
export function listStories(database: DatabaseSync, limit: number): number {
  const stories = database
    .prepare('SELECT id, tried, facts, newest_try FROM story WHERE listed <> newest_try ORDER BY id LIMIT ?')
    .all(limit)
  const tries = database.prepare('SELECT recipients FROM story_try WHERE story = ?')
  const forget = database.prepare('DELETE FROM story_address WHERE story = ?')
  const add = database.prepare('INSERT OR IGNORE INTO story_address (address, part, at, story) VALUES (?, ?, ?, ?)')
  const done = database.prepare('UPDATE story SET listed = newest_try WHERE id = ?')
  for (const { id = null, tried = null, facts } of stories) {
    const { sender } = parsed<{ sender: string }>(facts)
    const recipients = unionRecipients(tries.all(id).map((row) => parsed<readonly string[]>(textOf(row.recipients))))
    forget.run(id)
    for (const [part, address] of addressRows(sender, recipients)) add.run(address, part, tried, id)
    done.run(id)
  }
  return stories.length
}
