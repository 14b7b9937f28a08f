import { expect, test } from "vitest"
import { snapToWords, words } from "@/lib/words"

const cut = (text: string) => words(text).map(({ start, end }) => text.slice(start, end))

test("words are found without the signs around them", () => {
  expect(cut("“Hello,” she said.")).toEqual(["Hello", "she", "said"])
})

test("an emoji is a place for the cursor", () => {
  expect(cut("so 😡 now")).toEqual(["so", "😡", "now"])
})

test("scripts without spaces have words, too", () => {
  expect(cut("今日は東京").length).toBeGreaterThan(1)
})

test("a rough selection snaps to the words it touches", () => {
  const text = "met Charles Babbage in"
  expect(snapToWords(text, words(text), { start: 6, end: 14 })).toEqual({ start: 4, end: 19 })
})

test("a selection of signs alone is only trimmed", () => {
  const text = "a  ---  b"
  expect(snapToWords(text, words(text), { start: 2, end: 7 })).toEqual({ start: 3, end: 6 })
})
