import fc from "fast-check"
import { expect, test } from "vitest"
import * as on from "@/editors/marks"
import { lanesOf, pieces, segments } from "@/editors/segments"
import { answerOf, marksOf } from "@/editors/spans-model"
import { words } from "@/lib/words"

const TEXT = "😡 Ada Lovelace met Charles Babbage in London"
const SUGGESTED = {
  spans: [
    { start: 2, end: 14, label: "person" },
    { start: 38, end: 44, label: "place" },
  ],
}

const begin = () => marksOf(TEXT, SUGGESTED, "suggested")

test("offsets of an answer count code points, marks count UTF-16", () => {
  const [ada, london] = begin()
  expect(TEXT.slice(ada?.start, ada?.end)).toBe("Ada Lovelace")
  expect(TEXT.slice(london?.start, london?.end)).toBe("London")
  expect(answerOf(TEXT, on.acceptAll(begin()))).toEqual(SUGGESTED)
})

test("a suggestion that nobody looked at is not part of the answer", () => {
  expect(answerOf(TEXT, begin())).toEqual({ spans: [] })
})

test("accepting one mark leaves the others to check", () => {
  const [first] = begin()
  const marks = on.accept(begin(), first?.id ?? "")
  expect(on.pending(marks)).toHaveLength(1)
  expect(answerOf(TEXT, marks).spans).toEqual([SUGGESTED.spans[0]])
})

test("rejecting all takes only the suggestions", () => {
  const { marks } = on.add(begin(), { start: 20, end: 35 }, "person", true)
  expect(on.rejectAll(marks).map(({ state }) => state)).toEqual(["human"])
})

test("marking what is already suggested accepts it", () => {
  const [ada] = begin()
  const { marks, id } = on.add(begin(), { start: ada?.start ?? 0, end: ada?.end ?? 0 }, "person", false)
  expect(marks).toHaveLength(2)
  expect(marks.find((mark) => mark.id === id)?.state).toBe("accepted")
})

test("where marks must not overlap, the new one takes the place of the old", () => {
  const { marks, replaced } = on.add(begin(), { start: 3, end: 6 }, "person", false)
  expect(replaced).toHaveLength(1)
  expect(marks.map(({ start, end }) => [start, end])).toContainEqual([3, 6])
  expect(marks).toHaveLength(2)
})

test("where marks may overlap, both stay", () => {
  expect(on.add(begin(), { start: 3, end: 6 }, "person", true).marks).toHaveLength(3)
})

test("an edge moves by whole characters and never past the other edge", () => {
  const only = marksOf("😡a", { spans: [{ start: 0, end: 2, label: "x" }] }, "human")
  const [mark] = only
  if (!mark) throw new Error("nothing is marked")
  expect(on.moved("😡a", mark, "start", 1)).toEqual([{ start: 2, end: 3 }])
  expect(on.moved("😡a", mark, "end", 1)).toEqual([{ start: 0, end: 3 }])
  expect(on.moved("😡a", on.markOf([{ start: 2, end: 3 }], "x", "human"), "start", 1)).toEqual([])
})

test("J and K go round in a circle", () => {
  const marks = begin()
  expect(on.neighbour(marks, null, 1)?.id).toBe(marks[0]?.id)
  expect(on.neighbour(marks, marks[1]?.id ?? null, 1)?.id).toBe(marks[0]?.id)
  expect(on.neighbour(marks, marks[0]?.id ?? null, -1)?.id).toBe(marks[1]?.id)
})

