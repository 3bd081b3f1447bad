import { createHash } from 'node:crypto'
import { causeOf, Fault, type Reading } from '../core/index.ts'
import type { Inspector } from '../inspector/index.ts'
import type { Store } from '../store/store.ts'
import type { PipelineDeps } from './deps.ts'
import { messageFacts } from './message-facts.ts'
import { rolesAtFirst } from './questions.ts'

const CONTENT = 'self-test'
const DIGEST = createHash('sha256').update(CONTENT).digest('hex')
const MESSAGE = Buffer.from(
  `Subject: self-test\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=x\r\n\r\n${CONTENT}`,
)
const NOBODY = { sender: '', recipients: [], clientAddress: '', helo: '', authenticated: false }

type Deps = Pick<PipelineDeps, 'inspector' | 'store' | 'ruleset' | 'roles' | 'declaredRoles'>

/**
 * Takes a harmless message through reader, store and rules, and tells nobody. Rejects with what keeps messages from getting through; that
 * there is too much to do, or that the store is away, is an answer, as mail is answered then too.
 */
export async function selfTest({ inspector, store, ruleset, roles, declaredRoles }: Deps): Promise<void> {
  const [reading] = await Promise.all([read(inspector), answers(store)])
  if (!reading) return
  const sample = reading.attachments.find(({ sha256 }) => sha256 === DIGEST)
  if (!sample) throw new Fault('inspector-garbage', 'the attachment of the self-test was not found')
  const message = messageFacts(NOBODY, reading, MESSAGE.length)
  ruleset().evaluate({ sample, message, roles: rolesAtFirst(roles, declaredRoles) })
}

async function read(inspector: Inspector): Promise<Reading | undefined> {
  const inspection = inspector.read()
  inspection.write(MESSAGE)
  return inspection.finish().catch((error: unknown) => {
    if (causeOf(error) !== 'overloaded') throw error
    return undefined
  })
}

async function answers(store: Store): Promise<void> {
  await store.lookup({ digests: [DIGEST], recipe: '', analyses: [], storyKey: '' }).catch((error: unknown) => {
    if (causeOf(error) !== 'store-unavailable') throw error
  })
}
