import { afterEach, expect, test, vi } from "vitest"
import type { GuidedClause } from "@/api/nouns"
import { labelsIn, unreadFor } from "@/work/guidance"
import { shares } from "@/work/shares"
import { similarTo } from "@/work/similar"

afterEach(() => vi.unstubAllGlobals())

test("time on a screen is shared out to the millisecond", () => {
  for (const count of [1, 7, 20]) {
    const parts = shares({ active_ms: 10_003, wall_ms: 20_011, first_ms: null }, count)
    expect(parts).toHaveLength(count)
    expect(parts.reduce((sum, { active_ms }) => sum + active_ms, 0)).toBe(10_003)
    expect(parts.reduce((sum, { wall_ms }) => sum + wall_ms, 0)).toBe(20_011)
    expect(parts.every(({ first_ms }) => first_ms === null)).toBe(true)
  }
})

test("texts are alike by what only they share, not by what all of them say", () => {
  const say = (what: string) => `Dear support team, I have a question about my ${what}. Thank you!`
  const texts = ["lost card", "exchange rate", "stolen card", "rate of exchange", "opening hours"].map(say)
  expect(similarTo(texts, 0)).toEqual([2])
  expect(similarTo(texts, 1)).toEqual([3])
  expect(similarTo(texts, 4)).toEqual([])
  expect(similarTo(["한국어 카드", "카드 한국어", "other"], 0)).toEqual([1])
  expect(similarTo([""], 0)).toEqual([])
})

test("labels are found in an answer of any shape", () => {
  expect([...labelsIn({ labels: ["a", "b"] })]).toEqual(["a", "b"])
  expect([...labelsIn({ spans: [{ start: 0, label: "x" }], relations: [{ label: "y" }] })]).toEqual([
    "x",
    "y",
  ])
  expect([...labelsIn({ steps: [{ verdict: "right", label: "" }] })]).toEqual([])
  expect([...labelsIn(null)]).toEqual([])
})

test("a changed rule concerns answers with its label, and a common one all answers", () => {
  const rule = (id: string, label: string | null, unread: boolean) => ({ id, label, unread }) as GuidedClause
  const clauses = [rule("1", "a", true), rule("2", null, true), rule("3", "a", false), rule("4", "b", true)]
  const guidance = { guideline_id: null, number: 1, ontology_id: "o", clauses }
  expect(unreadFor(guidance, new Set(["a"])).map(({ id }) => id)).toEqual(["1", "2"])
  expect(unreadFor(undefined, new Set(["a"]))).toEqual([])
})

test("a work that another window has is not taken, and is free when that window lets go", async () => {
  const held = new Set<string>(["goldloop.work.wrk_other"])
  const request = async (name: string, _: unknown, act: (lock: { name: string } | null) => unknown) => {
    if (held.has(name)) return act(null)
    held.add(name)
    await act({ name })
    held.delete(name)
  }
  const query = async () => ({ held: [...held].map((name) => ({ name })) })
  vi.stubGlobal("navigator", { ...navigator, locks: { request, query } })
  const { elsewhere, grab, letGo } = await import("@/work/windows")
  expect(await grab("wrk_mine")).toBe(true)
  expect(await grab("wrk_other")).toBe(false)
  expect(await elsewhere()).toEqual(["wrk_other"])
  letGo("wrk_mine")
  await Promise.resolve()
  expect(held.has("goldloop.work.wrk_mine")).toBe(false)
})

test("nothing at the desk stands before the work as a dialog, but what a person opens", () => {
  const sources = import.meta.glob<string>("../src/{work,editors}/*.tsx", {
    query: "?raw",
    import: "default",
    eager: true,
  })
  const asking = Object.entries(sources).filter(([, source]) => source.includes("@/parts/dialog"))
  expect(asking.map(([path]) => path)).toEqual(["../src/work/outbox-dialog.tsx"])
})
