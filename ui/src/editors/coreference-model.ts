import { Offsets } from "@/lib/offsets"
import type { Stretch } from "@/lib/words"
import type { Entry } from "./labels"
import * as on from "./marks"

/** A mention, and which chain it belongs to; all mentions of a chain carry its label. */
export interface Mention extends on.Mark {
  readonly chain: string
}

export type Mentions = readonly Mention[]

interface StoredChain {
  readonly label: string
  readonly mentions: readonly (readonly [number, number])[]
}

export interface ChainAnswer {
  readonly chains: readonly StoredChain[]
}

const read = (answer: unknown) => (answer as Partial<ChainAnswer> | null)?.chains ?? []

/** A mention belongs to one chain, so its place alone tells it from every other. */
const mentionOf = (stretch: Stretch, label: string, chain: string, state: on.State): Mention => ({
  ...on.markOf([stretch], "", state),
  label,
  chain,
})

export function mentionsOf(text: string, answer: unknown, state: on.State): Mentions {
  const offsets = new Offsets(text)
  return read(answer)
    .flatMap(({ label, mentions }, at) =>
      mentions.map(([start, end]) => {
        const stretch = { start: offsets.toUnits(start), end: offsets.toUnits(end) }
        return mentionOf(stretch, label, `chain-${at}`, state)
      }),
    )
    .sort(on.inReadingOrder)
}

/** The chains in the order of their first mentions. */
export const chainsOf = (mentions: Mentions): readonly Mentions[] => [
  ...Map.groupBy(mentions, ({ chain }) => chain).values(),
]

export function answerOf(text: string, mentions: Mentions): ChainAnswer {
  const offsets = new Offsets(text)
  return {
    chains: chainsOf(mentions.filter(({ state }) => state !== "suggested")).map((chain) => ({
      label: chain[0]?.label ?? "",
      mentions: chain.map(({ start, end }) => [offsets.toPoints(start), offsets.toPoints(end)] as const),
    })),
  }
}

export const same = (a: unknown, b: unknown): boolean => {
  const names = (answer: unknown) =>
    read(answer).map(({ label, mentions }) => `${label} ${mentions.map(String).sort().join(" ")}`)
  return on.sameSet(names(a), names(b))
}

const freeChain = (mentions: Mentions) => {
  const taken = new Set(mentions.map(({ chain }) => chain))
  for (let at = taken.size; ; at++) if (!taken.has(`chain-${at}`)) return `chain-${at}`
}

export interface Mentioned {
  readonly mentions: Mentions
  readonly id: string
}

/** The first mention of a new chain; words that are a mention already leave theirs. */
export function begin(mentions: Mentions, stretch: Stretch, label: string): Mentioned {
  const made = mentionOf(stretch, label, freeChain(mentions), "human")
  return { mentions: on.put(on.remove(mentions, made.id), made, true).marks, id: made.id }
}

/** One more mention of the chain that another belongs to. */
export function extend(mentions: Mentions, stretch: Stretch, of: Mention): Mentioned {
  const made = mentionOf(stretch, of.label, of.chain, "human")
  return { mentions: on.put(on.remove(mentions, made.id), made, true).marks, id: made.id }
}

/** Two chains become one; it carries the label of the second. */
export function join(mentions: Mentions, from: Mention, to: Mention): Mentions {
  if (from.chain === to.chain) return mentions
  return mentions.map((one) =>
    one.chain === from.chain ? { ...one, chain: to.chain, label: to.label, state: agreed(one.state) } : one,
  )
}

/** A mention leaves its chain for one of its own. */
export function split(mentions: Mentions, { id }: Mention): Mentions {
  const chain = freeChain(mentions)
  return mentions.map((one) => (one.id === id ? { ...one, chain, state: "human" as const } : one))
}

/** Another label for a whole chain. */
export const relabel = (mentions: Mentions, { chain }: Mention, label: string): Mentions =>
  mentions.map((one) => (one.chain === chain ? { ...one, label, state: agreed(one.state) } : one))

const agreed = (state: on.State) => (state === "suggested" ? ("accepted" as const) : state)

/** How many chains have one mention only. */
export const lonely = (mentions: Mentions): number =>
  chainsOf(mentions).filter((chain) => chain.length === 1).length

const HUES = 8

/** Mentions with the number and the colour of their chain; those of the selected one's chain stand out. */
export function dressed(mentions: Mentions, entries: readonly Entry[], selected: string | null): Mentions {
  const names = new Map(entries.map(({ label }) => [label.id, label.name]))
  const number = new Map(chainsOf(mentions).map((chain, at) => [chain[0]?.chain, at]))
  const kin = mentions.find(({ id }) => id === selected)?.chain
  return mentions.map((one) => {
    const at = number.get(one.chain) ?? 0
    const worn = { ...one, note: `${names.get(one.label) ?? one.label} ${at + 1}`, hue: (at % HUES) + 1 }
    return one.chain === kin ? { ...worn, kin: true } : worn
  })
}

/** A mention with everything it is held together with: what two answers share of it. */
export const company = ({ id, chain, label }: Mention, mentions: Mentions): string =>
  `${id} ${label} ${mentions.filter((one) => one.chain === chain).map((one) => one.id)}`
