import { Offsets } from "@/lib/offsets"
import type { Stretch } from "@/lib/words"

/** A marked stretch of text in the editor, in UTF-16 units. */
export interface Mark {
  readonly id: string
  readonly start: number
  readonly end: number
  readonly label: string
  /** `suggested`: by a model and not looked at yet; `accepted`: a person agreed; `human`: a person made it. */
  readonly state: "suggested" | "accepted" | "human"
}

/** The marks in reading order. */
export type Marks = readonly Mark[]

export interface SpanAnswer {
  readonly spans: readonly { readonly start: number; readonly end: number; readonly label: string }[]
}

const inReadingOrder = (a: Mark, b: Mark) =>
  a.start - b.start || b.end - a.end || a.label.localeCompare(b.label)

const idOf = ({ start, end }: Stretch, label: string) => `${start}-${end}-${label}`

/** Marks of a stored answer, whose offsets count code points. */
export function marksOf(text: string, answer: unknown, state: Mark["state"]): Marks {
  const offsets = new Offsets(text)
  const { spans } = (answer ?? { spans: [] }) as SpanAnswer
  return spans
    .map(({ start, end, label }) => {
      const stretch = { start: offsets.toUnits(start), end: offsets.toUnits(end) }
      return { ...stretch, label, state, id: idOf(stretch, label) }
    })
    .sort(inReadingOrder)
}

/** The answer that these marks are; suggestions nobody looked at are not part of it. */
export function answerOf(text: string, marks: Marks): SpanAnswer {
  const offsets = new Offsets(text)
  return {
    spans: marks
      .filter(({ state }) => state !== "suggested")
      .map(({ start, end, label }) => ({
        start: offsets.toPoints(start),
        end: offsets.toPoints(end),
        label,
      })),
  }
}

export const overlaps = (a: Stretch, b: Stretch) => a.start < b.end && b.start < a.end

export interface Added {
  readonly marks: Marks
  readonly id: string
  /** Marks that had to go because the task allows no overlap. */
  readonly replaced: Marks
}

/** Marks a stretch. Where overlap is not allowed, what lay there gives way: that is how a boundary is corrected. */
export function add(marks: Marks, stretch: Stretch, label: string, allowOverlap: boolean): Added {
  const id = idOf(stretch, label)
  const same = marks.find((mark) => mark.id === id)
  if (same) return { marks: same.state === "suggested" ? accept(marks, id) : marks, id, replaced: [] }
  const replaced = allowOverlap ? [] : marks.filter((mark) => overlaps(mark, stretch))
  const rest = marks.filter((mark) => !replaced.includes(mark))
  const made: Mark = { ...stretch, label, state: "human", id }
  return { marks: [...rest, made].sort(inReadingOrder), id, replaced }
}

export const remove = (marks: Marks, id: string): Marks => {
  const rest = marks.filter((mark) => mark.id !== id)
  return rest.length === marks.length ? marks : rest
}

export const accept = (marks: Marks, id: string): Marks =>
  marks.some((mark) => mark.id === id && mark.state === "suggested")
    ? marks.map((mark) => (mark.id === id ? { ...mark, state: "accepted" as const } : mark))
    : marks

export const acceptAll = (marks: Marks): Marks =>
  pending(marks).length
    ? marks.map((mark) => (mark.state === "suggested" ? { ...mark, state: "accepted" as const } : mark))
    : marks

export const rejectAll = (marks: Marks): Marks =>
  pending(marks).length ? marks.filter(({ state }) => state !== "suggested") : marks

export const pending = (marks: Marks): Marks => marks.filter(({ state }) => state === "suggested")

/** Another label on the same stretch; a mark that is already there takes the changed one in. */
export function relabel(marks: Marks, id: string, label: string): Added {
  const mark = marks.find((one) => one.id === id)
  if (!mark) return { marks, id, replaced: [] }
  return add(remove(marks, id), mark, label, true)
}

/** Moves one edge by whole code points, never past the other edge or the text. */
export function resize(
  text: string,
  marks: Marks,
  id: string,
  { edge, by, allowOverlap }: { edge: "start" | "end"; by: 1 | -1; allowOverlap: boolean },
): Added {
  const mark = marks.find((one) => one.id === id)
  if (!mark) return { marks, id, replaced: [] }
  const offsets = new Offsets(text)
  const moved = { ...mark, [edge]: offsets.toUnits(offsets.toPoints(mark[edge]) + by) }
  if (moved.start < 0 || moved.end > text.length || moved.start >= moved.end)
    return { marks, id, replaced: [] }
  return add(remove(marks, id), { start: moved.start, end: moved.end }, mark.label, allowOverlap)
}

/** The neighbour in a circle, for J and K; from nowhere, the first or the last. */
export function neighbour(list: Marks, from: string | null, by: 1 | -1): Mark | undefined {
  const at = list.findIndex(({ id }) => id === from)
  if (at < 0) return by > 0 ? list[0] : list.at(-1)
  return list[(at + by + list.length) % list.length]
}
