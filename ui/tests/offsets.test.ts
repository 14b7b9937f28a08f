import fc from "fast-check"
import { expect, test } from "vitest"
import { Offsets } from "@/lib/offsets"

const text = fc.string({
  unit: fc.constantFrom("a", "é", "語", "🫀", "👩‍🚀", " ", "\n", "\ud800"),
  maxLength: 60,
})

test("a code point offset survives the way to UTF-16 and back", () => {
  fc.assert(
    fc.property(text, fc.nat(), (value, seed) => {
      const offsets = new Offsets(value)
      const point = seed % (offsets.length + 1)
      expect(offsets.toPoints(offsets.toUnits(point))).toBe(point)
    }),
  )
})

test("offsets agree with counting code points one by one", () => {
  fc.assert(
    fc.property(text, (value) => {
      const offsets = new Offsets(value)
      let unit = 0
      ;[...value].forEach((character, point) => {
        expect(offsets.toUnits(point)).toBe(unit)
        expect(offsets.toPoints(unit)).toBe(point)
        unit += character.length
      })
      expect(offsets.length).toBe([...value].length)
      expect(offsets.toPoints(value.length)).toBe(offsets.length)
    }),
  )
})

test("an emoji before a word shifts nothing", () => {
  const offsets = new Offsets("😡 London")
  expect(offsets.toPoints(3)).toBe(2)
  expect(offsets.toUnits(2)).toBe(3)
})

test("a place inside a surrogate pair counts as before it", () => {
  expect(new Offsets("a😡b").toPoints(2)).toBe(1)
})
