import type { Offsets } from "@/lib/offsets"
import type { Stretch } from "@/lib/words"

/** A marked place of the text in the editor, in UTF-16 units. */
export interface Mark extends Stretch {
  readonly id: string
  /** The parts of the text under the mark, in order: one, or several where it leaves out words. */
  readonly fragments: readonly Stretch[]
  readonly label: string
  /** `suggested`: by a model and not looked at yet; `accepted`: a person agreed; `human`: a person made it. */
  readonly state: State
  /** What stands on its tag, and its colour, where these are not its label's. */
  readonly note?: string
  readonly hue?: number
  /** Belongs together with the selected one. */
  readonly kin?: boolean
}

export type State = "suggested" | "accepted" | "human"

/** The marks in reading order. */
export type Marks = readonly Mark[]

/** A place as answers hold it, in code points; `fragments` only where there is a gap. */
export interface Place {
  readonly start: number
  readonly end: number
  readonly fragments?: readonly (readonly [number, number])[]
}

export const inReadingOrder = (a: Mark, b: Mark) =>
  a.start - b.start || b.end - a.end || a.label.localeCompare(b.label)

const nameOf = (fragments: readonly Stretch[]) =>
  fragments.map(({ start, end }) => `${start}-${end}`).join("+")

export function markOf(fragments: readonly Stretch[], label: string, state: State): Mark {
  const [first, last] = [fragments[0], fragments.at(-1)]
  const id = `${nameOf(fragments)}-${label}`
  return { id, start: first?.start ?? 0, end: last?.end ?? 0, fragments, label, state }
}

/** The fragments of a stored place. */
export function fragmentsOf(offsets: Offsets, { start, end, fragments }: Place): Stretch[] {
  return (fragments ?? [[start, end] as const]).map(([from, to]) => ({
    start: offsets.toUnits(from),
    end: offsets.toUnits(to),
  }))
}

/** The place as answers hold it. */
export function placeOf(offsets: Offsets, { start, end, fragments }: Mark): Place {
  const place = { start: offsets.toPoints(start), end: offsets.toPoints(end) }
  if (fragments.length < 2) return place
  return {
    ...place,
    fragments: fragments.map((one) => [offsets.toPoints(one.start), offsets.toPoints(one.end)] as const),
  }
}

export const wordsOf = (text: string, { fragments }: Mark) =>
  fragments.map(({ start, end }) => text.slice(start, end)).join(" … ")

export const overlaps = (a: Stretch, b: Stretch) => a.start < b.end && b.start < a.end

const meet = (a: readonly Stretch[], b: readonly Stretch[]) =>
  a.some((one) => b.some((two) => overlaps(one, two)))

export interface Added<M extends Mark = Mark> {
  readonly marks: readonly M[]
  readonly id: string
  /** Marks that had to go because the task allows no overlap. */
  readonly replaced: Marks
}

/** Puts a mark in. Where overlap is not allowed, what lay there gives way: that is how a boundary is corrected. */
export function put<M extends Mark>(marks: readonly M[], made: M, allowOverlap: boolean): Added<M> {
  const same = marks.find((mark) => mark.id === made.id)
  if (same)
    return { marks: same.state === "suggested" ? accept(marks, same.id) : marks, id: same.id, replaced: [] }
  const replaced = allowOverlap ? [] : marks.filter(({ fragments }) => meet(fragments, made.fragments))
  const rest = marks.filter((mark) => !replaced.includes(mark))
  return { marks: [...rest, made].sort(inReadingOrder), id: made.id, replaced }
}

export const add = (marks: Marks, { start, end }: Stretch, label: string, allowOverlap: boolean): Added =>
  put(marks, markOf([{ start, end }], label, "human"), allowOverlap)

/** The same words wherever else they stand as words, under the same label; places that are marked already stay. */
export function everywhere(
  text: string,
  list: readonly Stretch[],
  marks: Marks,
  { fragments, label }: Mark,
): Marks {
  const [one, more] = fragments
  if (!one || more) return marks
  const said = text.slice(one.start, one.end)
  const splits = new Uint8Array(text.length + 1) // places within a word
  for (const { start, end } of list) splits.fill(1, start + 1, end)
  const found: Mark[] = []
  for (let at = text.indexOf(said); at >= 0; at = text.indexOf(said, at + said.length)) {
    const place = { start: at, end: at + said.length }
    if (splits[place.start] || splits[place.end]) continue
    if (!marks.some((mark) => meet(mark.fragments, [place]))) found.push(markOf([place], label, "human"))
  }
  return found.length ? [...marks, ...found].sort(inReadingOrder) : marks
}

