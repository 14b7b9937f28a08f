/**
 * Where a place in a text is, in both ways of counting.
 *
 * Files and Python count Unicode code points; the DOM counts UTF-16 units. Answers hold code points; the editor
 * works in UTF-16 and converts here, at the edge, so that an emoji never shifts a label.
 */
export class Offsets {
  /** UTF-16 index of the first half of every surrogate pair. */
  readonly #pairs: readonly number[]

  constructor(readonly text: string) {
    const pairs: number[] = []
    for (let at = 0; at < text.length; at++) {
      if (isPair(text, at)) pairs.push(at++)
    }
    this.#pairs = pairs
  }

  /** How many code points stand before a UTF-16 index; inside a pair, the code point counts as not yet passed. */
  toPoints(unit: number): number {
    let low = 0
    let high = this.#pairs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#pairs[middle] ?? 0) + 1 < unit) low = middle + 1
      else high = middle
    }
    const inside = this.#pairs[low] === unit - 1 ? 1 : 0
    return unit - low - inside
  }

  /** The UTF-16 index of a code point offset. */
  toUnits(point: number): number {
    let low = 0
    let high = this.#pairs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#pairs[middle] ?? 0) < point + middle) low = middle + 1
      else high = middle
    }
    return point + low
  }

  /** Length of the text in code points. */
  get length(): number {
    return this.text.length - this.#pairs.length
  }
}

function isPair(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  const second = text.charCodeAt(at + 1)
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff
}
