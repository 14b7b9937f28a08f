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

export const HEALTH_STATES = ["unhealthy", "in doubt", "unknown", "healthy"] as const
export type HealthState = (typeof HEALTH_STATES)[number]

/** One number of a programme's health. `bar`: what it is held against; `href`: the page behind it. */
export interface Vital {
  key: string
  about: string
  unit: "share" | "coefficient" | "count" | "hours" | "moment" | "money"
  value: number | null
  low: number | null
  high: number | null
  level: number | null
  n: number
  eligible: number
  bar: number | null
  state: HealthState
  method: string
  because: string | null
  href: string
}

export interface Health {
  programme: string
  as_of: number
  currency: string
  counts: Record<HealthState, number>
  rows: Vital[]
}

type BriefStep = "opened" | "closed" | "reopened" | "waived"

/** What a week changed, and how the programme stood when it was told. */
export interface Digest {
  id: string
  first_day: string
  last_day: string
  informed: string[]
  made_at: number
  counts: Record<string, number>
  doc: {
    verdicts: { batch: string; outcome: string; items: number; at: number; href: string }[]
    releases: {
      name: string
      number: number
      step: "sealed" | "withdrawn"
      because: string | null
      at: number
      href: string
    }[]
    briefs: { title: string; step: BriefStep; source: string; because: string; at: number; href: string }[]
    promises: {
      term: string
      before: string | null
      after: string | null
      because: string | null
      href: string
    }[]
    budget: { currency: string; week: number | null; spent: number | null; because: string }
    lapsed: { title: string; kind: string; due_at: number; accountable: string }[]
    unhealthy: Vital[]
  }
}

export interface Digests {
  rows: Digest[]
  next: string | null
}

/** One slice of a dataset beside its target; `gap` in points of share. */
export interface Gap {
  slice: string
  value: string
  share: number | null
  target: number
  gap: number | null
  low: number | null
  high: number | null
  level: number | null
  count: number
  n: number
  eligible: number
  healthy: boolean | null
  method: string
  because: string
}

export interface Coverage {
  of: string
  against: string
  target: { slices: Record<string, Record<string, number>>; gap: number; least: number } | null
  measured_at: number | null
  rows: Gap[]
}
