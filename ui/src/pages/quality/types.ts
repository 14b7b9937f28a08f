/** Gates, deliveries and audits as the server sends them: `src/goldloop/quality/*_view.py`. */

import type { Evidence, Spec, Verdict } from "@/api/nouns"

export interface Point {
  rate: number
  acceptance: number
  average_sample: number
}

export interface Plan {
  kind: "fixed" | "double" | "sequential"
  aql: number
  ltpd: number
  producer_risk: number
  consumer_risk: number
  most: number
  characteristic: Point[]
}

export interface Sample {
  number: number
  audit_id: string | null
  drawn: number
  drawn_from: number
  left_out: number
  opened: number
  judged: number
  nobody_left: number
  by: string[]
  stage: "first" | "final"
}

export interface Gate {
  gate: string | null
  promise: { owner: string; checks: Spec[]; failed_batch: Spec[] } | null
  plan: Plan | null
  samples: Sample[]
  verdicts: Verdict[]
  evidence: Evidence[]
  sent_back: { by: string; because: string; items: number; at: number }[]
}

export interface Part {
  dimension: string
  name: string
  wrong: number
  judged: number
  value: number
  low: number
  high: number
  level: number
  adjusted: number
  found: boolean
}

export interface Confusion extends Part {
  said: string
  true: string
}

export interface Errors {
  judged: number
  wrong: number
  parts: Part[]
  confusions: Confusion[]
  method: string
}

export interface Disagreement {
  item_id: string
  external_id: string
  text: string
  state: string
  because: string | null
  decided: unknown
  answers: { answer: unknown; by: string[]; posterior: number | null }[]
  doubt: number | null
}

export interface Confused {
  a: string
  b: string
  together: number
  n: number
  value: number
  low: number
  high: number
  level: number
}

export interface Delivery {
  batch_id: string
  /** What brought its labels in, and says what was rejected of it. */
  import_id: string
  name: string
  provider: string
  file: string
  items: number
  rejects: number
  state: "open" | "held" | "passed" | "waived"
  replaces: string | null
  replaced_by: string | null
  received_at: number
}

export interface DeliveryReport extends Delivery {
  verdict: Verdict | null
  judged: number
  wrong: { external_id: string; delivered: unknown; ours: unknown }[]
  error_classes: Confusion[]
  method: string
  compared: Record<
    | "in_both"
    | "missing"
    | "added"
    | "changed"
    | "named_wrong"
    | "now_as_ours"
    | "still_wrong"
    | "made_wrong",
    number
  > | null
}

export interface AuditRun {
  batch_id: string
  batch: string
  release: string
  labels: number
  judged: number
  wrong: number
  nobody_left: number
  verdict: Verdict | null
  affected_batches: { id: string; name: string }[]
  affected_releases: {
    id: string
    name: string
    number: number
    received_by: { who: string; times: number; at: number }[]
  }[]
  started_at: number
}

export interface Audit {
  name: string
  release: string
  owner: string
  every_days: number
  due_at: number | null
  runs: AuditRun[]
}

/** An answer in a word or two: its labels, or what it holds. */
export function inShort(answer: unknown): string {
  if (answer === null || answer === undefined) return "–"
  if (typeof answer === "object" && "labels" in answer)
    return (answer as { labels: string[] }).labels.join(", ") || "∅"
  if (typeof answer === "object" && "spans" in answer) {
    const spans = (answer as { spans: { label: string; start: number; end: number }[] }).spans
    return spans.map(({ label, start, end }) => `${label} ${start}–${end}`).join(", ") || "∅"
  }
  return JSON.stringify(answer)
}
