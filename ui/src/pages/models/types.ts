import type { Measured } from "@/parts/measured"

/** Something strange about the answers of a run: `n` of `of`, and in words. */
export interface Strange {
  readonly kind: string
  readonly n: number
  readonly of: number
  readonly says: string
}

export interface Version {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly state: "promoted" | "shadow" | "candidate" | "retired"
  readonly judge: string
  readonly connected: string
  readonly fingerprint: string
  readonly trained_on: Readonly<{
    learn_from: "gold" | "decisions" | "both" | "release"
    rows: number
    release?: { name: string; number: number }
  }> | null
  readonly judgements: number
  readonly items: number
  readonly use: { readonly requests: number; readonly cost: number | null; readonly currency: string | null }
  /** When its last run spoke, and what was strange about it, over all starts of that run. */
  readonly ran_at: number | null
  readonly warnings: readonly Strange[]
  readonly promoted_by: string | null
  readonly promoted_because: string | null
  readonly promoted_at: number | null
}

interface Paired {
  readonly both: number
  readonly only_first: number
  readonly only_second: number
  readonly neither: number
  readonly p: number | null
  readonly difference: Measured
}

export interface Group extends Paired {
  readonly name: string
  readonly n: number
  readonly first: number
  readonly second: number
  readonly adjusted_p: number
  readonly found: boolean
}

export interface Comparison {
  readonly id: string
  readonly first: string | null
  readonly second: string | null
  readonly at: number
  readonly by: string | null
  readonly n: number
  readonly because: string
  readonly caution?: string
  readonly method: string
  readonly accuracy: { readonly first: Measured; readonly second: Measured }
  readonly paired: Paired
  readonly labels: readonly Group[]
  readonly slices: readonly Group[]
  readonly changes: readonly { accepted: string; first: string; second: string; n: number }[]
}

/** One start of a run. */
export interface Run {
  readonly version: string
  readonly job_id: string | null
  readonly purpose: "prelabel" | "second" | "preview" | "comparison"
  readonly said: number
  readonly refused: number
  readonly requests: number
  readonly cost: number | null
  readonly currency: string | null
  readonly reasons: Readonly<Record<string, number>>
  readonly warnings: readonly Strange[]
  readonly began_at: number
}

export interface ModelView {
  readonly name: string
  readonly runs: readonly Run[]
  readonly comparisons: readonly Comparison[]
}

export interface Previewed {
  readonly version: string
  readonly rows: readonly {
    item_id: string
    external_id: string
    text: string
    labels: readonly string[]
    confidence: number | null
    confidence_from: string | null
    refused: string | null
  }[]
  readonly said: number
  readonly refused: number
  readonly asked_again: number
  readonly changed: number
  readonly warnings: readonly string[]
  readonly seconds: number
  readonly cost: number | null
  readonly currency: string | null
  readonly estimate: { items: number; seconds: number | null; cost: number | null }
}

interface Arm {
  readonly automated: Measured
  readonly error: Measured
}

export interface Round {
  readonly batch_id: string
  readonly batch: string
  readonly at: number
  readonly strategy: { name: string }
  readonly version: string | null
  readonly random: number
  readonly selected: number
  readonly pool: number
  readonly random_arm: Arm
  readonly selected_arm: Arm
}

export interface LearningView {
  readonly rounds: readonly Round[]
  readonly level: number
  readonly selections: readonly { name: string; doc: string }[]
}
