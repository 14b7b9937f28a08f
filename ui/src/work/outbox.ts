import { post, Refusal, signedOut } from "@/api/http"
import type { Said, Stance } from "@/api/nouns"
import { all, drop, put } from "@/lib/database"
import { store } from "@/lib/store"

/** One answer on its way to the server. It leaves the outbox only when the server has said that it is stored. */
export interface Letter {
  readonly key: string
  readonly work_id: string
  /** Whose it is: another person at the same browser must not send it as their own. */
  readonly actor_id: string
  readonly said: Said
  readonly said_at: number
  readonly tries: number
  /** Why the server will not take it, in words; such a letter waits for a person. */
  readonly refused: { status: number; sentence: string; request_id: string | null } | null
}

export interface Receipt {
  work_id: string
  stance: Stance
  judgement_id: string
  surplus: boolean
  state: string
  /** Only after an answer in training. */
  lesson?: Lesson | null
  /** Only where a suggestion is shown after the answer. */
  revealed?: Revealed | null
}

export interface Lesson {
  readonly right: boolean
  readonly answer: unknown
  readonly named: string
  readonly explanation: string
}

export interface Revealed {
  readonly text: string
  readonly answer: unknown
  readonly named: string
  readonly same: boolean
}

export interface Outbox {
  readonly letters: readonly Letter[]
  readonly online: boolean
  /** False until it is known what an earlier visit left: until then nobody may say that all is saved. */
  readonly read: boolean
  /** False where the browser refuses to keep anything: answers then only survive until the page is closed. */
  readonly durable: boolean
}

export const outbox = store<Outbox>({ letters: [], online: navigator.onLine, read: false, durable: true })

const stored = new Set<(receipt: Receipt) => void>()
/** Called with every answer that the server has stored. */
export function onStored(listener: (receipt: Receipt) => void): () => void {
  stored.add(listener)
  return () => stored.delete(listener)
}

let actor = ""

const setLetters = (change: (letters: readonly Letter[]) => readonly Letter[]) =>
  outbox.set((now) => ({ ...now, letters: change(now.letters) }))

async function keep(letter: Letter): Promise<void> {
  setLetters((letters) => [...letters.filter(({ key }) => key !== letter.key), letter].sort(bySaying))
  try {
    await put("outbox", letter)
  } catch {
    outbox.set((now) => ({ ...now, durable: false }))
  }
}

const bySaying = (a: Letter, b: Letter) => a.said_at - b.said_at

async function remove(key: string): Promise<void> {
  setLetters((letters) => letters.filter((letter) => letter.key !== key))
  await drop("outbox", key).catch(() => undefined)
}

/** Puts an answer in the outbox and starts sending. Resolves when the browser has it on disk. */
export async function say(work_id: string, said: Omit<Said, "key">): Promise<Letter> {
  const key = crypto.randomUUID()
  const letter: Letter = {
    key,
    work_id,
    actor_id: actor,
    said: { ...said, key },
    said_at: Date.now(),
    tries: 0,
    refused: null,
  }
  await keep(letter)
  void flush()
  return letter
}

/** Takes an answer back that has not been sent yet. False where it is too late for that. */
export async function takeBack(work_id: string): Promise<Letter | null> {
  const letter = outbox.get().letters.find((one) => one.work_id === work_id && one.key !== sending)
  if (!letter) return null
  await remove(letter.key)
  return letter
}

export const discard = remove

export async function tryAgain(key: string): Promise<void> {
  const letter = outbox.get().letters.find((one) => one.key === key)
  if (!letter) return
  await keep({ ...letter, refused: null, tries: 0 })
  void flush()
}

let first: () => Promise<void> = async () => undefined
/** What has to reach the server before any answer does. */
export function sendFirst(duty: () => Promise<void>): void {
  first = duty
}

let sending: string | null = null
let flushing = false
let wake: ReturnType<typeof setTimeout> | undefined

/** Sends what is waiting, in order. One tab at a time: the key makes a repetition harmless, the lock avoids it. */
export async function flush(): Promise<void> {
  if (flushing || !actor) return
  flushing = true
  clearTimeout(wake)
  try {
    const locks = (navigator as { locks?: LockManager }).locks
    if (locks) await locks.request("goldloop.outbox", sendAll)
    else await sendAll()
  } finally {
    flushing = false
    sending = null
  }
}

async function sendAll(): Promise<void> {
  for (;;) {
    const letter = outbox
      .get()
      .letters.find(({ actor_id, refused }) => actor_id === actor && refused === null)
    if (!letter) return
    await first()
    sending = letter.key
    const wait = await send(letter)
    sending = null
    if (wait > 0) {
      wake = setTimeout(() => void flush(), wait)
      return
    }
  }
}

/** Milliseconds until the next attempt; 0 where the letter is done with, one way or the other. */
async function send(letter: Letter): Promise<number> {
  try {
    const receipt = await post<Omit<Receipt, "work_id" | "stance">>(
      `/work/${letter.work_id}/submit`,
      letter.said,
      { signal: AbortSignal.timeout(SILENCE) },
    )
    outbox.set((now) => ({ ...now, online: true }))
    await remove(letter.key)
    for (const listener of stored)
      listener({ ...receipt, work_id: letter.work_id, stance: letter.said.stance })
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusedOrWaiting(letter, error)
  }
}

/** A server that says nothing for so long is asked again: the key makes it the same answer. */
const SILENCE = 30_000
/** Signing in again flushes at once; this only covers a sign-in in another tab. */
const UNTIL_SIGNED_IN = 5_000
const PASSING = new Set([0, 408, 425, 429, 500, 502, 503, 504])

async function refusedOrWaiting(letter: Letter, error: Refusal): Promise<number> {
  outbox.set((now) => ({ ...now, online: error.status !== 0 }))
  if (error.status === 401) return UNTIL_SIGNED_IN
  if (PASSING.has(error.status)) {
    setLetters((letters) =>
      letters.map((one) => (one.key === letter.key ? { ...one, tries: one.tries + 1 } : one)),
    )
    const patience = Math.min(30_000, 500 * 2 ** Math.min(letter.tries, 6)) * (0.75 + Math.random() / 2)
    return error.retryAfter ? error.retryAfter * 1000 : patience
  }
  const refused = {
    status: error.status,
    sentence: error.sentence,
    request_id: error.detail.request_id ?? null,
  }
  await keep({ ...letter, refused })
  return 0
}

/** Loads what an earlier visit left, and sends it. Call when it is known who is signed in. */
export async function startOutbox(actor_id: string): Promise<void> {
  actor = actor_id
  try {
    const letters = await all<Letter>("outbox")
    setLetters((now) =>
      [...now, ...letters.filter(({ key }) => !now.some((one) => one.key === key))].sort(bySaying),
    )
  } catch {
    outbox.set((now) => ({ ...now, durable: false }))
  }
  outbox.set((now) => ({ ...now, read: true }))
  void flush()
}

if (typeof window !== "undefined") {
  addEventListener("online", () => {
    outbox.set((now) => ({ ...now, online: true }))
    void flush()
  })
  addEventListener("offline", () => outbox.set((now) => ({ ...now, online: false })))
  addEventListener("beforeunload", (event) => {
    const { letters, durable } = outbox.get()
    if (!durable && letters.length > 0) event.preventDefault()
  })
  signedOut.watch(() => {
    if (!signedOut.get()) void flush()
  })
}
