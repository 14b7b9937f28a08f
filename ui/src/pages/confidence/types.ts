/** A point of a reliability curve: what was stated, and how often it was right. */
export interface Point {
  readonly confidence: number
  readonly accuracy: number
  readonly low: number
  readonly high: number
  readonly n: number
}

export interface Reliable {
  readonly n: number
  readonly eligible: number
  readonly ece: number | null
  readonly ece_low: number | null
  readonly ece_high: number | null
  readonly accuracy: number | null
  readonly accuracy_low: number | null
  readonly accuracy_high: number | null
  readonly confidence: number | null
  readonly level: number
  readonly method: string | null
  readonly because: string | null
  readonly curve: readonly Point[]
}

export interface Part extends Reliable {
  readonly by: string
  readonly name: string
}

export interface Recalibration {
  readonly number: number
  readonly kind: string
  readonly n: number
  readonly sources: Readonly<Record<string, number>>
  readonly because: string
  readonly fitted_by: string
  readonly fitted_at: number
  readonly in_force: boolean
}

export interface CurvePoint {
  readonly stated: number
  readonly share: number
  readonly accepted: number
  readonly error: number
  readonly high: number
  readonly cost: number | null
}

export interface Group {
  readonly name: string
  readonly labels: readonly string[]
  readonly n: number
  readonly stated: number | null
  readonly threshold: number | null
  readonly accepted: number
  readonly errors: number
  readonly share: number
  readonly because: string
  readonly curve: readonly CurvePoint[]
  readonly takes: {
    readonly because: string
    readonly alpha: number | null
    readonly labels: number | null
  } | null
}

export interface Check {
  readonly group: string
  readonly state: "kept" | "open" | "broken" | "unproved" | "unknown"
  readonly because: string
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly eligible: number
  readonly method: string
  readonly at: number
}

export interface Bound {
  readonly number: number
  readonly asked: { readonly alpha: number; readonly confidence: number; readonly to: string }
  readonly groups: readonly Group[]
  readonly prices: { readonly because: string; readonly currency: string }
  readonly open: {
    readonly items: number
    readonly cost_before: number | null
    readonly cost_after: number | null
    readonly cost_manual: number | null
    readonly because: string | null
  }
  readonly shift: { readonly shifted: boolean | null; readonly because: string }
  readonly caution?: string | null
  readonly replaced: readonly string[]
  readonly promise: string
  readonly designed_by: string
  readonly designed_at: number
  readonly adopted_by: string | null
  readonly adopted_at: number | null
  readonly tighten: boolean
  readonly checks?: readonly Check[]
}

export interface Sample {
  readonly batch_id: string
  readonly batch: string
  readonly drawn: number
  readonly frame: number
  readonly items: number
  readonly judged: number
  readonly in_order: number
}

export interface ConfidenceView {
  readonly models: readonly { readonly name: string; readonly version: string; readonly routes: boolean }[]
  readonly model: { readonly name: string; readonly version: string } | null
  readonly because: string | null
  readonly reliability: {
    readonly method: string
    readonly sources: Readonly<Record<string, number>>
    readonly left_out: Readonly<Record<string, number>>
    readonly simulated: number
    readonly before: Reliable
    readonly after: Reliable | null
  }
  readonly after_by: number | null
  readonly slices: readonly string[]
  readonly recalibrations: readonly Recalibration[]
  readonly in_force: number | null
  readonly sample: Sample | null
  readonly sample_size: number
  readonly bound: Bound | null
}

export interface Change {
  readonly path: string
  readonly old: unknown
  readonly new: unknown
}

export interface Way {
  readonly rule: string
  readonly to: string
  readonly tier: number
}

export interface Trial {
  readonly items: number
  readonly changed: number
  readonly flows: readonly { readonly was: Way; readonly now: Way; readonly items: number }[]
  readonly load: readonly {
    readonly to: string
    readonly tier: number
    readonly was: number
    readonly now: number
  }[]
  readonly cost_was: number | null
  readonly cost_now: number | null
  readonly prices: { readonly because: string }
  readonly currency: string
  readonly confidence: string
  readonly unasked: number
  readonly unasked_because: string | null
}

/** A measured share as the parts of the page say it. */
export const measured = (one: Reliable, of: "ece" | "accuracy") => ({
  value: one[of],
  low: of === "ece" ? one.ece_low : one.accuracy_low,
  high: of === "ece" ? one.ece_high : one.accuracy_high,
  level: one.level,
  n: one.n,
  eligible: one.eligible,
  method: one.method ?? "",
  because: one.because,
})

/** A bound as the list of all that were designed has it. */
export interface DesignedBound
  extends Pick<Bound, "number" | "designed_by" | "designed_at" | "adopted_by" | "adopted_at"> {
  readonly alpha: number
  readonly confidence: number
  readonly thresholds: Readonly<Record<string, number | null>>
}
