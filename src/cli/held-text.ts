/** What became of held messages, as people and programs read it beside their story. */
import type { Story } from '../core/index.ts'
import { type Held, orderedBy } from '../store/index.ts'
import { harmless } from './style.ts'

/** `released 2026-11-24T02:57:10Z by alice`. */
export function fateText(held: Held): string {
  const who = orderedBy(held)
  const at = held.ended === undefined ? '' : ` ${new Date(held.ended).toISOString().slice(0, 19)}Z`
  return `${held.state}${at}${who === undefined ? '' : ` by ${harmless(who)}`}`
}

/** A line below the story for each. */
export function heldText(all: readonly Held[] = []): string {
  const lines = all.map((held) => {
    const { note, host, queueId } = held
    const why = note === '' ? '' : ` (${harmless(note)})`
    return `quarantine: ${fateText(held)} on ${harmless(host)} as ${harmless(queueId)}${why}\n`
  })
  return lines.join('')
}

/** The story as JSON tells it. */
export function withHeld(story: Story, [held]: readonly Held[] = []): object {
  if (!held) return story
  const { state, note, ended: at } = held
  const by = orderedBy(held)
  return { ...story, quarantine: { state, note, ...(at !== undefined && { at }), ...(by !== undefined && { by }) } }
}
