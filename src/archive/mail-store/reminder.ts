/**
 * The sound of a reminder: a file that Outlook opens by itself as soon as the message is there, on another machine too, to which it then
 * proves who the user is (CVE-2023-23397). It is told as a member, so that rules see where it leads.
 */
import { type Member, memberOf, type OpenContext } from '../container.ts'

/** PidLidReminderFileParameter ([MS-OXPROPS] 2.219), the number of a named property. */
export const REMINDER_FILE = 0x851f

/** Where the name of such a member stands. */
const ORIGIN = 'mapi.reminder'

/** The path as a member; a mere file name is a sound of the machine itself, and nothing to tell. */
export function* reminder(path: string, { share }: OpenContext): Generator<Member> {
  if (!/[\\/]/.test(path)) return
  const bytes = Buffer.from(path.slice(0, 4096))
  yield memberOf({
    path: 'reminder.txt',
    origin: ORIGIN,
    declaredType: 'text/plain',
    declaredSize: bytes.length,
    *bytes() {
      share.take(bytes.length)
      yield bytes
    },
  })
}
