import type { Entry } from "./labels"
import * as on from "./marks"

/** A labelled, directed link between two marks. */
export interface Link {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly label: string
  readonly state: on.State
}

/** Marks and what joins them. */
export interface Linked {
  readonly marks: on.Marks
  readonly links: readonly Link[]
}

export const EMPTY: Linked = { marks: [], links: [] }

export const linkOf = (from: string, to: string, label: string, state: on.State): Link => ({
  id: `${from}>${to}>${label}`,
  from,
  to,
  label,
  state,
})

/** The links in the order of their ends in the text. */
function inOrder(marks: on.Marks, links: readonly Link[]): readonly Link[] {
  const place = new Map(marks.map(({ id }, at) => [id, at]))
  const at = (id: string) => place.get(id) ?? -1
  return links
    .filter(({ from, to }) => place.has(from) && place.has(to))
    .sort((a, b) => at(a.from) - at(b.from) || at(a.to) - at(b.to) || a.label.localeCompare(b.label))
}

/** Other marks in place of these; links follow a mark that was renamed and go with one that went. */
export function withMarks({ links }: Linked, marks: on.Marks, renamed?: readonly [string, string]): Linked {
  const now = (id: string) => (renamed && id === renamed[0] ? renamed[1] : id)
  const followed = links.map((link) => {
    const [from, to] = [now(link.from), now(link.to)]
    return from === link.from && to === link.to ? link : linkOf(from, to, link.label, link.state)
  })
  const unlike = followed.filter(({ from, to }) => from !== to)
  return { marks, links: inOrder(marks, once(unlike)) }
}

const once = (links: readonly Link[]) => [...new Map(links.map((link) => [link.id, link])).values()]

/** A link more. Saying what is suggested accepts it, with both its marks. */
export function link(doc: Linked, from: string, to: string, label: string): Linked {
  const made = linkOf(from, to, label, "human")
  const known = doc.links.find(({ id }) => id === made.id)
  if (known) return acceptLink(doc, known.id)
  const marks = on.accept(on.accept(doc.marks, from), to)
  return { marks, links: inOrder(marks, [...doc.links, made]) }
}

export const unlink = (doc: Linked, id: string): Linked => ({
  ...doc,
  links: doc.links.filter((one) => one.id !== id),
})

/** The link is right, and so are its ends. */
export function acceptLink(doc: Linked, id: string): Linked {
  const found = doc.links.find((one) => one.id === id)
  if (found?.state !== "suggested") return doc
  return {
    marks: on.accept(on.accept(doc.marks, found.from), found.to),
    links: doc.links.map((one) => (one === found ? { ...one, state: "accepted" as const } : one)),
  }
}

/** Another label, or another direction, for the same two marks. */
export function changeLink(doc: Linked, id: string, change: { label?: string; turned?: boolean }): Linked {
  const found = doc.links.find((one) => one.id === id)
  if (!found) return doc
  const [from, to] = change.turned ? [found.to, found.from] : [found.from, found.to]
  return link(unlink(doc, id), from, to, change.label ?? found.label)
}

export const acceptAll = (doc: Linked): Linked =>
  left(doc) === 0
    ? doc
    : {
        marks: on.acceptAll(doc.marks),
        links: doc.links.map((one) =>
          one.state === "suggested" ? { ...one, state: "accepted" as const } : one,
        ),
      }

export function rejectAll(doc: Linked): Linked {
  if (left(doc) === 0) return doc
  const marks = on.rejectAll(doc.marks)
  return {
    marks,
    links: inOrder(
      marks,
      doc.links.filter(({ state }) => state !== "suggested"),
    ),
  }
}

const suggested = (links: readonly Link[]) => links.filter(({ state }) => state === "suggested")

/** How many marks and links nobody has looked at. */
export const left = ({ marks, links }: Linked): number => on.pending(marks).length + suggested(links).length

/** Links that not all others have. */
export function onlyHere({ links }: Linked, others: readonly Linked[]): Set<string> {
  const known = others.map((other) => new Set(other.links.map(({ id }) => id)))
  return new Set(links.map(({ id }) => id).filter((id) => known.some((other) => !other.has(id))))
}

/** Labels of two sorts: those below a heading, and the others without the heading. */
export function parted(entries: readonly Entry[], heading: string): { below: Entry[]; beside: Entry[] } {
  const parents = new Map(entries.map(({ label }) => [label.id, label.parent]))
  const isBelow = (id: string) => {
    for (let at = parents.get(id) ?? null; at !== null; at = parents.get(at) ?? null)
      if (at === heading) return true
    return false
  }
  return {
    below: entries
      .filter(({ label }) => isBelow(label.id))
      .map((entry) => ({ ...entry, depth: entry.depth - 1, path: entry.path.slice(1) })),
    beside: entries.filter(({ label }) => label.id !== heading && !isBelow(label.id)),
  }
}
