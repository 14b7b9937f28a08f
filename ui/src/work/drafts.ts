import { all, drop, put } from "@/lib/database"

/** An answer that is being made: labels and offsets, never the item itself. */
export interface Draft {
  readonly work_id: string
  readonly task: string
  readonly answer: unknown
  readonly comment: string
  readonly at: number
}

const WAIT = 300
const OLD = 14 * 24 * 3_600_000
const waiting = new Map<string, ReturnType<typeof setTimeout>>()

/** Keeps a draft, 300 ms after the last change. */
export function keepDraft(draft: Draft): void {
  clearTimeout(waiting.get(draft.work_id))
  waiting.set(
    draft.work_id,
    setTimeout(() => {
      waiting.delete(draft.work_id)
      put("drafts", draft).catch(() => undefined)
    }, WAIT),
  )
}

export async function dropDraft(work_id: string): Promise<void> {
  clearTimeout(waiting.get(work_id))
  waiting.delete(work_id)
  await drop("drafts", work_id).catch(() => undefined)
}

/** All drafts by work, without those that are too old to still be anybody's. */
export async function readDrafts(now = Date.now()): Promise<Map<string, Draft>> {
  const drafts = await all<Draft>("drafts").catch(() => [])
  for (const { work_id, at } of drafts) if (now - at > OLD) void dropDraft(work_id)
  return new Map(drafts.filter(({ at }) => now - at <= OLD).map((draft) => [draft.work_id, draft]))
}
