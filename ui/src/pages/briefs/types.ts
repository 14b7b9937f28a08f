import type { Evidence, Job } from "@/api/nouns"

export const STATES = ["open", "in_work", "waiting", "closed", "waived"] as const
export type BriefState = (typeof STATES)[number]
export const REMEDIES = [
  "relabel",
  "re_review",
  "clarify_guideline",
  "collect",
  "generate",
  "retrain",
  "system_control",
] as const

/** How a brief stands. */
export interface BriefRow {
  id: string
  key: string
  source: string
  title: string
  state: BriefState
  owner: string
  owner_id: string
  due_at: number
  overdue: boolean
  because: string
  remedy: string | null
  relapses: number
  opened_at: number
  since_at: number
  batch_ids: string[]
  waivers: { by: string; because: string; at: number }[]
}

export interface Step {
  kind: string
  because: string
  by: string | null
  healthy: boolean | null
  evidence: Evidence[]
  batch_id: string | null
  at: number
}

interface Numbers {
  because: string
  evidence: Evidence[]
}

export interface Bought {
  opened_at: number
  before: Numbers
  closed_at: number | null
  after: Numbers | null
}

export interface Brief extends BriefRow {
  programme: string
  scope: Record<string, unknown>
  item_count: number
  items: { item_id: string; external_id: string }[]
  batches: { id: string; name: string }[]
  timeline: Step[]
  bought: Bought[]
  job?: Job
}
