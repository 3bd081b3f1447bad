// What must not compile: each line below with an expected error is an error of the type check when it becomes legal.
import {
  accept,
  continue_,
  discard,
  type MilterHooks,
  quarantine,
  reject,
  skip,
  tempfail,
} from '../../src/milter/index.ts'

/** Replies that are legal, at every hook. */
export const legal: MilterHooks = {
  connect: () => reject(),
  helo: async () => tempfail({ code: 421, text: 'bye' }),
  mail: () => discard(),
  rcpt: () => skip(),
  data: () => accept(),
  unknown: () => reject(),
  header: async () => skip(),
  endOfHeaders: async () => undefined,
  body: () => {},
  endOfMessage: () => quarantine('held'),
  abort: () => {},
}

/** Hooks that only look need no return statement, at once or later. */
export const looking: MilterHooks = {
  connect: () => {},
  mail: async () => {},
  header: () => undefined,
  endOfMessage: async () => continue_(),
}

/** Replies that the MTA would not take. */
export const illegal: MilterHooks = {
  // @ts-expect-error Postfix ignores a discard at connect
  connect: () => discard(),
  // @ts-expect-error and at helo, also when it comes later
  helo: async () => discard(),
  // @ts-expect-error there is only one MAIL
  mail: () => skip(),
  // @ts-expect-error quarantine is for end of message
  rcpt: () => quarantine('early'),
  // @ts-expect-error there is only one DATA
  data: () => skip(),
  // @ts-expect-error an unknown verb accepts nothing
  unknown: () => accept(),
  // @ts-expect-error quarantine is for end of message
  header: () => quarantine('early'),
  // @ts-expect-error there is only one end of headers
  endOfHeaders: () => skip(),
  // @ts-expect-error quarantine is for end of message
  body: async () => quarantine('early'),
  // @ts-expect-error there is nothing left to skip
  endOfMessage: () => skip(),
}

/** End of message must be answered. */
export const silent: MilterHooks = {
  // @ts-expect-error a forgotten answer
  endOfMessage: () => undefined,
}

/** And an abort cannot be. */
export const answering: MilterHooks = {
  abort: (tx) => {
    // @ts-expect-error the recipients are not for changing
    tx.recipients.push(tx.sender)
  },
}
