import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storyText } from '../../src/cli/story-text.ts'
import { styleFor } from '../../src/cli/style.ts'
import type { Story, StorySample } from '../../src/core/index.ts'
import { sample } from '../fakes/inspector.ts'

const PLAIN = styleFor({ isTTY: false, write: () => true }, {})

function judged(path: string, name: string): StorySample {
  const outcome = { kind: 'decided', verdict: 'ignored', rule: 'rest', reason: 'nothing' } as const
  return { sample: sample(name, { path }), outcome, disposition: 'accept', reports: {} }
}

function story(changes: Partial<Story>): Story {
  return {
    ...{ listener: 'x', profile: 'mx', mode: 'enforce', clientAddress: '', helo: '', sender: '', recipients: [] },
    ...{ subject: '', messageId: '', size: 1, rulesetVersion: '1', ref: 'REF', key: '', firstSeen: 0, tries: [] },
    samples: [],
    outcome: { kind: 'unscannable', limit: 'container-ratio' },
    ...changes,
  }
}

test('members stand under their container, and those that are not named are counted', () => {
  const samples = [judged('2', 'x.zip'), judged('2/1', 'in.zip'), judged('2/1/3', 'a.txt')]

  const told = storyText(story({ samples, membersLeftOut: 7 }), PLAIN)

  const lines = told.split('\n').filter((line) => /x\.zip|in\.zip|a\.txt|more members/.test(line))
  assert.deepEqual(
    lines.map((line) => [line.search(/\S/), line.trim().split('  ')[0]]),
    [
      [4, '2'],
      [6, '2/1'],
      [8, '2/1/3'],
      [4, 'and 7 more members of containers that decided nothing'],
    ],
  )
  assert.match(told, /unscannable\(container-ratio\): the container expands to far more than its own size/)
})

test('a story with all its members named says nothing of others', () => {
  const told = storyText(story({ samples: [judged('2', 'x.zip')] }), PLAIN)

  assert.doesNotMatch(told, /more members/)
})
