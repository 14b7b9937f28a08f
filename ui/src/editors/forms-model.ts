import type { Entry } from "./labels"

/** The criteria of an ontology: every label that can be said, in the ontology's order. */
export const criteriaOf = (entries: readonly Entry[]): Entry[] =>
  entries.filter(({ label }) => label.selectable)

/** The value without what only explains it, so that equal answers are equal text. */
export function bare(value: unknown, remarks: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((part) => bare(part, remarks))
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !remarks.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, bare(part, remarks)]),
  )
}

export const REMARKS: ReadonlySet<string> = new Set(["comment", "why"])

export const sameBut = (a: unknown, b: unknown): boolean =>
  JSON.stringify(bare(a, REMARKS)) === JSON.stringify(bare(b, REMARKS))

export interface Scale {
  readonly low: number
  readonly high: number
  readonly levels: Readonly<Record<string, string>>
}

export function scaleOf(value: unknown): Scale {
  const { low = 1, high = 5, levels = {} } = (value ?? {}) as Partial<Scale>
  return { low, high, levels }
}

export const scoresOf = ({ low, high }: Scale): number[] =>
  Array.from({ length: high - low + 1 }, (_, at) => low + at)

/** The score behind a digit: itself where the scale holds it, so that 4 is 4. "0" is ten where zero is none. */
export function scoreOfDigit(digit: number, { low, high }: Scale): number | null {
  const score = digit === 0 && low > 0 ? 10 : digit
  return score >= low && score <= high ? score : null
}

export type Prefer = "a" | "b" | "tie" | "neither"

export interface Preference {
  readonly prefer: Prefer
  readonly strength: number
}

/**
 * Where a preference stands on the screen's line: left of the middle for what stands left. Null off the line.
 * `order` says which response stands left.
 */
export function placeOf({ prefer, strength }: Preference, order: readonly number[]): number | null {
  if (prefer === "neither") return null
  if (prefer === "tie") return 0
  return (prefer === "a") === (order[0] !== 1) ? -strength : strength
}

export function preferenceAt(place: number, order: readonly number[]): Preference {
  if (place === 0) return { prefer: "tie", strength: 0 }
  const left = order[0] === 1 ? "b" : "a"
  const right = left === "a" ? "b" : "a"
  return { prefer: place < 0 ? left : right, strength: Math.abs(place) }
}

/** All places of the line, from the left one much better to the right one. */
export function line(strength: number, tie: boolean): number[] {
  const places = Array.from({ length: 2 * strength + 1 }, (_, at) => at - strength)
  return tie ? places : places.filter((place) => place !== 0)
}

/** One step along the line; the first step leaves the middle. */
export function step(places: readonly number[], at: number | null, by: -1 | 1): number {
  if (at === null) return by
  const next = places[places.indexOf(at) + by]
  return next ?? at
}

export const letter = (at: number): string => String.fromCharCode(65 + at)

/** Ranks without gaps: 1, 3, 3 is 1, 2, 2. */
export function dense(ranks: readonly (number | null)[]): (number | null)[] {
  const places = [...new Set(ranks.filter((rank) => rank !== null))].sort((a, b) => a - b)
  return ranks.map((rank) => (rank === null ? null : places.indexOf(rank) + 1))
}

export interface Word {
  readonly text: string
  readonly kind: "same" | "only"
}

const MOST_WORDS = 4000

/** The words of a text, and which of them the other text does not have at that place (longest common subsequence). */
export function wordsAgainst(text: string, other: string): Word[] {
  const [mine, theirs] = [text.match(/\s+|\S+/g) ?? [], other.match(/\s+|\S+/g) ?? []]
  if (mine.length * theirs.length > MOST_WORDS * MOST_WORDS) return [{ text, kind: "same" }]
  const width = theirs.length + 1
  const longest = new Uint16Array((mine.length + 1) * width)
  for (let a = mine.length - 1; a >= 0; a--) {
    for (let b = theirs.length - 1; b >= 0; b--) {
      const at = a * width + b
      longest[at] =
        mine[a] === theirs[b]
          ? (longest[at + width + 1] ?? 0) + 1
          : Math.max(longest[at + width] ?? 0, longest[at + 1] ?? 0)
    }
  }
  const words: Word[] = []
  const say = (word: string, kind: Word["kind"]) => {
    const last = words.at(-1)
    if (last?.kind === kind) words[words.length - 1] = { text: last.text + word, kind }
    else words.push({ text: word, kind })
  }
  let b = 0
  for (let a = 0; a < mine.length; a++) {
    const word = mine[a] ?? ""
    while (
      b < theirs.length &&
      word !== theirs[b] &&
      (longest[a * width + b + 1] ?? 0) >= (longest[(a + 1) * width + b] ?? 0) &&
      (longest[a * width + b + 1] ?? 0) > 0
    )
      b++
    if (word === theirs[b]) {
      say(word, "same")
      b++
    } else say(word, "only")
  }
  return words
}
