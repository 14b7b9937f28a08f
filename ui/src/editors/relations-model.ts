import { Offsets } from "@/lib/offsets"
import { type Linked, linkOf } from "./links"
import { fragmentsOf, inReadingOrder, markOf, placeOf, type State, sameSet } from "./marks"
import { type StoredSpan, spanName } from "./spans-model"

interface StoredRelation {
  readonly from: number
  readonly to: number
  readonly label: string
}

export interface RelationAnswer {
  readonly spans: readonly StoredSpan[]
  readonly relations: readonly StoredRelation[]
}

const read = (answer: unknown): RelationAnswer => {
  const { spans = [], relations = [] } = (answer ?? {}) as Partial<RelationAnswer>
  return { spans, relations }
}

/** Marks and links of a stored answer. */
export function linkedOf(text: string, answer: unknown, state: State): Linked {
  const offsets = new Offsets(text)
  const { spans, relations } = read(answer)
  const marks = spans.map((span) => markOf(fragmentsOf(offsets, span), span.label, state))
  const links = relations.flatMap(({ from, to, label }) => {
    const [head, tail] = [marks[from], marks[to]]
    return head && tail ? [linkOf(head.id, tail.id, label, state)] : []
  })
  return { marks: [...marks].sort(inReadingOrder), links }
}

/** The answer that these are; what nobody looked at is not part of it, nor a link to it. */
export function answerOf(text: string, { marks, links }: Linked): RelationAnswer {
  const offsets = new Offsets(text)
  const kept = marks.filter(({ state }) => state !== "suggested")
  const place = new Map(kept.map(({ id }, at) => [id, at]))
  return {
    spans: kept.map((mark) => ({ ...placeOf(offsets, mark), label: mark.label })),
    relations: links.flatMap(({ from, to, label, state }) => {
      const [head, tail] = [place.get(from), place.get(to)]
      return state === "suggested" || head === undefined || tail === undefined
        ? []
        : [{ from: head, to: tail, label }]
    }),
  }
}

export function same(a: unknown, b: unknown): boolean {
  const names = (answer: unknown) => {
    const { spans, relations } = read(answer)
    const end = (at: number) => {
      const span = spans[at]
      return span ? spanName(span) : ""
    }
    return [
      ...spans.map(spanName),
      ...relations.map(({ from, to, label }) => `${end(from)}>${end(to)}>${label}`),
    ]
  }
  return sameSet(names(a), names(b))
}

/** For a relation's label the pairs of labels that it may join; any where it is not listed. */
export type Between = Readonly<Record<string, readonly (readonly [string, string])[]>>

export const mayJoin = (between: Between, label: string, from: string, to: string): boolean =>
  between[label]?.some(([head, tail]) => head === from && tail === to) ?? true
