import "fake-indexeddb/auto"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Assignment } from "@/api/nouns"
import { all, clear } from "@/lib/database"
import { beat, giveBack, hand, refill, take } from "@/work/hand"
import { outbox, say, startOutbox } from "@/work/outbox"

const SOON = 600_000_000 // microseconds
const work = (work_id: string, more: Partial<Assignment> = {}) =>
  ({
    work_id,
    programme_id: "prg_1",
    programme: "desk",
    queue: "annotate",
    cacheable: true,
    expires_at: Date.now() * 1000 + SOON,
    ...more,
  }) as Assignment

let answer: (path: string) => Response | Promise<Response>
const ids = () => hand.get().works.map(({ work_id }) => work_id)
const kept = async () => (await all<Assignment>("held")).map(({ work_id }) => work_id)

beforeEach(() => {
  vi.stubGlobal("fetch", async (url: string) => answer(url.replace("/api", "")))
})

afterEach(async () => {
  answer = () => Response.json({})
  giveBack()
  await clear("held")
  vi.unstubAllGlobals()
})

test("an item whose lease went to somebody else stays on the desk and says so; one behind it goes", async () => {
  answer = (path) =>
    path === "/work/heartbeat"
      ? Response.json({ lost: ["wrk_front", "wrk_behind"] })
      : Response.json({ works: [work("wrk_front"), work("wrk_behind"), work("wrk_last")] })
  await take({ programme_id: "prg_1" })
  await beat()
  expect(ids()).toEqual(["wrk_front", "wrk_last"])
  expect(hand.get().lost.has("wrk_front")).toBe(true)
})

test("an item that may not be kept in a browser never reaches its disk", async () => {
  answer = () => Response.json({ works: [work("wrk_open"), work("wrk_private", { cacheable: false })] })
  await take({ programme_id: "prg_1" })
  await vi.waitFor(async () => expect(await kept()).toEqual(["wrk_open"]))
  expect(ids()).toEqual(["wrk_open", "wrk_private"])
})

test("while the server is away, what was kept is worked on, and what is no longer one's own is not", async () => {
  answer = () =>
    Response.json({ works: [work("wrk_1"), work("wrk_2", { expires_at: Date.now() * 1000 + 200_000 })] })
  await take({ programme_id: "prg_1" })
  await vi.waitFor(async () => expect(await kept()).toHaveLength(2))
  answer = () => Promise.reject(new TypeError("no route to host"))
  await vi.waitFor(async () => {
    await take({ programme_id: "prg_1" })
    expect(ids()).toEqual(["wrk_1"])
  })
  expect(hand.get()).toMatchObject({ state: "ready", problem: { status: 0 } })
})

test("what waited for the server goes as soon as the server gives an item again", async () => {
  const paths: string[] = []
  let away = true
  answer = (path) => {
    paths.push(path)
    if (away) return Promise.reject(new TypeError("no route to host"))
    return Response.json(path.endsWith("/submit") ? { judgement_id: "jdg_1" } : { works: [] })
  }
  const later = setTimeout
  // Its own next try never comes.
  vi.stubGlobal("setTimeout", (run: () => void, ms = 0) => (ms < 300 ? later(run, ms) : 0))
  await startOutbox("act_me")
  await say("wrk_1", { stance: "accept", active_ms: 1, wall_ms: 2, first_ms: null })
  await vi.waitFor(() => expect(outbox.get()).toMatchObject({ online: false, letters: [{ tries: 1 }] }))
  away = false
  paths.length = 0
  await refill()
  await vi.waitFor(() => expect(outbox.get().letters).toHaveLength(0))
  expect(paths.filter((path) => path.endsWith("/submit"))).toHaveLength(1)
  await clear("outbox")
})
