import { post, Refusal } from "@/api/http"
import type { Assignment, Queue } from "@/api/nouns"
import { all, drop, put } from "@/lib/database"
import { store } from "@/lib/store"
import { flush, type Letter, onStored, outbox } from "./outbox"
import { elsewhere, grab, letGo } from "./windows"

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

/** How one wants to work: how many at once, and what comes first. */
export interface Manner {
  /** One in front, four behind; a screen and the next one where many are verified at once. */
  readonly ahead?: number
  /** The work that one came for. */
  readonly first?: string | undefined
}

export const AHEAD = 5
/** Answers on their way still count as held on the server. */
const MOST = 100
const REFILL_BELOW = 4
const RETRY = 5_000

export const EMPTY: Hand = { works: [], state: "loading", problem: null, lost: new Set() }
export const hand = store<Hand>(EMPTY)

let wanted: Wanted = {}
let manner: Manner = {}
let asking: Promise<void> | null = null
let retry: ReturnType<typeof setTimeout> | undefined
const answered = new Set<string>()

/** Begins with a queue: what is kept from before, then what the server gives. */
export async function take(next: Wanted, how: Manner = {}): Promise<void> {
  wanted = next
  manner = how
  hand.set(EMPTY)
  await refill()
}

/** Asks for more; asking while asking is one question. */
export function refill(): Promise<void> {
  clearTimeout(retry)
  asking ??= ask().finally(() => {
    asking = null
  })
  return asking
}

async function ask(): Promise<void> {
  const asked = wanted
  const { ahead = AHEAD } = manner
  try {
    const given = await post<{ works: Assignment[] }>("/work/claim", {
      ...asked,
      count: Math.min(MOST, ahead + outbox.get().letters.length),
      beside: await elsewhere(),
    })
    // It answers again: what waits for the next try in its own time goes now.
    if (!outbox.get().online) void flush()
    if (asked !== wanted) return void refill()
    await arrange(given.works)
  } catch (error) {
    if (!(error instanceof Refusal)) return
    if (asked !== wanted) return void refill()
    const kept = hand.get().works.length ? hand.get().works : await keptFrom(asked)
    hand.set((now) => ({ ...now, works: kept, state: kept.length ? "ready" : "failed", problem: error }))
    if (error.status === 0 || error.status >= 500) retry = setTimeout(() => void refill(), RETRY)
  }
}

async function arrange(given: readonly Assignment[]): Promise<void> {
  const waiting = await unsent()
  const open = given.filter(({ work_id }) => !answered.has(work_id) && !waiting.has(work_id))
  const here = await Promise.all(open.map(async (work) => ((await grab(work.work_id)) ? [work] : [])))
  const fresh = here.flat()
  hand.set((now) => {
    const byId = new Map(fresh.map((work) => [work.work_id, work]))
    const stay = now.works.filter(({ work_id }, at) => at === 0 || byId.has(work_id))
    const works = [...stay, ...fresh.filter(({ work_id }) => !stay.some((one) => one.work_id === work_id))]
    const first = works.findIndex(({ work_id }) => work_id === manner.first)
    if (first > 0) works.unshift(...works.splice(first, 1))
    return { ...now, works, state: works.length ? "ready" : "empty", problem: null }
  })
  manner = { ...manner, first: undefined }
  for (const work of fresh) if (work.cacheable) put("held", work).catch(() => undefined)
}

/** Works whose answers have not reached the server: of this window, and of others that may be gone. */
async function unsent(): Promise<Set<string>> {
  const kept = await all<Letter>("outbox").catch(() => [])
  return new Set([...kept, ...outbox.get().letters].map(({ work_id }) => work_id))
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

/** Works are answered: they leave the hand in this very frame, and more is asked for behind them. */
export function putDown(...ids: readonly string[]): void {
  for (const work_id of ids) {
    answered.add(work_id)
    void forget(work_id)
  }
  hand.set((now) => {
    const works = now.works.filter(({ work_id }) => !ids.includes(work_id))
    return {
      ...now,
      works,
      state: works.length || now.state === "failed" ? now.state : "loading",
    }
  })
  if (hand.get().works.length < Math.max(REFILL_BELOW, (manner.ahead ?? 0) / 2)) void refill()
}

// Another window may have the work again only when its answer has arrived.
onStored(({ work_id }) => letGo(work_id))

/** A work comes back to the front: taken back, or reopened. */
export function pickUp(work: Assignment): void {
  answered.delete(work.work_id)
  void grab(work.work_id)
  hand.set((now) => ({
    ...now,
    works: [work, ...now.works.filter(({ work_id }) => work_id !== work.work_id)],
    state: "ready",
  }))
}

/** A work whose answer was refused may be asked for again. */
export function reopenLater(work_id: string): void {
  answered.delete(work_id)
  manner = { ...manner, first: work_id }
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
  clearTimeout(retry)
  const { works } = hand.get()
  for (const { work_id } of works) letGo(work_id)
  for (const { work_id } of works.slice(1)) {
    void forget(work_id)
    post(`/work/${work_id}/release`, {}, { keepalive: true }).catch(() => undefined)
  }
  wanted = {}
}
