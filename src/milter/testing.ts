// node-milter-protocol/testing: the MTA's side, for the tests of filters.
export { type FilterAddress, MilterClient, type MilterClientOptions, piecesOf } from './client.ts'
export { FakeClock } from './fake-clock.ts'
export { FakePostfix, type FakePostfixOptions, fakePostfix, type Submission } from './fake-postfix.ts'
export { readMessage, type WireHeader, type WireMessage } from './message-frames.ts'
export type { MtaReply } from './mta-reply.ts'
export type { MacroPool } from './postfix-macros.ts'
