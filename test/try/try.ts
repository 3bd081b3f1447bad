/** `npm run try`: a private Postfix with the filter, eight mails, and a table of what became of them. */
import { type Filter, startFilter } from '../daemon/filter.ts'
import { startPostfix } from '../postfix/instance.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { type TellingMail, tellingMails } from './mails.ts'

/** One row of the table. */
export interface Tried {
  readonly title: string
  readonly saw: string
  readonly answered: string
}

/** Runs all mails and returns the rows; `tell` is called before each step. */
export async function tryAll(tell: (step: string) => void): Promise<readonly Tried[]> {
  tell('starting the filter and a Postfix of its own …')
  const filter = await startFilter()
  const sink = await startSink()
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  try {
    const rows: Tried[] = []
    for (const one of tellingMails()) {
      tell(`sending: ${one.title}`)
      if (one.isFilterStopped) await filter.stop()
      rows.push(await tryOne(one, postfix.port, filter))
    }
    return rows
  } finally {
    await Promise.allSettled([postfix.stop(), sink.stop(), filter.stop()])
  }
}

async function tryOne({ title, message, isFilterStopped }: TellingMail, port: number, filter: Filter): Promise<Tried> {
  const sender = `${title.replaceAll(/[^A-Za-z0-9]+/g, '-')}@src.test`
  const reply = await sendMail(port, { from: sender, to: 'b@dst.test', message })
  const answered = `${reply.code} ${reply.enhanced} ${reply.text.split('\n')[0]}`
  if (isFilterStopped) return { title, saw: 'nothing: it was stopped', answered }
  const line = await filter.message((one) => one.sender === sender)
  const names = (line.samples as readonly { name: string; type: string }[])
    .slice(0, 2)
    .map(({ name, type }) => `${name || '(no name)'} ${type}`)
  return { title, saw: `${line.verdict}: ${line.attachments} attachment(s): ${names.join(', ')}`, answered }
}

function print(rows: readonly Tried[]): void {
  const width = (key: keyof Tried) => Math.min(70, Math.max(...rows.map((row) => row[key].length)))
  for (const row of [{ title: 'mail', saw: 'what the filter saw', answered: 'what Postfix answered' }, ...rows]) {
    console.log([row.title.padEnd(width('title')), row.saw.slice(0, 70).padEnd(width('saw')), row.answered].join('  '))
  }
}

if (import.meta.main) print(await tryAll((step) => process.stderr.isTTY && console.error(step)))
