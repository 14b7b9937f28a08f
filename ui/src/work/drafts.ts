import { all, drop, put } from "@/lib/database"
import { outbox } from "./outbox"
import type { Saying } from "./saying"

/** An answer that is being made: labels, offsets and words, never the item itself. */
export interface Draft {
  readonly work_id: string
  /** The answer as far as it goes; undefined while nothing of it was changed. */
  readonly answer: unknown
  readonly saying: Partial<Saying>
  /** The editor's own state, which also knows what nobody has looked at yet; and which shape it has. */
  readonly doc?: unknown
  readonly shape?: number
  readonly at: number
}

const WAIT = 300
const OLD = 14 * 24 * 3_600_000
const waiting = new Map<string, ReturnType<typeof setTimeout>>()
const kept = new Map<string, Draft>()

/** The draft of a work, also where the browser would not keep it. */
export const draftOf = (work_id: string): Draft | undefined => kept.get(work_id)

/** Keeps a draft, 300 ms after the last change. */
export function keepDraft(draft: Draft): void {
  clearTimeout(waiting.get(draft.work_id))
  kept.set(draft.work_id, draft)
  waiting.set(
    draft.work_id,
    setTimeout(() => write(draft.work_id), WAIT),
  )
}

function write(work_id: string): void {
  clearTimeout(waiting.get(work_id))
  waiting.delete(work_id)
  const draft = kept.get(work_id)
  if (draft) put("drafts", draft).catch(() => outbox.set((now) => ({ ...now, durable: false })))
}

// Who leaves the page, or has it reloaded, does not wait 300 ms first.
addEventListener("pagehide", () => {
  for (const work_id of [...waiting.keys()]) write(work_id)
})

export async function dropDraft(work_id: string): Promise<void> {
  clearTimeout(waiting.get(work_id))
  waiting.delete(work_id)
  kept.delete(work_id)
  await drop("drafts", work_id).catch(() => undefined)
}

/** Brings back the drafts of earlier visits, without those that are too old to still be anybody's. */
export async function readDrafts(now = Date.now()): Promise<void> {
  const drafts = await all<Draft>("drafts").catch(() => [])
  for (const draft of drafts) {
    if (now - draft.at > OLD) void dropDraft(draft.work_id)
    else if (!kept.has(draft.work_id)) kept.set(draft.work_id, draft)
  }
}
