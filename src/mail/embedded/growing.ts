/** Bytes that come one at a time, up to a limit. */
export interface Growing {
  /** Takes a byte; false where there are already as many as may be. */
  push(byte: number): boolean
  readonly length: number
  /** A byte was refused. */
  readonly isFull: boolean
  /** What came so far, in a buffer of its own. */
  take(): Buffer
}

/** Begins with no bytes. */
export function createGrowing(limit: number): Growing {
  let bytes = Buffer.allocUnsafeSlow(1024)
  let length = 0
  let isFull = false
  return {
    push(byte) {
      if (length >= limit) {
        isFull = true
        return false
      }
      if (length === bytes.length) {
        const larger = Buffer.allocUnsafeSlow(length * 2)
        bytes.copy(larger)
        bytes = larger
      }
      bytes[length++] = byte
      return true
    },
    get isFull() {
      return isFull
    },
    get length() {
      return length
    },
    take: () => Buffer.from(bytes.subarray(0, length)),
  }
}
