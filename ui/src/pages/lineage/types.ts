export interface Named {
  readonly id: string
  readonly name: string
  readonly number: number
}

export interface Result {
  readonly evaluation: string
  readonly measure: string
  readonly slice: Readonly<Record<string, string>>
  readonly value: number
  readonly n: number
  readonly low: number | null
  readonly high: number | null
  readonly level: number
  readonly interval_method: string
}

export interface Run {
  readonly id: string
  readonly programme_id: string
  readonly name: string
  readonly source: string
  readonly code: string | null
  readonly model: string | null
  readonly params: Readonly<Record<string, unknown>>
  readonly releases: readonly Named[]
  readonly trained_at: number
  readonly results: readonly Result[]
}

export interface Graph {
  readonly batches: readonly { id: string; name: string; purpose: string; items: number }[]
  readonly more_batches: number
  readonly releases: readonly (Named & {
    rows: number | null
    erased: boolean
    sealed_at: number
    batches: readonly string[]
    parents: readonly string[]
  })[]
  readonly more_releases: number
  readonly runs: readonly Run[]
}

export type Facet =
  | "person"
  | "cohort"
  | "organisation"
  | "guideline"
  | "ontology"
  | "model"
  | "batch"
  | "import"

export interface Part {
  readonly facet: Facet
  readonly name: string
  readonly id: string | null
  readonly rows: number
  readonly share: number
  readonly audited: number
  readonly wrong: number
  readonly error: number | null
  readonly low: number | null
  readonly high: number | null
  readonly got_worse: number | null
  readonly got_worse_of: number | null
  readonly adjusted_wrong: number
  readonly adjusted_got_worse: number
  readonly found: boolean
}

export interface Regression {
  readonly before: string
  readonly after: string
  readonly releases: readonly { before: Named | null; after: Named }[]
  readonly other_changes: readonly { what: string; before: unknown; after: unknown }[]
  readonly results: readonly {
    evaluation: string
    measure: string
    slice: Readonly<Record<string, string>>
    before: number
    after: number
    change: number
    n_before: number
    n_after: number
    worse: boolean
  }[]
  readonly new_labels: number
  readonly audited: number
  readonly wrong: number
  readonly parts: readonly Part[]
  readonly method: string
  readonly because: string | null
}

export type Kind = "added" | "relabelled" | "confirmed" | "removed"
export const KINDS: readonly Kind[] = ["added", "relabelled", "confirmed", "removed"]

export interface ChangedRow {
  readonly change: Kind
  readonly item_id: string
  readonly external_id: string
  readonly before: unknown
  readonly after: unknown
  readonly because: string | null
  readonly batch: string | null
  readonly by: readonly { id: string; name: string; kind: string; organisation: string | null }[]
}

export interface Summary extends Readonly<Record<Kind, number>> {
  readonly programme: string
  readonly before: Named & { rows: number }
  readonly after: Named & { rows: number }
  readonly pairs: readonly { before: unknown; after: unknown; rows: number }[]
}
