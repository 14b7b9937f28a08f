/** Human-only items as the server sends them: `labelling/human_only/rules.py`, `labelling/human_only/proof.py`. */

import type { Measured } from "@/parts/measured"

export interface Missed extends Measured {
  readonly by: "all" | "rule" | "label" | "model"
  readonly name: string
  readonly missed: number
  readonly caught: number
  readonly omitted: number | null
  readonly omitted_low: number | null
  readonly omitted_high: number | null
}

export interface Threshold {
  readonly label: string
  readonly above: number | null
  readonly now: number
  readonly missed: number
  readonly caught: number
  readonly more: number | null
  readonly because: string
}

export interface Trigger {
  readonly rule: string
  readonly items: number
}

export interface HumanOnlyPage {
  readonly scope: { readonly batches: number; readonly of: number; readonly items: number }
  readonly latched: number
  readonly triggers: readonly Trigger[]
  readonly line: number | null
  readonly misses: readonly Missed[]
  readonly thresholds: readonly Threshold[]
}

export interface Violation {
  readonly kind: string
  readonly item: string
  readonly batch: string
  readonly what: string
}

export interface Proof {
  readonly items: number
  /** Labelled elsewhere, by people as their source declares. */
  readonly declared: number
  readonly routed: number
  readonly violations: number
  readonly named: readonly Violation[]
}
