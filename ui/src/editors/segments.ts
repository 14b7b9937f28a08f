import type { Stretch } from "@/lib/words"
import type { Mark, Marks } from "./spans-model"

/** A run of text under the same marks, the longest first. */
export interface Segment extends Stretch {
  readonly marks: Marks
}

/** Cuts a stretch wherever a mark begins or ends. */
export function segments({ start, end }: Stretch, marks: Marks): Segment[] {
  const inside = marks.filter((mark) => mark.start < end && mark.end > start)
  const cuts = new Set([start, end])
  for (const mark of inside) {
    if (mark.start > start) cuts.add(mark.start)
    if (mark.end < end) cuts.add(mark.end)
  }
  const places = [...cuts].sort((a, b) => a - b)
  return places.slice(0, -1).map((from, at) => {
    const to = places[at + 1] ?? end
    const over = inside.filter((mark) => mark.start <= from && mark.end >= to).sort(longestFirst)
    return { start: from, end: to, marks: over }
  })
}

const longestFirst = (a: Mark, b: Mark) => b.end - b.start - (a.end - a.start)

/** Paragraphs of a text, without the line breaks between them. */
export function paragraphs(text: string): Stretch[] {
  const found: Stretch[] = []
  let start = 0
  for (const line of text.split("\n")) {
    if (line.length > 0) found.push({ start, end: start + line.length })
    start += line.length + 1
  }
  return found
}
