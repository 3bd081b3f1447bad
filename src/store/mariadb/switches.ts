/** The emergency brake and disabled rules. */
import type { Connection } from 'mariadb'
import { Fault } from '../../core/index.ts'
import { switchOf } from '../row.ts'
import type { Switch, SwitchDraft, Switches } from '../store.ts'
import { ENDED_SWITCH_MS } from '../switch.ts'
import { type Changed, type Row, together } from './sql.ts'

const COLUMNS = 'kind, name, mode, reason, who, made, until'

/** All of them and the time, in one round trip. */
export async function switches(connection: Connection, time: string): Promise<Switches> {
  const [[clock] = [], rows = []] = await together<readonly Row[]>(connection, [
    { sql: `SELECT ${time} AS now` },
    { sql: `SELECT ${COLUMNS} FROM operator_switch ORDER BY made, kind, name` },
  ])
  return { switches: rows.flatMap(switchOf), now: Number(clock?.now) }
}

/** What ended long ago goes with what is switched now: there are few. */
export async function setSwitch(
  connection: Connection,
  { kind, name, mode, reason, who }: SwitchDraft,
  lastsMs: number,
  time: string,
): Promise<Switch> {
  const answers = await together<readonly Row[]>(connection, [
    { sql: `DELETE FROM operator_switch WHERE until < ${time} - ${ENDED_SWITCH_MS}` },
    {
      sql: `REPLACE INTO operator_switch (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ${time}, ${time} + ?)`,
      values: [kind, name, mode, reason, who, Math.round(lastsMs)],
    },
    { sql: `SELECT ${COLUMNS} FROM operator_switch WHERE kind = ? AND name = ?`, values: [kind, name] },
  ])
  const [made] = (answers[2] ?? []).flatMap(switchOf)
  if (!made) throw new Fault('internal', 'store: nothing was switched')
  return made
}

/** Whether there was one that counted. */
export async function removeSwitch(
  connection: Connection,
  kind: Switch['kind'],
  name: string,
  time: string,
): Promise<boolean> {
  const values = [kind, name]
  const [, live] = await together<Changed>(connection, [
    { sql: `DELETE FROM operator_switch WHERE kind = ? AND name = ? AND until <= ${time}`, values },
    { sql: 'DELETE FROM operator_switch WHERE kind = ? AND name = ?', values },
  ])
  return (live?.affectedRows ?? 0) > 0
}
