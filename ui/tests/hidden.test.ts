import fc from "fast-check"
import { expect, test } from "vitest"
import { pieces } from "@/lib/hidden"

test("what turns the writing direction is named", () => {
  expect(pieces("a\u202eb").map(({ hidden }) => hidden)).toEqual([null, "RLO", null])
})

test("a zero-width space is shown", () => {
  expect(pieces("pass\u200bword")[1]).toMatchObject({ hidden: "ZWSP", at: 4 })
})

test("the joiner inside an emoji is writing, also behind the colour of a skin", () => {
  for (const emoji of ["👩‍🚀", "👩🏿‍🚀", "👩🏽‍⚕️", "🏳️‍🌈", "👨‍👩‍👧‍👦"]) expect(pieces(emoji)).toHaveLength(1)
})

test("the joiner of Indian scripts is writing, and between Latin letters it hides", () => {
  expect(pieces("ক্‍ষ")).toHaveLength(1)
  expect(pieces("pass\u200dword").map(({ hidden }) => hidden)).toEqual([null, "ZWJ", null])
})

test("pieces put together are the text, each at its own offset", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\u202e", "\u200b", "🫀", "\u0007"), maxLength: 40 })
  fc.assert(
    fc.property(text, fc.nat(50), (value, start) => {
      const list = pieces(value, start)
      expect(list.map((piece) => piece.text).join("")).toBe(value)
      for (const { at, text: part } of list)
        expect(value.slice(at - start, at - start + part.length)).toBe(part)
    }),
  )
})

test("a message smuggled in tag characters is spelt out", () => {
  expect(pieces("ok\u{e0068}\u{e0069}").map(({ hidden }) => hidden)).toEqual([null, "TAG h", "TAG i"])
})

test("the tags of a flag are writing", () => {
  expect(pieces("🏴󠁧󠁢󠁳󠁣󠁴󠁿")).toHaveLength(1)
})

test("a word without end is cut into pieces that are the text again, never inside a character", () => {
  const text = `${"A".repeat(255)}${"👩🏿‍🚀".repeat(400)}${"🇮🇪".repeat(90)}é${"e\u0301".repeat(300)}`
  const signs = (value: string) => [...new Intl.Segmenter().segment(value)].length
  const found = pieces(text, 7)
  expect(found.length).toBeGreaterThan(5)
  expect(found.map((piece) => piece.text).join("")).toBe(text)
  expect(found.reduce((sum, piece) => sum + signs(piece.text), 0)).toBe(signs(text))
  for (const piece of found) {
    expect(text.slice(piece.at - 7).startsWith(piece.text)).toBe(true)
  }
})
