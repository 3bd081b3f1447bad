/**
 * The inspector: the only place where hostile bytes are parsed, and the only room that knows that this happens in other processes.
 *
 *     filter ── unix socket, mode 0660 ── supervisor ── pipe (descriptor 3) ── parser process, one message at a time
 *     client.ts                           supervisor.ts                        parser-main.ts
 *     inspection.ts  sample-bytes.ts      session.ts  pool.ts                  parser.ts
 *     connection.ts  launch.ts            parser-process.ts
 *                     frame.ts and protocol.ts on both ways; command.ts and layers.ts around the process
 *
 * **Who trusts whom.** Nobody trusts a parser process: the supervisor checks every frame of it (type, length before anything
 * is allocated, order, job number, form of the JSON, facts that can be true) and kills it for the first that is wrong. The
 * client checks the supervisor the same way. The supervisor looks at heads of frames and into facts, never at bytes of a message.
 *
 * **Life of a message.** The client copies what it is given into frames and sends nothing before its first buffer (16 KiB) is
 * full or the message is whole: a small message leaves in one write, and a slow sender occupies no process. A session of the
 * supervisor waits in the queue for a process when the message is whole or 256 KiB of it are there (beyond `queue` of either
 * kind: `overloaded`), then passes frames on. Every hop pauses its source when the next one is behind, so that a message takes
 * at most some megabytes on its way. The smallest whole message goes first, but before it whoever has waited for a second.
 *
 * **Slow clients.** At most `processes` jobs run at the pace of their client; the spare serves whole messages meanwhile. A client
 * that in all is slow for five seconds (less than 160 kB a second where nothing but its bytes is awaited), or awaited for longer
 * than `wall`, loses the process: who kept the bytes sends them again when they are all there.
 *
 * | what ends a reading early | the client sees | the process |
 * |---|---|---|
 * | message larger than `messageSize` | the reading of its beginning, unscannable `message-size` | goes on |
 * | processor time, by /proc, measured ten times a second: up to 0.1 s more than the budget | unscannable `cpu-time` | killed |
 * | wall time while it is the process's turn, not the client's | `deadline`: the machine is busy, which says nothing of the message | killed |
 * | a client too slow to send | `inspector-crashed` | told to let go, goes on |
 * | what was found fills more than 8 MiB | unscannable `header-bytes` | goes on |
 * | RLIMIT_DATA or V8's heap limit: an exception, or a trap with V8's words for it on standard error | unscannable `memory` | ended |
 * | an exception in a reader | unscannable `parser-error` | ended |
 * | a frame that is wrong in any way | `inspector-garbage` | killed |
 * | a kill from elsewhere, an exit, a crash | `inspector-crashed` | gone |
 * | the supervisor dies | `inspector-crashed` where it had taken bytes of the message, else `inspector-unavailable`, as until it is back (a start a second) | ends with it |
 * | the client gives up or dies | | told to let go, killed when it does not within two seconds |
 *
 * While it opens a sample, a process tells what it found before it goes on to anything that may take long: a limit that ends it from
 * outside loses none of that.
 *
 * A process is replaced after `messagesPerProcess` messages, after the first that ends when it is older than `lifetime`, and
 * after everything above that ended it, at most one a second; a warm spare takes over meanwhile. A process that was taken over
 * can read and falsify the messages that come to the same process after it, and nothing else: `docs/attack-table.md` is measured.
 *
 * **Nothing is left behind.** The supervisor ends when its standard input does; the wrapper of a process gets SIGKILL when
 * the supervisor dies (`setpriv --pdeathsig`, since a change of user clears what `unshare --kill-child` asked for), the process
 * when its wrapper dies, and both at the end of their pipe. Each runs in a session of its own, because a signal to "my process
 * group" crosses namespaces.
 *
 * **Quirks.** V8 reserves 512 MiB for code, which RLIMIT_DATA counts though nothing fills them, so the limit is `memory` plus what
 * our own map shows of it. The first process of a namespace ignores its own abort signal, so that V8's abort appears as a
 * trap. A paused socket does not keep Node alive. `unshare` started as another user cannot have a new user inside.
 */
export { createInspector, type InspectorDeps } from './client.ts'
export type { ParserCode } from './command.ts'
export type { InspectorEvent } from './events.ts'
export {
  type Inspection,
  type Inspector,
  type InspectorState,
  type Layer,
  unscannableReading,
  type WantedReading,
} from './inspector.ts'
export { containersOf } from './may-hold.ts'
export { type InspectorOptions, inspectorOptions } from './options.ts'
export { type Supervisor, type SupervisorSettings, startSupervisor } from './supervisor.ts'
export type { OpenedWith, Opening, SampleTree, TreeMember } from './tree.ts'
export { treeSchema } from './tree.ts'
