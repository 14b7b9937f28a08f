import type { Assignment, Note, Stance } from "@/api/nouns"
import { beginRuling, type RulingNote } from "./ruling"

/** Everything that is said beside an answer: typed or chosen, kept in the draft, and back again after an undo. */
export interface Saying {
  readonly comment: string
  readonly question: string
  readonly reason: string | null
  readonly flag: boolean
  readonly ruling: RulingNote
}

/** A person's own earlier statement, as an undo brings it back. */
export interface Taken {
  readonly stance: Stance
  readonly comment?: string | null
  readonly reason?: string | null
  readonly note?: Note | null
}

/** Where one begins: a draft, or what one had said and took back, or nothing. */
export function beginSaying(work: Assignment, draft: Partial<Saying> | undefined): Saying {
  const ruling = beginRuling(work)
  const before = work.mine ? sayingOf(work.mine) : {}
  return { comment: "", question: "", reason: null, flag: false, ruling, ...before, ...draft }
}

/** What went with a statement, to be said again. */
export function sayingOf({ stance, comment: said, reason = null, note }: Taken): Partial<Saying> {
  const comment = said ?? ""
  const { flag = false, clause = "", amends = "", precedent = false } = note ?? {}
  if (stance === "escalate") return { question: comment, flag }
  if (stance !== "adjudicate") return { comment, flag }
  return { reason, flag, ruling: { words: comment, clause, amends, precedent } }
}
