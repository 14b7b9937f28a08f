import { post, Refusal } from "@/api/http"
import type { Assignment, Queue } from "@/api/nouns"
import { all, drop, put } from "@/lib/database"
import { store } from "@/lib/store"
import { outbox } from "./outbox"

/** What a person holds: the item in front of them first, the next ones behind it. */
export interface Hand {
  readonly works: readonly Assignment[]
  readonly state: "loading" | "ready" | "empty" | "failed"
  readonly problem: Refusal | null
  /** Works whose lease went to somebody else while they were in this hand. */
  readonly lost: ReadonlySet<string>
}

export interface Wanted {
  readonly programme_id?: string
  readonly queue?: Queue
}

/** One in front, four behind. */
export const AHEAD = 5
/** What the server hands out at once. Answers on their way still count as held there. */
const MOST = 10
const REFILL_BELOW = 4

export const EMPTY: Hand = { works: [], state: "loading", problem: null, lost: new Set() }
export const hand = store<Hand>(EMPTY)

let wanted: Wanted = {}
let asking: Promise<void> | null = null
const answered = new Set<string>()

/** Begins with a queue: what is kept from before, then what the server gives. */
export async function take(next: Wanted): Promise<void> {
  wanted = next
  hand.set(EMPTY)
  await refill()
}

/** Asks for more; asking while asking is one question. */
export function refill(): Promise<void> {
  asking ??= ask().finally(() => {
    asking = null
  })
  return asking
}

async function ask(): Promise<void> {
  const asked = wanted
  try {
    const given = await post<{ works: Assignment[] }>("/work/claim", {
      ...asked,
      count: Math.min(MOST, AHEAD + outbox.get().letters.length),
    })
    if (asked !== wanted) return
    arrange(given.works)
  } catch (error) {
    if (!(error instanceof Refusal) || asked !== wanted) return
    const kept = hand.get().works.length ? hand.get().works : await keptFrom(asked)
    hand.set((now) => ({ ...now, works: kept, state: kept.length ? "ready" : "failed", problem: error }))
  }
}

function arrange(given: readonly Assignment[]): void {
  const waiting = new Set(outbox.get().letters.map(({ work_id }) => work_id))
  const fresh = given.filter(({ work_id }) => !answered.has(work_id) && !waiting.has(work_id))
  hand.set((now) => {
    const byId = new Map(fresh.map((work) => [work.work_id, work]))
    const stay = now.works.filter(({ work_id }, at) => at === 0 || byId.has(work_id))
    const works = [...stay, ...fresh.filter(({ work_id }) => !stay.some((one) => one.work_id === work_id))]
    return { ...now, works, state: works.length ? "ready" : "empty", problem: null }
  })
  for (const work of fresh) if (work.cacheable) put("held", work).catch(() => undefined)
}

/** Items that policy lets the browser keep, and that are still this person's. */
async function keptFrom({ programme_id, queue }: Wanted): Promise<Assignment[]> {
  const kept = await all<Assignment>("held").catch(() => [])
  const now = Date.now() * 1000
  for (const { work_id, expires_at } of kept) if (expires_at < now) void forget(work_id)
  return kept.filter(
    (work) =>
      work.expires_at >= now &&
      !answered.has(work.work_id) &&
      (!programme_id || work.programme_id === programme_id || work.programme === programme_id) &&
      (!queue || work.queue === queue),
  )
}

const forget = (work_id: string) => drop("held", work_id).catch(() => undefined)

/** The work is answered: it leaves the hand in this very frame, and more is asked for behind it. */
export function putDown(work_id: string): void {
  answered.add(work_id)
  void forget(work_id)
  hand.set((now) => {
    const works = now.works.filter((work) => work.work_id !== work_id)
    return {
      ...now,
      works,
      state: works.length || now.state === "failed" ? now.state : "loading",
    }
  })
  if (hand.get().works.length < REFILL_BELOW) void refill()
}

/** A work comes back to the front: taken back, or reopened. */
export function pickUp(work: Assignment): void {
  answered.delete(work.work_id)
  hand.set((now) => ({
    ...now,
    works: [work, ...now.works.filter(({ work_id }) => work_id !== work.work_id)],
    state: "ready",
  }))
}

/** Tells the server that these are still being worked on; what it has given away meanwhile is dropped. */
export async function beat(): Promise<void> {
  const works = hand.get().works
  if (!works.length) return
  try {
    const ids = works.map(({ work_id }) => work_id)
    const { lost } = await post<{ lost: string[] }>("/work/heartbeat", { work_ids: ids })
    if (!lost.length) return
    hand.set((now) => ({
      ...now,
      lost: new Set([...now.lost, ...lost]),
      works: now.works.filter(({ work_id }, at) => at === 0 || !lost.includes(work_id)),
    }))
    for (const work_id of lost) void forget(work_id)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

/** Gives back what was only waiting, so that nobody waits for a lease to run out. */
export function giveBack(): void {
  for (const { work_id } of hand.get().works.slice(1)) {
    void forget(work_id)
    post(`/work/${work_id}/release`, {}, { keepalive: true }).catch(() => undefined)
  }
  wanted = {}
}
