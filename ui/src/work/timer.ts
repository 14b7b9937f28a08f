/** Time on one item: by the wall, active, and until the first action. Active stops 30 s after the last input. */

export const IDLE = 30_000

export interface Times {
  readonly wall_ms: number
  readonly active_ms: number
  readonly first_ms: number | null
}

export class Timer {
  #began: number
  #last: number
  #counted: number
  #active = 0
  #first: number | null = null
  #hidden = false

  constructor(now: number) {
    this.#began = this.#last = this.#counted = now
  }

  /** An input of any kind: key, pointer, wheel. */
  input(now: number): void {
    this.#count(now)
    this.#last = now
  }

  /** The first deed on the item: a label, an accept, a selection. */
  act(now: number): void {
    this.input(now)
    this.#first ??= now - this.#began
  }

  hide(hidden: boolean, now: number): void {
    this.#count(now)
    this.#hidden = hidden
    if (!hidden) this.#last = now
  }

  read(now: number): Times {
    this.#count(now)
    return {
      wall_ms: Math.round(now - this.#began),
      active_ms: Math.round(this.#active),
      first_ms: this.#first === null ? null : Math.round(this.#first),
    }
  }

  #count(now: number): void {
    const until = Math.min(now, this.#last + IDLE)
    if (!this.#hidden && until > this.#counted) this.#active += until - this.#counted
    this.#counted = now
  }
}
