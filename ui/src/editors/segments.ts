import type { Stretch } from "@/lib/words"
import { type Mark, type Marks, overlaps } from "./marks"

/** A run of text under the same marks, the outermost first. */
export interface Segment extends Stretch {
  readonly marks: Marks
}

/** Cuts a stretch wherever a fragment of a mark begins or ends. */
export function segments({ start, end }: Stretch, marks: Marks, lanes = lanesOf(marks)): Segment[] {
  const inside = marks.flatMap((mark) =>
    mark.fragments.filter((one) => overlaps(one, { start, end })).map((one) => ({ mark, ...one })),
  )
  const cuts = new Set([start, end])
  for (const one of inside) {
    if (one.start > start) cuts.add(one.start)
    if (one.end < end) cuts.add(one.end)
  }
  const places = [...cuts].sort((a, b) => a - b)
  const outermost = (a: Mark, b: Mark) => (lanes.get(b.id) ?? 0) - (lanes.get(a.id) ?? 0)
  return places.slice(0, -1).map((from, at) => {
    const to = places[at + 1] ?? end
    const over = inside.filter((one) => one.start <= from && one.end >= to).map(({ mark }) => mark)
    return { start: from, end: to, marks: over.sort(outermost) }
  })
}

/** How far below the text each mark's line is drawn: a mark lies under all shorter ones that it meets. */
export function lanesOf(marks: Marks): Map<string, number> {
  const lanes = new Map<string, number>()
  const placed: Mark[] = []
  for (const mark of [...marks].sort((a, b) => a.end - a.start - (b.end - b.start))) {
    const met = placed.filter((other) => overlaps(mark, other))
    lanes.set(mark.id, met.length ? Math.max(...met.map(({ id }) => lanes.get(id) ?? 0)) + 1 : 0)
    placed.push(mark)
  }
  return lanes
}

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

const PIECE = 1500

const SENTENCE = /[.!?…。！？।؟][^\p{L}\p{N}]*\s?(?=\S)/gu

/** A long paragraph in pieces that are drawn one by one, each on lines of its own; a short one as it is. */
export function pieces(text: string, { start, end }: Stretch): Stretch[] {
  const found: Stretch[] = []
  let from = start
  while (end - from > PIECE * 1.5) {
    const to = from + cutIn(text.slice(from, from + PIECE))
    found.push({ start: from, end: to })
    from = to
  }
  return [...found, { start: from, end }]
}

/** Behind the last sentence, else behind the last blank, else anywhere but inside a character. */
function cutIn(text: string): number {
  const sentence = [...text.matchAll(SENTENCE)].at(-1)
  if (sentence && sentence.index > text.length / 2) return sentence.index + sentence[0].length
  const blank = text.lastIndexOf(" ")
  if (blank > 0) return blank + 1
  return /[\ud800-\udbff]/.test(text.charAt(text.length - 1)) ? text.length - 1 : text.length
}
