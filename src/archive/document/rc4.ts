/** RC4, which the libraries of today no longer have and the documents of yesterday still need. */
export function rc4(key: Buffer, data: Buffer): Buffer {
  const state = new Uint8Array(256)
  for (let i = 0; i < 256; i++) state[i] = i
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(state, i) + at(key, i % key.length)) & 0xff
    swap(state, i, j)
  }
  const out = Buffer.allocUnsafe(data.length)
  for (let n = 0, i = 0, j = 0; n < data.length; n++) {
    i = (i + 1) & 0xff
    j = (j + at(state, i)) & 0xff
    swap(state, i, j)
    out[n] = at(data, n) ^ at(state, (at(state, i) + at(state, j)) & 0xff)
  }
  return out
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

function swap(state: Uint8Array, i: number, j: number): void {
  const kept = at(state, i)
  state[i] = at(state, j)
  state[j] = kept
}
