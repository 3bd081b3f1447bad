/** A shared number of bytes from which parts are taken and given back; taking more than is left fails instead of waiting. */
export class Budget {
  readonly total: number
  #used = 0

  constructor(total: number) {
    this.total = total
  }

  get used(): number {
    return this.#used
  }

  /** Takes bytes if there are so many left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.total) return false
    this.#used += bytes
    return true
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}