test("segments cover the text once, and each knows exactly the marks over it", () => {
  const stretch = fc
    .tuple(fc.nat(40), fc.nat(40))
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }))
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 8 }), (list) => {
      const marks = list.reduce<on.Marks>((now, one) => on.add(now, one, "x", true).marks, [])
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

test("an edge never cuts a letter from its marks, nor an emoji that is several signs", () => {
  const [mark] = marksOf("👩‍🚀e\u0301!", { spans: [{ start: 0, end: 6, label: "x" }] }, "human")
  if (!mark) throw new Error("nothing is marked")
  expect(on.moved("👩‍🚀e\u0301!", mark, "start", 1)).toEqual([{ start: 5, end: mark.end }])
  expect(on.moved("👩‍🚀e\u0301!", on.markOf([{ start: 0, end: 7 }], "x", "human"), "end", -1)).toEqual([
    { start: 0, end: 5 },
  ])
})

const GAPPED = {
  spans: [
    {
      start: 2,
      end: 34,
      fragments: [
        [2, 5],
        [19, 34],
      ],
      label: "person",
    },
  ],
}

test("a mark with a gap comes back as it was stored, and its gap is not marked", () => {
  const marks = marksOf(TEXT, GAPPED, "human")
  expect(answerOf(TEXT, marks)).toEqual(GAPPED)
  expect(on.wordsOf(TEXT, marks[0] as on.Mark)).toBe("Ada … Charles Babbage")
  const marked = segments({ start: 0, end: TEXT.length }, marks).filter((part) => part.marks.length)
  expect(marked.map(({ start, end }) => TEXT.slice(start, end))).toEqual(["Ada", "Charles Babbage"])
})

test("joining what touches makes one fragment, and cutting the middle makes two", () => {
  expect(on.united([{ start: 0, end: 3 }], { start: 3, end: 5 })).toEqual([{ start: 0, end: 5 }])
  expect(on.united([{ start: 6, end: 9 }], { start: 0, end: 3 })).toHaveLength(2)
  expect(on.without("one two three", [{ start: 0, end: 13 }], { start: 4, end: 7 })).toEqual([
    { start: 0, end: 3 },
    { start: 8, end: 13 },
  ])
  expect(on.without("one two", [{ start: 0, end: 3 }], { start: 0, end: 3 })).toEqual([])
})

test("what is cut out is no longer marked, what is joined is, and nothing else changes", () => {
  const text = "abcd efgh ijkl mnop"
  const stretch = fc
    .tuple(fc.nat(18), fc.nat(18))
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }))
  const letters = (list: readonly { start: number; end: number }[]) =>
    [...text].map((_, at) => list.some(({ start, end }) => start <= at && at < end))
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 4 }), stretch, (list, one) => {
      const joined = list.reduce(
        (now: readonly { start: number; end: number }[], next) => on.united(now, next),
        [],
      )
      expect(letters(joined)).toEqual(letters(list))
      const cut = letters(on.without(text, joined, one))
      for (const [at, letter] of [...text].entries()) {
        if (letter === " ") continue
        expect(cut[at]).toBe(letters(joined)[at] && !(one.start <= at && at < one.end))
      }
    }),
  )
})

test("a mark lies under every shorter one that it meets", () => {
  const marks = [
    on.markOf([{ start: 0, end: 9 }], "a", "human"),
    on.markOf([{ start: 0, end: 3 }], "b", "human"),
    on.markOf([{ start: 2, end: 6 }], "c", "human"),
    on.markOf([{ start: 20, end: 22 }], "d", "human"),
  ]
  const lanes = lanesOf(marks)
  expect(marks.map(({ id }) => lanes.get(id))).toEqual([2, 0, 1, 0])
})

test("a long paragraph is cut into pieces that lose nothing and part no character", () => {
  for (const text of ["word ".repeat(2000), "😡".repeat(4000), "short"]) {
    const cut = pieces(text, { start: 0, end: text.length })
    expect(cut.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text)
    for (const { start } of cut) expect(text.charCodeAt(start) >> 10).not.toBe(0xdc00 >> 10)
    expect(Math.max(...cut.map(({ start, end }) => end - start))).toBeLessThan(2500)
  }
})

test("the same words are marked wherever they stand as words, and what is marked already stays", () => {
  const text = "Ada met Ada. Adam saw Ada Lovelace and Ada."
  const begun = on.add(marksOf(text, null, "human"), { start: 0, end: 3 }, "person", false)
  const named = on.add(begun.marks, { start: 22, end: 34 }, "person", false)
  const [first] = named.marks
  const all = on.everywhere(text, words(text), named.marks, first as on.Mark)
  expect(all.map(({ start, end, label }) => [start, text.slice(start, end), label])).toEqual([
    [0, "Ada", "person"],
    [8, "Ada", "person"],
    [22, "Ada Lovelace", "person"],
    [39, "Ada", "person"],
  ])
  expect(on.everywhere(text, words(text), all, first as on.Mark)).toBe(all)
})
