import type { Measured } from "@/parts/measured"

export type State = "exam" | "passed" | "paused" | "undecided"

export interface Standing {
  readonly state: State
  readonly because: string
  readonly sitting: number
  readonly since: number
  readonly left: number | null
  readonly until: number | null
  readonly exam: Measured
  readonly hidden: Measured
  readonly probes: Measured
  readonly training: { readonly right: number; readonly n: number }
  readonly contested: string | null
}

export interface Person extends Standing {
  readonly actor_id: string
  readonly name: string
}

export interface Rule {
  readonly gold: string
  readonly number: number | null
  readonly exam: { readonly size: number; readonly floor: number; readonly level: number }
  readonly limit: number
  readonly hidden: number
  readonly probes: { readonly share: number; readonly floor: number }
  readonly items: number
  readonly days: number
}

export interface CalibrationView {
  readonly rule: Rule | null
  readonly people: readonly Person[]
  readonly overturned: Measured
}

export interface GoldLine {
  readonly item_id: string
  readonly external_id: string
  readonly answer: string
  readonly difficulty: string | null
  readonly concepts: readonly string[]
  readonly eval_only: boolean
  readonly answers: number
  readonly wrong: number
  readonly good: number
  readonly good_wrong: number
  readonly instead: string | null
  readonly instead_n: number
  readonly adjusted_p: number | null
  readonly suspected: boolean
  readonly because: string
  readonly withdrawn_because: string | null
}

export interface GoldView {
  readonly name: string
  readonly number: number
  readonly items: number
  readonly eval_only: number
  readonly withdrawn: number
  readonly suspected: number
  readonly method: string
  readonly good: string
  readonly rows: readonly GoldLine[]
}

export interface Result {
  readonly judgement_id: string
  readonly text: string
  readonly kind: "exam" | "hidden" | "training" | "probe"
  readonly mine: string | null
  readonly accepted: string | null
  readonly right: boolean
  readonly explanation: string | null
  readonly withdrawn: string | null
}

export interface Own extends Standing {
  readonly programme: string
  readonly answered: number
  readonly of: number
  readonly training_open: number
  readonly mark?: string | null
  readonly results: readonly Result[]
}
