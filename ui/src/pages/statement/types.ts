export interface StatementLine {
  readonly key: string
  readonly kind:
    | "unit"
    | "hour"
    | "rework"
    | "milestone"
    | "credit"
    | "said"
    | "undone"
    | "sent_back"
    | "surplus"
  readonly about: string
  readonly of: string
  readonly n: number
  readonly active_ms: number | null
  readonly per: "unit" | "off" | "hour" | "sum" | "nothing"
  readonly price: number | null
  readonly amount: number | null
  readonly because: string
  readonly batch_id: string | null
  readonly adjusts: boolean
}

export interface Statement {
  readonly programme: string
  readonly title: string
  readonly organisation: string
  readonly whose: "client" | "person"
  readonly for: string
  readonly person_id: string | null
  readonly simulated: boolean
  readonly pays_by: string
  readonly month: string
  readonly zone: string
  readonly first_day: string
  readonly last_day: string
  readonly currency: string
  readonly over: boolean
  readonly closed_at: number | null
  readonly closed_by: string | null
  readonly next_open: boolean
  readonly total: number
  readonly unpriced: number
  readonly lines: readonly StatementLine[]
}

export type Paid = Omit<Statement, "lines">
