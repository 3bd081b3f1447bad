/** The keys of policies; part of the table of all keys. */
import type { Key } from './keys.ts'

function within(key: string): string {
  return `overrides: [{ ${key}: @ }]`
}

function override(key: string, taken: string, refused: string): Key {
  return { path: `overrides.0.${key}`, taken, refused, within: within(key) }
}

const actions = [
  'bad',
  'suspicious',
  'good',
  'ignored',
  'unknown',
  'unscannable',
  'unanalysed',
  'pending',
  'failed',
  'expired',
]

export const POLICY_KEYS: readonly Key[] = [
  { path: 'profiles.mx.mixed', taken: 'strictest', refused: 'split' },
  { path: 'profiles.mx.redirectTo', taken: 'q@example.org', refused: 'q' },
  { path: 'profiles.mx.subjectPrefix', taken: '"[odd]"', refused: '"a\\nb"' },
  override('name', 'pilot', 'the pilot'),
  override('recipients', '[a@example.org]', '7'),
  override('domains', '[example.org]', '[]'),
  override('senders', '["<>", "@example.org"]', 'a@example.org'),
  override('networks', '[192.0.2.0/24]', 'all'),
  override('authenticated', 'true', 'perhaps'),
  override('direction', 'inbound', 'sideways'),
  override('profile', 'submission', '[]'),
  override('mode', 'enforce', 'observe'),
  override('hold', '30s', '30'),
  override('maxAge', '2h', 'long'),
  ...actions.map((key) => override(key, 'redirect', 'drop')),
  ...['mail', 'container', 'document'].map((key) => ({
    path: `overrides.0.encrypted.${key}`,
    taken: 'tag',
    refused: 'never',
    within: `overrides: [{ encrypted: { ${key}: @ } }]`,
  })),
  override('redirectTo', 'q@example.org', '"q @example.org"'),
  override('subjectPrefix', '"[odd] "', '""'),
  { path: 'headers.name', taken: 'X-Checked', refused: '"X Checked"' },
  { path: 'headers.value', taken: '"{verdict} {ref}"', refused: '"{rule}"' },
  { path: 'headers.add', taken: 'never', refused: 'sometimes' },
  { path: 'headers.redirected', taken: 'X-Was-For', refused: '"X:"' },
]
