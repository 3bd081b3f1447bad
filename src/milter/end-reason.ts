// How sessions and messages end.

/** Why a session ended. */
export type CloseReason = 'quit' | 'eof' | 'violation' | 'timeout' | 'socket-error' | 'forced' | 'negotiation'

/** Why a message ended without the final answer of a hook. */
export type AbortReason = 'abort' | 'out-of-order' | 'deadline' | 'hook-error' | 'limit' | 'malformed' | CloseReason
