// The filter of the differential test and of the miltertest scripts on our library; peer.py is the same on libmilter.

import {
  accept,
  continue_,
  createMilterServer,
  discard,
  type MessageEdit,
  type MilterServer,
  quarantine,
  type Reply,
  reject,
  skip,
  tempfail,
} from '../../src/milter/index.ts'

type State = { plan: string }

/** Starts it on a loopback port of its own. */
export async function startPlannedFilter(): Promise<{ readonly server: MilterServer; readonly port: number }> {
  const server = createMilterServer<State>({
    actions: [
      'addHeader',
      'replaceBody',
      'addRecipient',
      'removeRecipient',
      'changeHeader',
      'quarantine',
      'changeSender',
    ],
    hooks: {
      connect: (session) => answer(session, 'connect', session.connect?.hostname ?? ''),
      helo: (session) => answer(session, 'helo', session.helo ?? ''),
      mail: (tx) => answer(tx.session, 'mail', tx.sender?.address.split('@')[0] ?? ''),
      rcpt: (tx) => answer(tx.session, 'rcpt'),
      data: (tx) => answer(tx.session, 'data'),
      unknown: (_session, command) => (command.toString('latin1').startsWith('REFUSE') ? reject() : undefined),
      header: (tx) => answer(tx.session, 'header'),
      endOfHeaders: (tx) => answer(tx.session, 'eoh'),
      body: (tx) => answer(tx.session, 'body'),
      endOfMessage: (tx) => {
        const plan = tx.session.data?.plan
        if (plan === 'eom-edits') editAll(tx.edit)
        if (plan === 'eom-quarantine') return quarantine('suspicious')
        return answer(tx.session, 'eom') ?? continue_()
      },
    },
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the filter listens on no port')
  return { server, port: address.port }
}

// The types of the hooks would not let a plan choose a reply that is illegal at its stage; that is what is tried here.
function answer(session: { data: State | undefined }, stage: string, plan?: string): undefined {
  if (plan !== undefined) session.data = { plan }
  const [wanted, reply = ''] = (session.data?.plan ?? '').split('-')
  return (wanted === stage ? replies[reply] : undefined) as undefined
}

const replies: Readonly<Record<string, Reply>> = {
  continue: continue_(),
  accept: accept(),
  reject: reject(),
  tempfail: tempfail(),
  discard: discard(),
  skip: skip(),
  text: reject({ code: 550, enhanced: '5.7.1', text: 'not wanted' }),
  later: tempfail({ code: 451, enhanced: '4.7.1', text: 'come again' }),
}

function editAll(edit: MessageEdit): void {
  edit.changeSender('<new@src.test>')
  edit.addRecipient('<added@dst.test>')
  edit.removeRecipient('<b@dst.test>')
  edit.changeHeader('Subject', 1, 'changed\n\tand folded')
  edit.deleteHeader('X-Old', 1)
  edit.addHeader('X-Added', 'at the end')
  edit.insertHeader(0, 'X-Top', 'above')
  edit.replaceBody('a new body\r\n')
}
