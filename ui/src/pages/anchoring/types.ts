/** Anchoring, clusters, accuracy and cost as the server sends them: `labelling/*_rules.py`, `quality/*_rules.py`. */

import type { Measured } from "@/parts/measured"

/** Measured at a level that is always said. */
interface Stated extends Measured {
  readonly level: number
}

export interface Scope {
  readonly batches: number
  readonly of: number
  readonly items: number
}

export type Form = "agreement" | "wrong_followed" | "right_kept" | "error"
export type Part = "all" | "queue" | "person" | "label" | "model"

export interface Effect extends Stated {
  readonly form: Form
  readonly by: Part
  readonly name: string
  readonly shown: number | null
  readonly shown_n: number
  readonly hidden: number | null
  readonly hidden_n: number
  readonly between_people: number | null
}

export interface Caught extends Stated {
  readonly by: Part
  readonly name: string
  readonly adjusted: number | null
  readonly unseen: number | null
  readonly unseen_low: number | null
  readonly unseen_high: number | null
}

export interface Profile {
  readonly by: "all" | "queue" | "person"
  readonly name: string
  readonly how: "accept" | "correct" | "reject" | "blind"
  readonly n: number
  readonly timed: number
  readonly p10: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly bars: readonly number[]
}

export interface Forecast {
  readonly effect: number
  readonly share: number | null
  readonly blind: number | null
  readonly power: number
  readonly items: number
  readonly level: number
  readonly assumed: string
  readonly because: string | null
}

export interface AnchoringPage {
  readonly scope: Scope
  readonly blind_share: number
  readonly probe_share: number
  readonly probes: readonly Caught[]
  readonly arms: {
    readonly suggested: number
    readonly drawn: number
    readonly shown: number
    readonly hidden: number
    readonly crossed: number
    readonly because: string | null
  }
  readonly seen: { readonly never: number; readonly before: number; readonly after: number }
  readonly effects: readonly Effect[]
  readonly profiles: readonly Profile[]
  readonly forecasts: readonly Forecast[]
}

export interface Cluster {
  readonly key: string
  readonly dimension: string
  readonly name: string
  readonly said: string
  readonly true: string
  readonly title: string
  readonly wrong: number
  readonly suggested_so: number
  readonly judged: number
  readonly expected: number
  readonly value: number
  readonly low: number
  readonly high: number
  readonly level: number
  readonly adjusted: number
  readonly found: boolean
  readonly accepted: number | null
  readonly accepted_of: number
  readonly because: string
}

export interface Clusters {
  readonly scope: Scope
  readonly judged: number
  readonly because: string | null
  readonly method: string
  readonly clusters: readonly Cluster[]
}

export interface AccuracyRow extends Stated {
  readonly stage: "first" | "now"
  readonly by: "all" | "work" | "queue" | "tier" | "rule" | "batch"
  readonly name: string
}

export interface AccuracyPage {
  readonly covered: {
    readonly batches: number
    readonly of: number
    readonly items: number
    readonly of_items: number
    readonly judged: number
  }
  readonly left_out: readonly { readonly batch: string; readonly items: number; readonly because: string }[]
  readonly accuracy: readonly AccuracyRow[]
  readonly gap: { readonly says: string }
}

export interface Cost {
  readonly by: string
  readonly name: string
  readonly unit: "item" | "judgement"
  readonly n: number
  readonly eligible: number
  readonly seconds: number | null
  readonly seconds_low: number | null
  readonly seconds_high: number | null
  readonly money: number | null
  readonly money_low: number | null
  readonly money_high: number | null
  readonly total: number | null
  readonly counted: number
  readonly level: number
  readonly because: string | null
}

export interface Saving extends Stated {
  readonly of: "seconds" | "money"
  readonly about: "verified item" | "programme" | "programme with proof"
  readonly actual: number | null
  readonly manual: number | null
}

export interface CostStream {
  readonly cause: string
  readonly queue: string
  readonly state: string
  readonly judgements: number
  readonly seconds: number
  readonly money: number | null
}

export interface Budget {
  readonly amount: number | null
  readonly currency: string
  readonly until: string | null
  readonly spent: number | null
  readonly uncounted: number
  readonly left: number | null
  readonly waiting: number
  readonly expected: number | null
  readonly expected_low: number | null
  readonly expected_high: number | null
  readonly level: number
  readonly lasts_until: string | null
  readonly state: "none" | "within" | "short" | "over" | "unknown"
  readonly because: string
  readonly days: readonly { readonly day: string; readonly money: number; readonly sum: number }[]
}

export interface EconomicsPage {
  readonly scope: Scope & { readonly decided: number }
  readonly currency: string
  readonly costs: readonly Cost[]
  readonly savings: readonly Saving[]
  readonly streams: readonly CostStream[]
  readonly budget: Budget
}
