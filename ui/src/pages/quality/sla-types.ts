/** Service levels as the server sends them: `src/goldloop/quality/sla/api.py`. */

import type { Measured } from "@/parts/measured"

export type TermState = "kept" | "at_risk" | "breached" | "unknown"

export interface Line extends Measured {
  about: string
  state: TermState
  due_at: number | null
  remedy: string | null
}

export interface Term extends Measured {
  term: string
  promise: string
  owner: string
  says: string
  state: TermState
  forecast: boolean
  remedy: string | null
  lines: Line[]
  credit: number
  kept_at?: number | null
}

export interface Credit {
  term: string
  about: string
  share: number
  price: number
  amount: number
  because: string
}

interface Period {
  as_of: number
  currency: string
  price: number | null
  credited: number
  capped: boolean
  terms: Term[]
  credits: Credit[]
}

export interface SlaView extends Period {
  programme: string
  sla: { client: string } | null
  first_day: string
  last_day: string
}

export interface ClientReport extends Period {
  programme: string
  title: string
  organisation: string
  client: string
  first_day: string
  last_day: string
  zone: string
  over: boolean
  batches: {
    batch: string
    items: number
    outcome: "pass" | "fail" | "waived"
    failed_contract: boolean
    proved: string | null
    waived_because: string | null
    agreement: Measured
    agreement_floor: number | null
    accuracy: Measured
    accuracy_floor: number | null
    client: {
      state: "asked" | "signed" | "disputed"
      by: string | null
      at: number | null
      items: number
      because: string
    }
  }[]
  annotators: (Measured & {
    annotator: string
    simulated: boolean
    checked: number
    right: number
    mistakes: string[]
  })[]
  escalations: {
    batch: string
    asked_at: number
    answered_at: number | null
    due_at: number | null
    working_hours: number
    in_time: boolean | null
  }[]
  remediations: {
    batch: string
    failed_at: number
    due_at: number | null
    ended_at: number | null
    labelled_anew: number
    working_hours: number
    in_time: boolean | null
  }[]
  definitions: { word: string; means: string }[]
}

/** A batch that passed, and the client's word on it. */
export interface SignOff {
  batch_id: string
  batch: string
  items: number
  outcome: "pass" | "waived"
  proved: string | null
  waived_because: string | null
  decided_at: number
  state: "asked" | "signed" | "disputed"
  because: string
  by: string | null
  organisation: string | null
  said_at: number | null
  accepted: boolean
  held: boolean
  repairs: string | null
  words: {
    kind: "asked" | "signed" | "disputed"
    because: string
    items: string[]
    by: string | null
    organisation: string | null
    at: number
  }[]
}