/** A mark at another place; what is particular to its kind (a chain, an opinion) stays with it. */
export function replace<M extends Mark>(
  marks: readonly M[],
  mark: M,
  fragments: readonly Stretch[],
  allowOverlap: boolean,
): Added<M> {
  if (fragments.length === 0) return { marks, id: mark.id, replaced: [] }
  const { id, start, end } = markOf(fragments, keyOf(mark), "human")
  return put(remove(marks, mark.id), { ...mark, id, start, end, fragments, state: "human" }, allowOverlap)
}

/** What of a mark's id is not its place. */
const keyOf = ({ id, fragments }: Mark) => id.slice(nameOf(fragments).length + 1)

export const remove = <M extends Mark>(marks: readonly M[], id: string): readonly M[] => {
  const rest = marks.filter((mark) => mark.id !== id)
  return rest.length === marks.length ? marks : rest
}

export const accept = <M extends Mark>(marks: readonly M[], id: string): readonly M[] =>
  marks.some((mark) => mark.id === id && mark.state === "suggested")
    ? marks.map((mark) => (mark.id === id ? { ...mark, state: "accepted" as const } : mark))
    : marks

export const acceptAll = <M extends Mark>(marks: readonly M[]): readonly M[] =>
  pending(marks).length
    ? marks.map((mark) => (mark.state === "suggested" ? { ...mark, state: "accepted" as const } : mark))
    : marks

export const rejectAll = <M extends Mark>(marks: readonly M[]): readonly M[] =>
  pending(marks).length ? marks.filter(({ state }) => state !== "suggested") : marks

export const pending = <M extends Mark>(marks: readonly M[]): readonly M[] =>
  marks.filter(({ state }) => state === "suggested")

/** Another label on the same place; a mark that is already there takes the changed one in. */
export function relabel(marks: Marks, id: string, label: string): Added {
  const mark = marks.find((one) => one.id === id)
  if (!mark) return { marks, id, replaced: [] }
  return put(remove(marks, id), markOf(mark.fragments, label, "human"), true)
}

/** The fragments with one outer edge a character further, never past the other edge of its fragment or the text. */
export function moved(text: string, { fragments }: Mark, edge: "start" | "end", by: 1 | -1): Stretch[] {
  const at = edge === "start" ? 0 : fragments.length - 1
  const one = fragments[at]
  if (!one) return []
  const next = { ...one, [edge]: step(text, one[edge], by) }
  const least = edge === "end" ? 0 : (fragments[at - 1]?.end ?? 0)
  if (next.start < least || next.start >= next.end) return []
  return fragments.map((fragment, index) => (index === at ? next : fragment))
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** The next place between two characters as people see them: an emoji or a letter with its marks is never cut. */
function step(text: string, at: number, by: 1 | -1): number {
  if (by < 0) return at === 0 ? 0 : (graphemes.segment(text).containing(at - 1)?.index ?? 0)
  const found = graphemes.segment(text).containing(at)
  return found ? found.index + found.segment.length : text.length
}

/** The fragments with a stretch more; what touches becomes one. */
export function united(fragments: readonly Stretch[], more: Stretch): Stretch[] {
  const out: { start: number; end: number }[] = []
  for (const { start, end } of [...fragments, more].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else out.push({ start, end })
  }
  return out
}

/** The fragments without a stretch, and without the white space that this leaves at the edges. */
export function without(text: string, fragments: readonly Stretch[], less: Stretch): Stretch[] {
  return fragments.flatMap(({ start, end }) => {
    if (!overlaps({ start, end }, less)) return [{ start, end }]
    const parts = [
      { start, end: Math.min(end, less.start) },
      { start: Math.max(start, less.end), end },
    ]
    return parts.flatMap((part) => {
      const inside = part.start < part.end ? text.slice(part.start, part.end) : ""
      if (!inside.trim()) return []
      const from = part.start + inside.length - inside.trimStart().length
      return [{ start: from, end: from + inside.trim().length }]
    })
  })
}

/** The neighbour in a circle, for J and K; from nowhere, the first or the last. */
export function neighbour<T extends { readonly id: string }>(
  list: readonly T[],
  from: string | null,
  by: 1 | -1,
): T | undefined {
  const at = list.findIndex(({ id }) => id === from)
  if (at < 0) return by > 0 ? list[0] : list.at(-1)
  return list[(at + by + list.length) % list.length]
}

/** True where two lists hold the same names, in whatever order. */
export function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [first, second] = [new Set(a), new Set(b)]
  return first.size === second.size && first.isSubsetOf(second)
}
