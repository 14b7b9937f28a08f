import fc from "fast-check"
import { expect, test } from "vitest"
import { segments } from "@/editors/segments"
import * as model from "@/editors/spans-model"

const TEXT = "😡 Ada Lovelace met Charles Babbage in London"
const SUGGESTED = {
  spans: [
    { start: 2, end: 14, label: "person" },
    { start: 38, end: 44, label: "place" },
  ],
}

const begin = () => model.marksOf(TEXT, SUGGESTED, "suggested")

test("offsets of an answer count code points, marks count UTF-16", () => {
  const [ada, london] = begin()
  expect(TEXT.slice(ada?.start, ada?.end)).toBe("Ada Lovelace")
  expect(TEXT.slice(london?.start, london?.end)).toBe("London")
  expect(model.answerOf(TEXT, model.acceptAll(begin()))).toEqual(SUGGESTED)
})

test("a suggestion that nobody looked at is not part of the answer", () => {
  expect(model.answerOf(TEXT, begin())).toEqual({ spans: [] })
})

test("accepting one mark leaves the others to check", () => {
  const [first] = begin()
  const marks = model.accept(begin(), first?.id ?? "")
  expect(model.pending(marks)).toHaveLength(1)
  expect(model.answerOf(TEXT, marks).spans).toEqual([SUGGESTED.spans[0]])
})

test("rejecting all takes only the suggestions", () => {
  const { marks } = model.add(begin(), { start: 20, end: 35 }, "person", true)
  expect(model.rejectAll(marks).map(({ state }) => state)).toEqual(["human"])
})

test("marking what is already suggested accepts it", () => {
  const [ada] = begin()
  const { marks, id } = model.add(begin(), { start: ada?.start ?? 0, end: ada?.end ?? 0 }, "person", false)
  expect(marks).toHaveLength(2)
  expect(marks.find((mark) => mark.id === id)?.state).toBe("accepted")
})

test("where marks must not overlap, the new one takes the place of the old", () => {
  const { marks, replaced } = model.add(begin(), { start: 3, end: 6 }, "person", false)
  expect(replaced).toHaveLength(1)
  expect(marks.map(({ start, end }) => [start, end])).toContainEqual([3, 6])
  expect(marks).toHaveLength(2)
})

test("where marks may overlap, both stay", () => {
  expect(model.add(begin(), { start: 3, end: 6 }, "person", true).marks).toHaveLength(3)
})

test("an edge moves by whole characters and never past the other edge", () => {
  const only = model.marksOf("😡a", { spans: [{ start: 0, end: 2, label: "x" }] }, "human")
  const shorter = model.resize("😡a", only, only[0]?.id ?? "", { edge: "start", by: 1, allowOverlap: false })
  expect(shorter.marks[0]).toMatchObject({ start: 2, end: 3 })
  const stuck = model.resize("😡a", shorter.marks, shorter.id, { edge: "start", by: 1, allowOverlap: false })
  expect(stuck.marks).toEqual(shorter.marks)
})

test("J and K go round in a circle", () => {
  const marks = begin()
  expect(model.neighbour(marks, null, 1)?.id).toBe(marks[0]?.id)
  expect(model.neighbour(marks, marks[1]?.id ?? null, 1)?.id).toBe(marks[0]?.id)
  expect(model.neighbour(marks, marks[0]?.id ?? null, -1)?.id).toBe(marks[1]?.id)
})

test("segments cover the text once, and each knows exactly the marks over it", () => {
  const stretch = fc
    .tuple(fc.nat(40), fc.nat(40))
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }))
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 8 }), (list) => {
      const marks = list.reduce<model.Marks>((now, one) => model.add(now, one, "x", true).marks, [])
      const parts = segments({ start: 0, end: 41 }, marks)
      expect(parts.map(({ end }) => end).slice(0, -1)).toEqual(parts.map(({ start }) => start).slice(1))
      expect([parts[0]?.start, parts.at(-1)?.end]).toEqual([0, 41])
      for (const part of parts) {
        const over = marks.filter((mark) => mark.start <= part.start && mark.end >= part.end)
        expect(new Set(part.marks)).toEqual(new Set(over))
      }
    }),
  )
})
