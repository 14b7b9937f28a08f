import "fake-indexeddb/auto"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { signedOut } from "@/api/http"
import { all, clear } from "@/lib/database"
import { type Letter, onStored, outbox, say, startOutbox, takeBack, tryAgain } from "@/work/outbox"

const SAID = { stance: "accept" as const, active_ms: 1, wall_ms: 2, first_ms: null }
const answers: (() => Response | Promise<Response>)[] = []
const sent: { url: string; body: { key: string } }[] = []

const ok = () => Response.json({ judgement_id: "jdg_1", surplus: false, state: "decided" })
const no =
  (status: number, message = "no") =>
  () =>
    Response.json({ code: "x", message, request_id: "r1" }, { status })

beforeEach(async () => {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const next = answers.shift() ?? ok
    sent.push({ url, body: JSON.parse(String(init.body)) })
    return next()
  })
  await startOutbox("act_me")
})

afterEach(async () => {
  await settled()
  for (const { key } of outbox.get().letters) await tryAgain(key)
  await settled()
  answers.splice(0)
  sent.splice(0)
  await clear("outbox")
  signedOut.set(false)
  vi.unstubAllGlobals()
})

const settled = () => new Promise((resolve) => setTimeout(resolve, 60))
const onDisk = () => all<Letter>("outbox")

test("an answer leaves the outbox when the server has it, and not before", async () => {
  let release: () => void = () => undefined
  answers.push(() => new Promise<Response>((resolve) => (release = () => resolve(ok()))))
  await say("wrk_1", SAID)
  expect(await onDisk()).toHaveLength(1)
  release()
  await settled()
  expect(await onDisk()).toHaveLength(0)
  expect(outbox.get().letters).toHaveLength(0)
})

test("a repetition carries the same key", async () => {
  answers.push(no(503))
  await say("wrk_1", SAID)
  await vi.waitFor(() => expect(sent).toHaveLength(2), 3_000)
  expect(sent[0]?.body.key).toBe(sent[1]?.body.key)
})

test("answers go out in the order in which they were said", async () => {
  await say("wrk_1", SAID)
  await say("wrk_2", SAID)
  await say("wrk_3", SAID)
  await settled()
  expect(sent.map(({ url }) => url.split("/")[3])).toEqual(["wrk_1", "wrk_2", "wrk_3"])
})

test("a conflict keeps the answer, says why, and holds nobody up", async () => {
  answers.push(no(409, "the lease has run out"))
  await say("wrk_1", SAID)
  await say("wrk_2", SAID)
  await settled()
  const [kept] = outbox.get().letters
  expect(outbox.get().letters).toHaveLength(1)
  expect(kept).toMatchObject({ work_id: "wrk_1", refused: { status: 409, request_id: "r1" } })
  expect(kept?.refused?.sentence).toContain("lease")
  expect(await onDisk()).toHaveLength(1)
})

test("a lost session keeps every answer until somebody is back", async () => {
  answers.push(no(401))
  await say("wrk_1", SAID)
  await settled()
  expect(signedOut.get()).toBe(true)
  expect(await onDisk()).toHaveLength(1)
  signedOut.set(false)
  await settled()
  expect(await onDisk()).toHaveLength(0)
})

test("an answer that has not been sent can be taken back", async () => {
  answers.push(no(401))
  await say("wrk_1", SAID)
  await settled()
  expect((await takeBack("wrk_1"))?.work_id).toBe("wrk_1")
  expect(await onDisk()).toHaveLength(0)
})

test("what an earlier visit left is sent on the next", async () => {
  answers.push(no(401))
  await say("wrk_9", SAID)
  await settled()
  const [left] = await onDisk()
  outbox.set((now) => ({ ...now, letters: [] }))
  await startOutbox("act_me")
  await settled()
  expect(sent.at(-1)?.body.key).toBe(left?.key)
})

test("nobody sends another person's answers", async () => {
  answers.push(no(401))
  await say("wrk_1", SAID)
  await settled()
  const before = sent.length
  await startOutbox("act_other")
  await settled()
  expect(sent).toHaveLength(before)
  await startOutbox("act_me")
})

test("whoever listens hears of every stored answer", async () => {
  const heard = vi.fn()
  const stop = onStored(heard)
  await say("wrk_1", SAID)
  await settled()
  expect(heard).toHaveBeenCalledWith(expect.objectContaining({ work_id: "wrk_1", surplus: false }))
  stop()
})
