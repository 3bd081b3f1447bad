import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContentMeter } from '../../src/facts/index.ts'
import { msgWithReminder, tnefWithReminder } from './make-reminder.ts'
import { openWithBytes } from './rig.ts'

const FORMATS = { msg: msgWithReminder, tnef: tnefWithReminder } as const

for (const [format, make] of Object.entries(FORMATS)) {
  test(`a reminder in ${format} that plays a file of another machine is told with its path`, async () => {
    const { tree, textOf } = await openWithBytes(make('\\\\192.0.2.1\\share\\a.wav'), { newMeter: createContentMeter })

    const [member] = tree.nodes.filter(({ name }) => name === 'reminder.txt')
    assert.equal(textOf('reminder.txt'), '\\\\192.0.2.1\\share\\a.wav')
    assert.deepEqual(member?.names, [{ value: 'reminder.txt', origin: 'mapi.reminder' }])
    assert.deepEqual(
      member?.content?.links.map(({ scheme, host }) => [scheme, host]),
      [['unc', '192.0.2.1']],
    )
  })

  test(`a reminder in ${format} with a sound of the machine itself is not told`, async () => {
    const { tree } = await openWithBytes(make('reminder.wav'))

    assert.deepEqual(
      tree.nodes.filter(({ name }) => name === 'reminder.txt'),
      [],
    )
  })
}
