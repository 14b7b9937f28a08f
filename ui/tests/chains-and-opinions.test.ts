import { expect, test } from "vitest"
import "@/app/i18n"
import * as aspects from "@/editors/aspects-model"
import * as chains from "@/editors/coreference-model"

const TEXT = "😡 Ada met Bob. She left."
const ANSWER = {
  chains: [
    {
      label: "person",
      mentions: [
        [2, 5],
        [15, 18],
      ] as const,
    },
  ],
}
const BEGIN = chains.mentionsOf(TEXT, ANSWER, "human")
const wordsOf = (mentions: chains.Mentions) =>
  chains.chainsOf(mentions).map((chain) => chain.map(({ start, end }) => TEXT.slice(start, end)))

test("chains come back as they were stored", () => {
  expect(chains.answerOf(TEXT, BEGIN)).toEqual(ANSWER)
  expect(wordsOf(BEGIN)).toEqual([["Ada", "She"]])
  expect(chains.lonely(BEGIN)).toBe(0)
})

test("a mention is in one chain: what is marked again moves", () => {
  const bob = chains.begin(BEGIN, { start: 11, end: 14 }, "person")
  expect(wordsOf(bob.mentions)).toEqual([["Ada", "She"], ["Bob"]])
  expect(chains.lonely(bob.mentions)).toBe(1)
  const first = bob.mentions.find(({ id }) => id === bob.id) as chains.Mention
  const moved = chains.extend(bob.mentions, { start: 16, end: 19 }, first)
  expect(wordsOf(moved.mentions)).toEqual([["Ada"], ["Bob", "She"]])
})

test("joining and splitting are each other's undoing", () => {
  const bob = chains.begin(BEGIN, { start: 11, end: 14 }, "thing")
  const [ada, , she] = bob.mentions as [chains.Mention, chains.Mention, chains.Mention]
  const made = bob.mentions.find(({ id }) => id === bob.id) as chains.Mention
  const joined = chains.join(bob.mentions, made, ada)
  expect(wordsOf(joined)).toEqual([["Ada", "Bob", "She"]])
  expect(new Set(joined.map(({ label }) => label))).toEqual(new Set(["person"]))
  expect(wordsOf(chains.split(joined, made))).toEqual([["Ada", "She"], ["Bob"]])
  expect(chains.join(joined, ada, she)).toBe(joined)
})

test("chains are the same in whatever order they are told", () => {
  const turned = {
    chains: [{ label: "person", mentions: [...(ANSWER.chains[0]?.mentions ?? [])].reverse() }],
  }
  expect(chains.same(ANSWER, turned)).toBe(true)
  expect(chains.same(ANSWER, { chains: [] })).toBe(false)
})

const OPINIONS = {
  aspects: [
    { start: null, end: null, label: "all", polarity: "mixed" as const, intensity: 1, irony: true },
    { start: 2, end: 5, label: "staff", polarity: "positive" as const, intensity: 3, irony: false },
  ],
}

test("opinions come back as they were stored, with a place or without", () => {
  const read = aspects.opinionsOf(TEXT, OPINIONS, "human")
  expect(aspects.same(aspects.answerOf(TEXT, read), OPINIONS)).toBe(true)
  expect(aspects.answerOf(TEXT, aspects.opinionsOf(TEXT, OPINIONS, "suggested"))).toEqual({ aspects: [] })
})

test("a new aspect says nothing until somebody says it, and saying it of a suggestion is looking at it", () => {
  const { marks, id } = aspects.add([], { start: 3, end: 6 }, "staff")
  expect(aspects.unsaid(marks)).toBe(1)
  expect(aspects.unsaid(aspects.say(marks, id, { polarity: "negative" }))).toBe(0)
  const [first] = aspects.opinionsOf(TEXT, OPINIONS, "suggested") as [aspects.Opinion]
  expect(aspects.say([first], first.id, { irony: false })[0]?.state).toBe("human")
})

test("polarities go round in a circle", () => {
  expect([null, "positive", "mixed"].map((one) => aspects.turned(one as aspects.Polarity | null, 1))).toEqual(
    ["positive", "neutral", "positive"],
  )
  expect(aspects.turned(null, -1)).toBe("mixed")
})

test("a category is said once of a place", () => {
  const begun = aspects.opinionsOf(TEXT, OPINIONS, "human")
  const again = aspects.add(begun, { start: 3, end: 6 }, "staff")
  expect(again.marks).toHaveLength(2)
  const whole = begun.find(({ fragments }) => fragments.length === 0) as aspects.Opinion
  const renamed = aspects.relabel(aspects.add(begun, null, "price").marks, whole, "price")
  expect(renamed.marks.map(({ label }) => label).sort()).toEqual(["price", "staff"])
})
