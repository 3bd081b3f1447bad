import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runOk } from './run.ts'

/** One message in Postfix's queue, as `postqueue -j` prints it. */
export type QueuedMessage = {
  readonly queueId: string
  readonly queue: 'incoming' | 'active' | 'deferred' | 'hold' | string
  readonly size: number
  readonly sender: string
  readonly recipients: readonly { readonly address: string; readonly delayReason: string | undefined }[]
}

type PostqueueLine = {
  readonly queue_name: string
  readonly queue_id: string
  readonly message_size: number
  readonly sender: string
  readonly recipients: readonly { readonly address: string; readonly delay_reason?: string }[]
}

/** Reads the whole queue of the instance with this configuration directory. */
export async function readQueue(configDir: string): Promise<readonly QueuedMessage[]> {
  const printed = await runOk('/usr/sbin/postqueue', ['-c', configDir, '-j'])
  const lines = printed
    .toString()
    .split('\n')
    .filter((line) => line !== '')
  return lines.map((line) => queuedMessage(JSON.parse(line) as PostqueueLine))
}

function queuedMessage(line: PostqueueLine): QueuedMessage {
  const recipients = line.recipients.map((one) => ({ address: one.address, delayReason: one.delay_reason }))
  return { queueId: line.queue_id, queue: line.queue_name, size: line.message_size, sender: line.sender, recipients }
}

/** Makes the folders of an empty queue, with the owners and modes of Postfix's own list (conf/postfix-files). */
export async function makeQueueFolders(queue: string): Promise<void> {
  const folders = (names: string) => names.split(' ').map((name) => join(queue, name))
  const own = folders('active bounce corrupt defer deferred flush hold incoming private saved trace')
  const shared = folders('maildrop public')
  for (const folder of [queue, join(queue, 'pid'), ...own, ...shared]) await mkdir(folder)
  await runOk('/usr/bin/chown', ['postfix', ...own])
  await runOk('/usr/bin/chmod', ['700', ...own])
  await runOk('/usr/bin/chown', ['postfix:postdrop', ...shared])
  await runOk('/usr/bin/chmod', ['730', join(queue, 'maildrop')])
  await runOk('/usr/bin/chmod', ['710', join(queue, 'public')])
}
