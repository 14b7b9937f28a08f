import { t } from "@/app/i18n"
import { Offsets } from "@/lib/offsets"
import type { Stretch } from "@/lib/words"
import type { Entry } from "./labels"
import * as on from "./marks"

export const POLARITIES = ["positive", "neutral", "negative", "mixed"] as const
export type Polarity = (typeof POLARITIES)[number]

/** An opinion about an aspect: a mark, or without fragments the item as a whole. */
export interface Opinion extends on.Mark {
  /** Null while nobody has said it. */
  readonly polarity: Polarity | null
  readonly intensity: number
  readonly irony: boolean
}

export type Opinions = readonly Opinion[]

interface StoredAspect {
  readonly start: number | null
  readonly end: number | null
  readonly label: string
  readonly polarity: Polarity | null
  readonly intensity: number
  readonly irony: boolean
}

export interface AspectAnswer {
  readonly aspects: readonly StoredAspect[]
}

const read = (answer: unknown) => (answer as Partial<AspectAnswer> | null)?.aspects ?? []

export function opinionsOf(text: string, answer: unknown, state: on.State): Opinions {
  const offsets = new Offsets(text)
  return read(answer)
    .map(({ start, end, label, polarity, intensity, irony }) => {
      const fragments = start === null || end === null ? [] : on.fragmentsOf(offsets, { start, end })
      return { ...on.markOf(fragments, label, state), polarity, intensity, irony }
    })
    .sort(on.inReadingOrder)
}

export function answerOf(text: string, opinions: Opinions): AspectAnswer {
  const offsets = new Offsets(text)
  return {
    aspects: opinions
      .filter(({ state }) => state !== "suggested")
      .map((one) => {
        const { label, polarity, intensity, irony } = one
        const place = one.fragments.length ? on.placeOf(offsets, one) : { start: null, end: null }
        return { start: place.start, end: place.end, label, polarity, intensity, irony }
      }),
  }
}

export const same = (a: unknown, b: unknown): boolean => {
  const names = (answer: unknown) =>
    read(answer).map((one) =>
      [one.start, one.end, one.label, one.polarity, one.intensity, one.irony].join(" "),
    )
  return on.sameSet(names(a), names(b))
}

/** A new aspect at a stretch, or of the item as a whole; what is meant is still to be said. */
export const add = (opinions: Opinions, stretch: Stretch | null, label: string): on.Added<Opinion> => {
  const made = on.markOf(stretch ? [{ start: stretch.start, end: stretch.end }] : [], label, "human")
  return on.put(opinions, { ...made, polarity: null, intensity: 1, irony: false }, true)
}

/** Another category for the same words; one that is there already takes its place. */
export function relabel(opinions: Opinions, one: Opinion, label: string): on.Added<Opinion> {
  const made = on.markOf(one.fragments, label, "human")
  const rest = on.remove(on.remove(opinions, one.id), made.id)
  return on.put(rest, { ...one, id: made.id, label, state: "human" }, true)
}

/** Says something else of one aspect; saying something of a suggestion is looking at it. */
export const say = (
  opinions: Opinions,
  id: string,
  said: Partial<Pick<Opinion, "polarity" | "intensity" | "irony">>,
): Opinions => opinions.map((one) => (one.id === id ? { ...one, ...said, state: "human" as const } : one))

/** The next polarity in a circle; from none, the first or the last. */
export function turned(polarity: Polarity | null, by: 1 | -1): Polarity {
  const at = polarity === null ? (by > 0 ? -1 : 0) : POLARITIES.indexOf(polarity)
  return POLARITIES[(at + by + POLARITIES.length) % POLARITIES.length] ?? "positive"
}

/** How many aspects lack a polarity. */
export const unsaid = (opinions: Opinions): number =>
  opinions.filter(({ polarity }) => polarity === null).length

/** Opinions that say on their tags what is meant. */
export function dressed(opinions: Opinions, entries: readonly Entry[], intensities: number): Opinions {
  const names = new Map(entries.map(({ label }) => [label.id, label.name]))
  return opinions.map((one) => {
    const words = [
      names.get(one.label) ?? one.label,
      one.polarity === null ? t("aspects.unsaid") : t(`aspects.${one.polarity}`),
      intensities > 1 && one.polarity !== null ? String(one.intensity) : "",
      one.irony ? t("aspects.ironic") : "",
    ]
    return { ...one, note: words.filter(Boolean).join(" ") }
  })
}
