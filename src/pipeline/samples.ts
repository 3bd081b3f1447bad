/** The samples of a message about which the rules are asked. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessageFacts, Reading, RoleState, Sample } from '../core/index.ts'
import type { Ruleset } from '../rules/index.ts'
import type { Override } from '../store/store.ts'
import type { Around } from './around.ts'
import { Case } from './case.ts'
import type { KeptMessage } from './kept-message.ts'
import type { Opening } from './opening.ts'
import { identityOf } from './story-key.ts'

/** The path of a message as a sample of its own; no reading gives it to a part. */
export const MESSAGE_PATH = 'message'
const TYPE = 'message/rfc822'

/** Samples that are judged before others get their turn. */
const AT_ONCE = 200

/** Every attachment with its members behind it; the message's texts, and the message itself, where some rule looks at such. */
export async function samplesOf(
  reading: Reading,
  kept: KeptMessage,
  ruleset: Pick<Ruleset, 'looksAt'>,
  opening: Opening = new Map(),
): Promise<readonly Sample[]> {
  const bodies = ruleset.looksAt('body') ? reading.bodies : []
  // A message of which no digest is to be had could not be kept, and that fails elsewhere.
  const whole = ruleset.looksAt('message') ? [wholeMessage(reading, kept.size, await identityOf(kept))] : []
  const withMembers = (sample: Sample) => {
    const within = opening.get(sample.path)
    return within?.container.sha256 === sample.sha256 ? [within.container, ...within.members] : [sample]
  }
  // A text that carries files is not judged itself where no rule looks at texts.
  const carried = ruleset.looksAt('body') ? [] : reading.bodies.flatMap(({ path }) => opening.get(path)?.members ?? [])
  return [...reading.attachments.flatMap(withMembers), ...bodies.flatMap(withMembers), ...carried, ...whole]
}

/** Samples as cases; there may be thousands, so others get their turn in between. */
export async function casesOf(
  samples: readonly Sample[],
  opening: Opening,
  message: MessageFacts,
  ruleset: Ruleset,
  roles: ReadonlyMap<string, RoleState>,
  overrideFor: (sha256: string) => Override | undefined = () => undefined,
  around: (sample: Sample) => Around = () => ({}),
): Promise<readonly Case[]> {
  const cases: Case[] = []
  for (const sample of samples) {
    const unread = opening.get(sample.path.split('/', 1)[0] ?? '')?.unread.get(sample.path)
    cases.push(new Case(sample, message, ruleset, roles, unread, overrideFor(sample.sha256), around(sample)))
    if (cases.length % AT_ONCE === 0) await nextTurn()
  }
  return cases
}

function wholeMessage({ anomalies }: Reading, size: number, sha256: string): Sample {
  return {
    sha256,
    size,
    ...{ type: TYPE, types: [TYPE], groups: [], charset: '', testString: '', links: [] },
    ...{ role: 'message', name: '', names: [], path: MESSAGE_PATH, depth: 0, declaredType: TYPE, declaredCharset: '' },
    ...{ disposition: '', readings: [], anomalies, mismatches: [] },
  }
}
