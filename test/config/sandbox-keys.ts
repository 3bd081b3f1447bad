/** The keys of the sandboxes' options, which are the same but for one. */
import type { Key } from './keys.ts'

const SECRET = '{ file: /etc/passwd }'

/** How samples are run: key, a value that is taken, one that is refused. */
const GUEST: readonly (readonly [string, string, string])[] = [
  ['machine', 'win10-1', 'win 10'],
  ['platform', 'windows', 'windows or linux'],
  ['tags', '[office, x64]', 'office'],
  ['package', 'doc', '[doc]'],
  ['route', 'internet', '../x'],
  ['timeout', '120s', '120'],
  ['priority', '2', '11'],
  ['enforceTimeout', 'true', 'sometimes'],
  ['tlp', 'amber', 'red'],
  ['set', '{ free: "yes" }', '[free]'],
]

const COMMON: readonly (readonly [string, string, string])[] = [
  ['tokenScheme', 'Bearer', 'Basic'],
  ['ca', SECRET, 'text'],
  ['proxy', 'http://proxy.example.org:3128', '5'],
  ['optionsByType', '{ "application/pdf": { package: pdf } }', 'pdf'],
  ['shareNames', 'true', 'perhaps'],
  ['sharePasswords', 'true', 'maybe'],
  ['upload', '{ types: [application/pdf] }', 'sometimes'],
  ['concurrency', '4', '0'],
  ['queue', '10', '0'],
  ['wait', '10s', '10'],
  ['maxPending', '50', 'many'],
  ['connect', '1s', 'fast'],
  ['stall', '10s', '-1s'],
  ['timeout', '30s', '30'],
  ['reportTimeout', '2m', '2'],
  ['maxReport', '100MiB', '100'],
  ['maxSize', '25MiB', '25'],
  ['poll', '10s', 'often'],
  ['check', '1m', '1M'],
  ['selfTest', '24h', '24'],
  ['selfTestScore', '8', '11'],
  ['late', '30s', '30'],
  ['lost', '5m', 'never'],
]

/** The keys of both sandboxes. */
export const SANDBOX_KEYS: readonly Key[] = ['cape', 'cuckoo'].flatMap((type) => {
  const box = (keys: string) => `analyzers:\n  ${type}: { type: ${type}, ${keys} }`
  const own = (key: string, taken: string, refused: string): Key => {
    return { path: `analyzers.${type}.${key}`, taken, refused, within: box(`url: "http://box:8000", ${key}: @`) }
  }
  return [
    { path: `analyzers.${type}.url`, taken: 'https://box/api', refused: 'box:8000', within: box('url: @') },
    own('token', SECRET, 'text'),
    ...COMMON.map(([key, taken, refused]) => own(key, taken, refused)),
    ...(type === 'cape' ? [own('liteReport', 'true', '2')] : []),
    ...GUEST.map(([key, taken, refused]) => {
      return { ...own(`options.${key}`, taken, refused), within: box(`url: "http://box", options: { ${key}: @ }`) }
    }),
    {
      path: `analyzers.${type}.instances.0.url`,
      taken: 'http://box:8000',
      refused: 'http://user@box',
      within: box('instances: [{ url: @ }]'),
    },
    {
      path: `analyzers.${type}.instances.0.token`,
      taken: SECRET,
      refused: 'text',
      within: box('instances: [{ url: "http://box", token: @ }]'),
    },
    ...GUEST.map(([key, taken, refused]) => ({
      path: `analyzers.${type}.instances.0.options.${key}`,
      taken,
      refused,
      within: box(`instances: [{ url: "http://box", options: { ${key}: @ } }]`),
    })),
  ]
})
