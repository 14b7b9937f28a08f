import { expect, test } from "vitest"
import type { Label } from "@/api/nouns"
import { tree } from "@/editors/labels"
import * as linked from "@/editors/links"
import * as on from "@/editors/marks"
import * as relations from "@/editors/relations-model"
import * as roles from "@/editors/roles-model"

const TEXT = "😡 Ada works for Acme"
const ANSWER = {
  spans: [
    { start: 2, end: 5, label: "person" },
    { start: 16, end: 20, label: "company" },
  ],
  relations: [{ from: 0, to: 1, label: "works_for" }],
}
const SUGGESTED = relations.linkedOf(TEXT, ANSWER, "suggested")
const [ADA, ACME] = SUGGESTED.marks as [on.Mark, on.Mark]
const [LINK] = SUGGESTED.links as [linked.Link]

test("relations come back as they were stored, and are not said before somebody looked at them", () => {
  expect(relations.answerOf(TEXT, SUGGESTED)).toEqual({ spans: [], relations: [] })
  expect(relations.answerOf(TEXT, linked.acceptAll(SUGGESTED))).toEqual(ANSWER)
  expect(linked.left(SUGGESTED)).toBe(3)
})

test("accepting a relation accepts both its ends", () => {
  const doc = linked.acceptLink(SUGGESTED, LINK.id)
  expect(linked.left(doc)).toBe(0)
  expect(relations.answerOf(TEXT, doc)).toEqual(ANSWER)
})

test("a mark that goes takes its relations, one that is renamed keeps them", () => {
  expect(linked.withMarks(SUGGESTED, on.remove(SUGGESTED.marks, ADA.id)).links).toEqual([])
  const { marks, id } = on.relabel(SUGGESTED.marks, ADA.id, "people")
  const doc = linked.withMarks(SUGGESTED, marks, [ADA.id, id])
  expect(doc.links.map(({ from, to }) => [from, to])).toEqual([[id, ACME.id]])
})

test("a relation is turned and renamed, and saying one twice says it once", () => {
  const turned = linked.changeLink(SUGGESTED, LINK.id, { turned: true })
  expect(turned.links.map(({ from, to }) => [from, to])).toEqual([[ACME.id, ADA.id]])
  const renamed = linked.changeLink(SUGGESTED, LINK.id, { label: "owns" })
  expect(renamed.links.map(({ label, state }) => [label, state])).toEqual([["owns", "human"]])
  expect(linked.link(renamed, ADA.id, ACME.id, "owns").links).toHaveLength(1)
})

test("answers are the same whatever the order of their spans", () => {
  const other = { spans: [...ANSWER.spans].reverse(), relations: [{ from: 1, to: 0, label: "works_for" }] }
  expect(relations.same(ANSWER, other)).toBe(true)
  expect(relations.same(ANSWER, { ...other, relations: [{ from: 0, to: 1, label: "works_for" }] })).toBe(
    false,
  )
  expect(relations.same(ANSWER, null)).toBe(false)
})

test("a relation joins the pairs it may, and one that is not listed any", () => {
  const between = { works_for: [["person", "company"] as const] }
  expect(relations.mayJoin(between, "works_for", "person", "company")).toBe(true)
  expect(relations.mayJoin(between, "works_for", "company", "person")).toBe(false)
  expect(relations.mayJoin(between, "knows", "company", "person")).toBe(true)
})

const label = (id: string, parent: string | null, selectable = true): Label => ({
  id,
  name: id,
  parent,
  definition: "",
  do: [],
  dont: [],
  human_only: false,
  selectable,
})

test("labels below the heading part from the others, with their own colours", () => {
  const all = [
    label("person", null),
    label("rel", null, false),
    label("family", "rel", false),
    label("kin", "family"),
  ]
  const { below, beside } = linked.parted(tree(all), "rel")
  expect(below.map((entry) => [entry.label.id, entry.depth])).toEqual([
    ["family", 0],
    ["kin", 1],
  ])
  expect(beside.map((entry) => entry.label.id)).toEqual(["person"])
})

const FRAMES = {
  predicates: [
    {
      start: 6,
      end: 11,
      label: "act",
      arguments: [
        { start: 2, end: 5, label: "agent" },
        { start: 16, end: 20, label: "goal" },
      ],
    },
  ],
}

test("predicates and arguments come back as they were stored", () => {
  const doc = roles.linkedOf(TEXT, FRAMES, "human")
  expect(roles.answerOf(TEXT, doc)).toEqual(FRAMES)
  expect(roles.same(FRAMES, roles.answerOf(TEXT, doc))).toBe(true)
})

test("an argument that no predicate has is none, and goes from one without leaving the other", () => {
  const two = {
    predicates: [
      ...FRAMES.predicates,
      { start: 12, end: 15, label: "act", arguments: [{ start: 2, end: 5, label: "theme" }] },
    ],
  }
  const doc = roles.linkedOf(TEXT, two, "human")
  const ada = doc.marks.find(({ start }) => start === 3) as on.Mark
  const [first] = doc.marks.filter((mark) => !roles.isArgument(mark)) as [on.Mark]
  const after = roles.removed(doc, ada, first.id)
  expect(after.marks).toContainEqual(ada)
  expect(after.links).toHaveLength(2)
  expect(roles.removed(doc, first, null).marks.map(({ label: own }) => own)).toEqual(["", "act"])
})
