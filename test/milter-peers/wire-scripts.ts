// Conversations as an MTA's bytes, in words of their own: each step is a command byte and its strings.

/** One frame: the command byte, then its payload. */
export type WireStep = readonly [command: string, ...payload: readonly (string | Buffer)[]]
/** What an MTA sends in one connection, quit included. */
export type WireScript = readonly WireStep[]

const options = Buffer.from('00000006000001ff001fffff', 'hex')
const port = Buffer.from([0xa6, 0x1e])

const start: WireScript = [
  ['O', options],
  ['D', 'C', 'j\0mx.test.invalid\0{daemon_name}\0mx\0'],
]
const body: WireStep = ['B', 'hello\r\n']
const quit: WireStep = ['Q']

function connect(name: string): WireStep {
  return ['C', `${name}\0`, '4', port, '127.0.0.1\0']
}

function mail(localPart: string): WireStep {
  return ['M', `<${localPart}@src.test>\0`, 'SIZE=100\0']
}

const rcpt: WireStep = ['R', '<b@dst.test>\0']
const subject: WireStep = ['L', 'Subject\0', 'original\0']
const old: WireStep = ['L', 'X-Old\0', 'old\0']

/** A message of this sender from MAIL to end of message. */
function message(localPart: string): WireScript {
  return [mail(localPart), rcpt, ['T'], subject, old, ['N'], body, ['E']]
}

const session: WireScript = [...start, connect('client.test'), ['H', 'client.test\0']]
const stages = ['connect', 'helo', 'mail', 'rcpt', 'data', 'header', 'eoh', 'body', 'eom']
const replies = ['continue', 'accept', 'reject', 'tempfail', 'discard', 'text', 'later']
const ends: Readonly<Record<string, string>> = {
  ...{ connect: 'C', helo: 'H', mail: 'M', rcpt: 'R', data: 'T', header: 'L', eoh: 'N', body: 'B', eom: 'E' },
}

/** Every reply at every stage; the MTA says no more after it but the abort and the quit. */
export function replyScripts(): Readonly<Record<string, WireScript>> {
  const scripts: Record<string, WireScript> = {}
  for (const stage of stages) {
    for (const reply of replies) {
      const plan = `${stage}-${reply}`
      const opening = [...start, connect(stage === 'connect' ? plan : 'client.test')]
      const all = [...opening, ['H', stage === 'helo' ? `${plan}\0` : 'client.test\0'] as const, ...message(plan)]
      const last = all.findIndex(([command]) => command === ends[stage])
      scripts[plan] = [...all.slice(0, last + 1), ['A'], quit]
    }
  }
  return scripts
}

/** Sessions with more in them than one message, in the order in which an MTA sends them. */
export const orderlyScripts: Readonly<Record<string, WireScript>> = {
  'one message': [...session, ...message('plain'), ['A'], quit],
  'every edit': [...session, ...message('eom-edits'), ['A'], quit],
  quarantine: [...session, ...message('eom-quarantine'), ['A'], quit],
  'two messages': [...session, ...message('eom-text'), ['A'], ...message('plain'), ['A'], ['A'], quit],
  'an abort after RCPT': [...session, mail('plain'), rcpt, ['A'], ...message('eom-reject'), ['A'], quit],
  'several aborts in a row': [...session, ['A'], ['A'], ...message('plain'), ['A'], quit],
  'a second HELO': [...session, ['H', 'again.test\0'], ...message('plain'), ['A'], quit],
  'HELO within a message': [
    ...session,
    mail('plain'),
    rcpt,
    ['H', 'again.test\0'],
    ['A'],
    ...message('plain'),
    ['A'],
    quit,
  ],
  'an unknown command': [...session, ['U', 'FOO\0'], ['U', 'REFUSE\0'], ...message('plain'), ['A'], quit],
  'no body': [...session, mail('plain'), rcpt, ['T'], subject, ['N'], ['E'], ['A'], quit],
  'no headers': [...session, mail('plain'), rcpt, ['T'], ['N'], body, ['E'], ['A'], quit],
  'no DATA event': [...session, mail('plain'), rcpt, subject, ['N'], body, ['E'], ['A'], quit],
  'the null sender': [...session, ['M', '<>\0'], rcpt, ['T'], subject, ['N'], body, ['E'], ['A'], quit],
  'the last body chunk with end of message': [
    ...session,
    ...message('plain').slice(0, -1),
    ['E', 'rest\r\n'],
    ['A'],
    quit,
  ],
  'many body chunks': [...session, ...message('plain').slice(0, -1), body, body, body, ['E'], ['A'], quit],
  'a refused recipient and another': [...session, mail('rcpt-reject'), rcpt, rcpt, ['A'], quit],
  'a client by unix socket': [
    ...start,
    ['C', 'localhost\0', 'L', Buffer.from([0, 0]), '/run/x\0'],
    ...message('plain'),
    quit,
  ],
  'a client of an unknown family': [...start, ['C', 'localhost\0', 'U'], ...message('plain'), ['A'], quit],
  'macros with nothing in them': [...session, ['D', 'M'], mail('plain'), ['D', 'R'], rcpt, ['A'], quit],
  'a second connection (K)': [
    ...session,
    ...message('plain'),
    ['K'],
    connect('client.test'),
    ...message('eom-text'),
    quit,
  ],
}

/** What no MTA sends. */
export const disorderlyScripts: Readonly<Record<string, WireScript>> = {
  'RCPT before MAIL': [...session, rcpt, ...message('plain'), ['A'], quit],
  'end of message with nothing before it': [...session, ['E'], ...message('plain'), ['A'], quit],
  'MAIL within a message': [...session, mail('plain'), rcpt, ...message('eom-text'), ['A'], quit],
  'RCPT after the headers': [...session, mail('plain'), rcpt, subject, rcpt, ...message('plain'), ['A'], quit],
  'a header after the body': [
    ...session,
    ...message('plain').slice(0, -1),
    subject,
    ['E'],
    ...message('eom-text'),
    quit,
  ],
  'DATA twice': [...session, mail('plain'), rcpt, ['T'], ['T'], subject, ['N'], ['E'], ...message('plain'), quit],
  'CONNECT twice': [...session, connect('client.test'), ...message('plain'), ['A'], quit],
  'no CONNECT': [...start, ...message('plain'), ['A'], quit],
  'CONNECT within a message': [...session, mail('plain'), connect('client.test'), ...message('plain'), quit],
  'an odd list of macros': [...session, ['D', 'M', 'i\0'], mail('plain'), rcpt, ['A'], quit],
  'a command that does not exist': [...session, ['z'], ...message('plain'), quit],
  'MAIL without its NUL': [...session, ['M', '<a@src.test>'], rcpt, ['A'], ...message('eom-text'), quit],
  'MAIL without an address': [...session, ['M'], rcpt, ['A'], ...message('eom-text'), quit],
  'a header without a value': [...session, mail('plain'), rcpt, ['L', 'Subject\0'], ['N'], ['E'], ['A'], quit],
  'no negotiation': [...session.slice(1), ...message('plain'), quit],
  'two negotiations': [...session, ['O', options], ...message('plain'), quit],
}

/** The bytes of a script. */
export function bytesOf(script: WireScript): Buffer {
  return Buffer.concat(
    script.map(([command, ...payload]) => {
      const content = Buffer.concat([Buffer.from(command), ...payload.map((one) => Buffer.from(one as string))])
      const head = Buffer.alloc(4)
      head.writeUInt32BE(content.length)
      return Buffer.concat([head, content])
    }),
  )
}
