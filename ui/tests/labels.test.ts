import { expect, test } from "vitest"
import type { Label } from "@/api/nouns"
import { digitKey, isDeep, optionsAt, search, slotsFor, tree, withUsed } from "@/editors/labels"

const label = (id: string, extra: Partial<Label> = {}): Label => ({
  id,
  name: id.replaceAll("_", " "),
  parent: null,
  definition: "",
  do: [],
  dont: [],
  human_only: false,
  selectable: true,
  ...extra,
})

test("a tree is listed with children under their parents", () => {
  const entries = tree([label("b"), label("a_child", { parent: "a" }), label("a")])
  expect(entries.map((entry) => [entry.label.id, entry.depth])).toEqual([
    ["b", 0],
    ["a", 0],
    ["a_child", 1],
  ])
})

test("the first eight labels have eight colours, and the ninth a second mark", () => {
  const entries = tree(Array.from({ length: 9 }, (_, at) => label(`l${at}`)))
  expect(new Set(entries.slice(0, 8).map(({ hue }) => hue)).size).toBe(8)
  expect(entries[8]).toMatchObject({ hue: 1, round: 1 })
})

test("a filter finds by beginning before it finds anywhere", () => {
  const entries = tree([label("pending_transfer"), label("transfer_fee"), label("top_up")])
  expect(search(entries, "transfer").map((entry) => entry.label.id)).toEqual([
    "transfer_fee",
    "pending_transfer",
  ])
})

test("a filter overlooks accents, case and the order of words", () => {
  const entries = tree([label("café_au_lait")])
  expect(search(entries, "LAIT cafe")).toHaveLength(1)
})

test("up to twenty labels keep their own digits", () => {
  const entries = tree(Array.from({ length: 20 }, (_, at) => label(`l${at}`)))
  expect(slotsFor(entries, ["l5"])[0]).toBe("l0")
  expect([0, 8, 9, 10, 19].map(digitKey)).toEqual(["1", "9", "0", "shift+1", "shift+0"])
})

test("beyond twenty the digits are the last used, and a label stays in its slot", () => {
  const entries = tree(Array.from({ length: 30 }, (_, at) => label(`l${at}`)))
  let used = { slots: [] as readonly string[], order: [] as readonly string[] }
  for (const id of ["l3", "l9", "l3"]) used = withUsed(used, id)
  expect(slotsFor(entries, used.slots)).toEqual(["l3", "l9"])
})

test("the eleventh label takes the slot of the one not used for longest", () => {
  let used = { slots: [] as readonly string[], order: [] as readonly string[] }
  for (let at = 0; at < 10; at++) used = withUsed(used, `l${at}`)
  used = withUsed(withUsed(used, "l0"), "new")
  expect(used.slots[1]).toBe("new")
  expect(used.slots[0]).toBe("l0")
})

test("a level of the tree offers what is below, and the broader label itself where it can be said", () => {
  const below = Array.from({ length: 21 }, (_, at) => label(`leaf${at}`, { parent: "group" }))
  const entries = tree([label("top", { selectable: false }), label("group", { parent: "top" }), ...below])
  const ids = (level: string | null) => optionsAt(entries, level).map((entry) => entry.label.id)
  expect(ids(null)).toEqual(["top"])
  expect(ids("top")).toEqual(["group"])
  expect(ids("group").slice(0, 2)).toEqual(["group", "leaf0"])
  expect(isDeep(entries)).toBe(true)
  expect(isDeep(tree(below.map((one) => ({ ...one, parent: null }))))).toBe(false)
})
