import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSqliteStore } from '../../src/store/index.ts'
import { assertGenerated, table } from '../generated.ts'
import { killAt, type Left, type Place, stepsOf } from '../nodes/killed.ts'
import { inParallel } from '../nodes/nodes.ts'
import { inTempFolder } from '../store/temp-folder.ts'

/** Longer than any lease, shorter than an analysis may take. */
const LATER_MS = 300_000
/** Steps that a message has only where its analysis takes time. */
const BEATS = ['uncommitted', 'committed'].map((moment) => `${moment} renewal of the lease`)

test('a process that is killed at any step loses no analysis, runs none again and accepts nothing unseen', () =>
  inTempFolder(async (folder) => {
    const place = (name: string): Place => {
      const path = join(folder, `${name}.db`)
      return {
        where: path,
        later: () => createSqliteStore({ path, timeoutMs: 60_000, now: () => Date.now() + LATER_MS }),
      }
    }
    const steps = [...(await stepsOf(join(folder, 'whole'), place('whole'))), ...BEATS]

    const left = await inParallel(steps.length, 2, (n) => killAt(join(folder, `${n}`), place(`${n}`), steps[n] ?? ''))

    assert.deepEqual(
      left.filter(({ runs }) => runs !== 1),
      [],
    )
    assertGenerated('docs/store.md', 'killed', table(HEAD, left.map(rowOf)))
  }))

const HEAD = ['killed', 'analysis', 'story', 'at the sandbox', 'the mail server', 'who goes on', 'runs in all']

function rowOf({ step, analysis, story, tasks, told, isGoneOnWith, runs }: Left): readonly string[] {
  const [moment = '', ...name] = step.split(' ')
  return [
    `${WHEN[moment] ?? moment} ${name.join(' ')}`,
    analysis,
    story,
    tasks === 0 ? '–' : 'a task',
    told === '' ? '451' : told,
    isGoneOnWith ? 'any node' : analysis === 'reported' ? 'the retry is answered' : 'the retry',
    String(runs),
  ]
}

const WHEN: Readonly<Record<string, string>> = {
  before: 'before',
  uncommitted: 'within the transaction of',
  committed: 'after the commit of',
}
