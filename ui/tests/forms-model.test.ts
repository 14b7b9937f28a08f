import { expect, test } from "vitest"
import {
  dense,
  letter,
  line,
  placeOf,
  preferenceAt,
  sameBut,
  scaleOf,
  scoreOfDigit,
  step,
  wordsAgainst,
} from "@/editors/forms-model"

test("a preference stands where its response stands on the screen, whatever the order", () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    for (const place of line(2, true)) expect(placeOf(preferenceAt(place, order), order)).toBe(place)
  }
  expect(preferenceAt(-1, [1, 0])).toEqual({ prefer: "b", strength: 1 })
  expect(placeOf({ prefer: "a", strength: 2 }, [1, 0])).toBe(2)
  expect(placeOf({ prefer: "neither", strength: 0 }, [0, 1])).toBeNull()
})

test("walking the line begins beside the middle, stops at its ends and skips a tie that is no answer", () => {
  const places = line(2, true)
  expect(step(places, null, -1)).toBe(-1)
  expect(step(places, 1, -1)).toBe(0)
  expect(step(places, 2, 1)).toBe(2)
  expect(step(line(1, false), 1, -1)).toBe(-1)
})

test("a digit is its score, and nought is ten where the scale begins above it", () => {
  expect(scoreOfDigit(4, scaleOf({}))).toBe(4)
  expect(scoreOfDigit(6, scaleOf({}))).toBeNull()
  expect(scoreOfDigit(0, scaleOf({ low: 0, high: 3 }))).toBe(0)
  expect(scoreOfDigit(0, scaleOf({ high: 10 }))).toBe(10)
})

test("remarks never make two answers differ, and the order of keys does not either", () => {
  const one = { ratings: [{ label: "a", score: 3, comment: "long" }], why: "x" }
  expect(sameBut(one, { why: "", ratings: [{ comment: "", score: 3, label: "a" }] })).toBe(true)
  expect(sameBut(one, { ratings: [{ label: "a", score: 4, comment: "long" }] })).toBe(false)
})

test("ranks lose their gaps and keep what is not ranked yet", () => {
  expect(dense([1, 3, 3])).toEqual([1, 2, 2])
  expect(dense([null, 5, 2])).toEqual([null, 2, 1])
  expect(letter(2)).toBe("C")
})

test("the words that only one text has are marked, and nothing is lost", () => {
  const text = "Thank you for contacting us. It costs 3 days."
  const words = wordsAgainst(text, "Thank you for writing. It costs 3 days.")
  expect(words.map(({ text: part }) => part).join("")).toBe(text)
  const only = words.filter(({ kind }) => kind === "only").map(({ text: part }) => part.trim())
  expect(only.join(" ")).toBe("contacting us.")
  expect(wordsAgainst(text, text)).toEqual([{ text, kind: "same" }])
})

test("equal beginnings and ends stay unmarked on both sides", () => {
  for (const [a, b] of [
    ["a b c d", "a x c d"],
    ["a b", "a b c"],
    ["b c d e", "a b c d"],
  ] as const) {
    const same = (text: string, other: string) =>
      wordsAgainst(text, other)
        .filter(({ kind }) => kind === "same")
        .map(({ text: part }) => part)
        .join("")
        .split(/\s+/)
        .filter(Boolean)
    expect(same(a, b)).toEqual(same(b, a))
  }
})
