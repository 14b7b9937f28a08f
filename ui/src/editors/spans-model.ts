import { Offsets } from "@/lib/offsets"
import { fragmentsOf, inReadingOrder, type Marks, markOf, type Place, placeOf, type State } from "./marks"

export interface StoredSpan extends Place {
  readonly label: string
}

export interface SpanAnswer {
  readonly spans: readonly StoredSpan[]
}

export const spansOf = (answer: unknown): readonly StoredSpan[] =>
  (answer as Partial<SpanAnswer> | null)?.spans ?? []

/** Marks of a stored answer, whose offsets count code points. */
export function marksOf(text: string, answer: unknown, state: State): Marks {
  const offsets = new Offsets(text)
  return spansOf(answer)
    .map((span) => markOf(fragmentsOf(offsets, span), span.label, state))
    .sort(inReadingOrder)
}

/** The answer that these marks are; suggestions nobody looked at are not part of it. */
export function answerOf(text: string, marks: Marks): SpanAnswer {
  const offsets = new Offsets(text)
  return {
    spans: marks
      .filter(({ state }) => state !== "suggested")
      .map((mark) => ({ ...placeOf(offsets, mark), label: mark.label })),
  }
}

/** What tells a stored span from every other. */
export const spanName = ({ start, end, fragments, label }: StoredSpan) =>
  `${fragments ? JSON.stringify(fragments) : `${start}-${end}`}-${label}`
