/**
 * Queue ids of Postfix. Short ones (hexadecimal: microseconds and inode) come again after a while, so that whoever acts on one may hit
 * another message; long ones (postconf(5), enable_long_queue_ids: time in base 52, a `z`, inode in base 51) do not.
 */
const LONG = /^[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{1,20}$/

/** Whether no two messages of a mail server ever have this id. */
export function isLongQueueId(text: string): boolean {
  return LONG.test(text)
}

/** What to do about short ones. */
export const LONG_QUEUE_IDS_REMEDY =
  'short queue ids are used again by other messages: postconf -e enable_long_queue_ids=yes && postfix reload'
