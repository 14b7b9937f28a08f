import { expect, test } from "vitest"
import type { OpenQueue } from "@/api/nouns"
import { merged } from "@/work/queue-picker"

const row = (
  programme: string,
  queue: OpenQueue["queue"],
  tier: number,
  open: number,
  held = 0,
): OpenQueue => ({
  programme_id: `prg_${programme}`,
  programme,
  queue,
  tier,
  open,
  held,
})

test("queues of several tiers are one, empty ones none, and where several wait all together stand first", () => {
  const offers = merged([
    row("b", "annotate", 2, 5),
    row("b", "verify", 1, 10),
    row("b", "annotate", 1, 2),
    row("a", "review", 3, 1),
    row("a", "verify", 1, 0),
  ])
  expect(offers.map(({ programme, queue, open }) => [programme, queue, open])).toEqual([
    ["a", "review", 1],
    ["b", "any", 17],
    ["b", "verify", 10],
    ["b", "annotate", 7],
  ])
})

test("what one holds waits for one, though nobody else finds it ready", () => {
  expect(merged([row("a", "verify", 1, 0, 3)]).map(({ queue, open }) => [queue, open])).toEqual([
    ["verify", 3],
  ])
})
