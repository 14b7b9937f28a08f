import type { Label } from "@/api/nouns"

/** A label with its place in the tree and its colour. */
export interface Entry {
  readonly label: Label
  readonly depth: number
  /** Names of the broader labels, for people who see it out of its tree. */
  readonly path: readonly string[]
  /** 1 to 8: the palette; beyond it hues repeat and the name tells them apart. */
  readonly hue: number
  /** Which second mark goes with a repeated hue. */
  readonly round: number
}

const HUES = 8

/** The labels in tree order. Colours go to selectable labels in order, so the first eight are distinct. */
export function tree(labels: readonly Label[]): Entry[] {
  const children = Map.groupBy(labels, ({ parent }) => parent)
  const entries: Entry[] = []
  let colour = 0
  const walk = (parent: string | null, depth: number, path: readonly string[]) => {
    for (const label of children.get(parent) ?? []) {
      const at = label.selectable ? colour++ : colour
      entries.push({ label, depth, path, hue: (at % HUES) + 1, round: Math.floor(at / HUES) })
      walk(label.id, depth + 1, [...path, label.name])
    }
  }
  walk(null, 0, [])
  return entries
}

/** Entries that match what is typed, best first: whole name, beginning, beginning of a word, anywhere. */
export function search(entries: readonly Entry[], typed: string): Entry[] {
  const wanted = plain(typed)
  if (!wanted) return [...entries]
  return entries
    .filter(({ label }) => label.selectable)
    .map((entry) => ({ entry, rank: rankOf(entry, wanted) }))
    .filter(({ rank }) => rank < 9)
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry)
}

const plain = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[_\-./]+/g, " ")
    .trim()

function rankOf({ label, path }: Entry, wanted: string): number {
  const name = plain(label.name)
  if (name === wanted) return 0
  if (name.startsWith(wanted)) return 1
  if (` ${name}`.includes(` ${wanted}`)) return 2
  if (name.includes(wanted)) return 3
  const parts = wanted.split(/\s+/)
  if (parts.every((part) => name.includes(part))) return 4
  if (parts.every((part) => plain([...path, label.name].join(" ")).includes(part))) return 5
  return plain(label.definition).includes(wanted) ? 6 : 9
}

/** What can be chosen at one level of the tree: the broader label itself where it can be said, and those below it. */
export function optionsAt(entries: readonly Entry[], level: string | null): Entry[] {
  return entries.filter(
    ({ label }) => label.parent === level || (label.id === level && label.selectable && level !== null),
  )
}

/** True where a tree is too big for a digit a label: then L walks down it, a digit a level. */
export function isDeep(entries: readonly Entry[]): boolean {
  const said = entries.filter(({ label }) => label.selectable)
  return said.length > DIGITS && entries.some(({ depth }) => depth > 0)
}

export const DIGITS = 20

/** "1".."9", "0", then the same with Shift. */
export const digitKey = (slot: number) => `${slot >= 10 ? "shift+" : ""}${(slot + 1) % 10}`

/**
 * Which labels the digits choose. Up to twenty labels, each keeps its own; beyond that the digits are slots for the
 * last used ones, and a label stays in its slot until it is the one that was not used for longest.
 */
export function slotsFor(entries: readonly Entry[], used: readonly string[]): (string | null)[] {
  const selectable = entries.filter(({ label }) => label.selectable).map(({ label }) => label.id)
  if (selectable.length <= DIGITS) return selectable
  const known = new Set(selectable)
  return used.slice(0, 10).map((id) => (known.has(id) ? id : null))
}

export interface Slots {
  readonly slots: readonly string[]
  /** The same labels, latest first. */
  readonly order: readonly string[]
}

/** The slots after a label was used. */
export function withUsed({ slots, order }: Slots, id: string): Slots {
  const latest = [id, ...order.filter((one) => one !== id)]
  if (slots.includes(id)) return { slots, order: latest }
  if (slots.length < 10) return { slots: [...slots, id], order: latest }
  const oldest = order.findLast((one) => slots.includes(one))
  return {
    slots: slots.map((one) => (one === oldest ? id : one)),
    order: latest.filter((one) => one !== oldest),
  }
}
