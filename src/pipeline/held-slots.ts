/**
 * Places for answers that are held: beyond them the mail server would run out of processes. While more than half are taken, nobody's
 * network has more than a quarter of all.
 */
export class HeldSlots {
  readonly total: number
  #used = 0
  readonly #byClient = new Map<string, number>()

  constructor(total: number) {
    this.total = total
  }

  get used(): number {
    return this.#used
  }

  /** Takes a place if there is one for this client. */
  take(client: string): boolean {
    const own = this.#byClient.get(client) ?? 0
    const isScarce = this.#used >= this.total / 2
    if (this.#used >= this.total || (isScarce && own >= Math.max(1, this.total / 4))) return false
    this.#used += 1
    this.#byClient.set(client, own + 1)
    return true
  }

  give(client: string): void {
    const own = (this.#byClient.get(client) ?? 1) - 1
    if (own === 0) this.#byClient.delete(client)
    else this.#byClient.set(client, own)
    this.#used -= 1
  }
}
