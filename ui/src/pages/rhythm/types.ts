export const KINDS = [
  "audit",
  "exam",
  "promise",
  "remediation",
  "question",
  "brief",
  "batch",
  "erasure",
] as const
export type Kind = (typeof KINDS)[number]
export const DUTY_STATES = ["lapsed", "due", "done"] as const
export type DutyState = (typeof DUTY_STATES)[number]

/** One thing that somebody answers for, and until when. */
export interface Duty {
  day: string
  programme: string
  kind: Kind
  key: string
  title: string
  state: DutyState
  due_at: number
  done_at: number | null
  accountable: string
  people: string[]
  count: number
  because: string
  href: string
}

export interface CalendarView {
  zone: string
  first_day: string
  last_day: string
  as_of: number
  counts: Record<DutyState, number>
  rows: Duty[]
}
