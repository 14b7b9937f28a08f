import { Offsets } from "@/lib/offsets"
import type { Entry } from "./labels"
import { type Linked, linkOf, unlink, withMarks } from "./links"
import { fragmentsOf, inReadingOrder, type Mark, markOf, placeOf, type State, sameSet } from "./marks"
import { type StoredSpan, spanName } from "./spans-model"

interface StoredPredicate extends StoredSpan {
  readonly arguments: readonly StoredSpan[]
}

export interface RoleAnswer {
  readonly predicates: readonly StoredPredicate[]
}

const read = (answer: unknown) => (answer as Partial<RoleAnswer> | null)?.predicates ?? []

/** An argument is a mark without a label of its own: its role belongs to the link from the predicate. */
export const isArgument = ({ label }: Mark) => label === ""

/** Predicates and arguments as marks, roles as the links from one to the other. */
export function linkedOf(text: string, answer: unknown, state: State): Linked {
  const offsets = new Offsets(text)
  const predicates = read(answer).map((stored) => ({
    mark: markOf(fragmentsOf(offsets, stored), stored.label, state),
    parts: stored.arguments.map((part) => ({
      mark: markOf(fragmentsOf(offsets, part), "", state),
      role: part.label,
    })),
  }))
  const marks = predicates.flatMap(({ mark, parts }) => [mark, ...parts.map((part) => part.mark)])
  const links = predicates.flatMap(({ mark, parts }) =>
    parts.map((part) => linkOf(mark.id, part.mark.id, part.role, state)),
  )
  const once = [...new Map(marks.map((mark) => [mark.id, mark])).values()]
  return withMarks({ marks: [], links }, once.sort(inReadingOrder))
}

/** The answer that these are; what nobody looked at is not part of it. */
export function answerOf(text: string, { marks, links }: Linked): RoleAnswer {
  const offsets = new Offsets(text)
  const byId = new Map(marks.map((mark) => [mark.id, mark]))
  const stored = (mark: Mark, label: string) => ({ ...placeOf(offsets, mark), label })
  return {
    predicates: marks
      .filter((mark) => !isArgument(mark) && mark.state !== "suggested")
      .map((mark) => ({
        ...stored(mark, mark.label),
        arguments: links.flatMap(({ from, to, label, state }) => {
          const part = byId.get(to)
          return from === mark.id && part && state !== "suggested" ? [stored(part, label)] : []
        }),
      })),
  }
}

export const same = (a: unknown, b: unknown): boolean => {
  const names = (answer: unknown) =>
    read(answer).flatMap((one) => [
      spanName(one),
      ...one.arguments.map((part) => `${spanName(one)}>${spanName(part)}`),
    ])
  return sameSet(names(a), names(b))
}

/** Without arguments that no predicate has any more. */
export function pruned(doc: Linked): Linked {
  const used = new Set(doc.links.map(({ to }) => to))
  return withMarks(
    doc,
    doc.marks.filter((mark) => !isArgument(mark) || used.has(mark.id)),
  )
}

/** Takes a mark out: a predicate with its arguments, an argument from this predicate or, without one, from all. */
export function removed(doc: Linked, mark: Mark, frame: string | null): Linked {
  const mine = doc.links.filter(({ from, to }) => to === mark.id && from === frame)
  if (isArgument(mark) && mine.length) return pruned(mine.reduce((now, { id }) => unlink(now, id), doc))
  return pruned(
    withMarks(
      doc,
      doc.marks.filter(({ id }) => id !== mark.id),
    ),
  )
}

/** Arguments with the names and the colour of their roles. */
export function dressed({ marks, links }: Linked, entries: readonly Entry[]): readonly Mark[] {
  const byId = new Map(entries.map((entry) => [entry.label.id, entry]))
  const roles = Map.groupBy(links, ({ to }) => to)
  return marks.map((mark) => {
    if (!isArgument(mark)) return mark
    const labels = [...new Set((roles.get(mark.id) ?? []).map(({ label }) => label))]
    const note = labels.map((label) => byId.get(label)?.label.name ?? label).join(" · ")
    return { ...mark, note, hue: byId.get(labels[0] ?? "")?.hue ?? 1 }
  })
}
