/** The nouns as the server sends them: `src/goldloop/core/nouns.py` and the answers of the HTTP floor. */

import type { SignOff } from "@/pages/quality/sla-types"

export type Queue = "verify" | "annotate" | "review"
export const QUEUES: readonly Queue[] = ["verify", "annotate", "review"]
export type Stance = "answer" | "accept" | "reject" | "adjudicate" | "skip" | "escalate" | "withdraw"
export type Outcome = "pass" | "fail" | "unknown"
/** Where a batch stands with its gate: a verdict that somebody overrode is neither. */
export type Standing = Outcome | "waived"
export type Role =
  | "owner"
  | "manager"
  | "expert"
  | "engineer"
  | "annotator"
  | "procurement"
  | "client"
  | "auditor"

export interface Spec {
  name: string
  params: Record<string, unknown>
}

export interface Actor {
  id: string
  kind: "person" | "model" | "rule" | "provider"
  name: string
  version: string | null
  simulated: boolean
}

export interface Item {
  id: string
  external_id: string
  body: Record<string, unknown>
  digest: string
  provenance: {
    source: Spec
    file: string | null
    origin: string
    licence: string | null
    sources: string[]
    /** Why it may not leave, if so. */
    withheld: string | null
    parents: string[]
  }
  slices: Record<string, string>
  residency: string | null
  access: string | null
  human_only: string | null
  created_at: number
}

export interface Batch {
  id: string
  programme_id: string
  name: string
  purpose: string
  task: Spec
  ontology_id: string
  gate: string | null
  owner: string
  due_at: number | null
  items: number
  state: "open" | "held" | "passed" | "waived"
  created_at: number
}

export interface Saw {
  suggestion_id: string | null
  shown: "never" | "before" | "after"
  others: string[]
  guideline_id: string | null
  order_seed: number | null
}

export interface Judgement {
  id: string
  item_id: string
  batch_id: string | null
  actor: Actor
  task: Spec
  ontology_id: string | null
  stance: Stance
  answer: unknown
  confidence: number | null
  saw: Saw
  revision_of: string | null
  comment: string | null
  surplus: boolean
  active_ms: number | null
  wall_ms: number | null
  said_at: number
}

export interface Decision {
  item_id: string
  batch_id: string
  state: "open" | "disputed" | "decided"
  answer: unknown
  judgement_ids: string[]
  because: string
}

export interface Interval {
  low: number
  high: number
  level: number
  method: string
}

export interface Evidence {
  id: string | null
  measure: Spec
  about: string
  slice: Record<string, string>
  value: number | null
  interval: Interval | null
  n: number
  eligible: number
  method: string
  because: string | null
  details: Record<string, number>
  measured_at: number
}

export interface CheckResult {
  check: Spec
  outcome: Outcome
  because: string
  evidence_ids: string[]
}

export interface Verdict {
  id: string | null
  gate: string
  owner: string
  about: string
  outcome: Outcome
  results: CheckResult[]
  /** The contract's line for a failed batch, beside our own floor. */
  contract?: CheckResult[]
  /** The bound that the audit proves over the whole batch. */
  proved?: string | null
  waiver: { by: string; because: string; at: number } | null
  decided_at: number
}

export interface Release {
  id: string
  programme_id: string
  kind: string
  name: string
  number: number
  digest: string
  sealed_at: number
  /** When and why its folder was erased here. */
  erased?: { at: number; because: string } | null
  state?: "sealed" | "delivered" | "withdrawn"
  withdrawn?: { by: string; because: string; at: number } | null
  rows?: number | null
  /** Rows by split, by licence, by the source they rest on; rows left out by the reason. */
  splits?: Record<string, number>
  licences?: Record<string, number>
  sources?: Record<string, number>
  withheld?: Record<string, number>
}

export interface Programme {
  id: string
  name: string
  title: string
  organisation: string
  number: number
  created_at: number
}

export interface Label {
  id: string
  name: string
  parent: string | null
  definition: string
  do: string[]
  dont: string[]
  human_only: boolean
  selectable: boolean
}

export interface Clause {
  id: string
  label: string | null
  title: string
  text: string
  do: string[]
  dont: string[]
  version?: number | string
  changed_at?: number
}

export interface Ontology {
  id: string
  number: number
  labels: Label[]
  guidelines: Clause[]
}

export interface Assignment {
  work_id: string
  item_id: string
  programme_id: string
  programme: string
  queue: Queue
  tier: number
  body: Record<string, unknown>
  /** Which of the item's parts is put first, second ...; empty where the task has none. */
  order?: readonly number[]
  task: Spec
  ontology_id: string
  suggestion: { id: string; answer: unknown } | null
  others: Other[]
  because: string | null
  human_only: boolean
  cacheable: boolean
  /** What stands over the item where its programme declares a workspace. */
  mark?: string | null
  training?: boolean
  expires_at: number
  due_at: number | null
  guideline_id: string | null
  /** What a reviewer is to answer, and the kinds of mistake a ruling may name; both empty in the other queues. */
  questions: Asked[]
  errors: ErrorKind[]
  /** The kinds of harmful content that the item holds, and whether it is hidden until it is asked for. */
  content?: readonly { id: string; title: string }[]
  blur?: boolean
  /** What the person themselves had said, where they took it back. */
  mine?: {
    stance: Stance
    answer?: unknown
    comment?: string | null
    reason?: string | null
    note?: Note | null
  }
}

/** What somebody else said, and what they remarked; or what a model suggested, where nobody said anything yet. */
export interface Other {
  id: string
  answer: unknown
  by: "person" | "model"
  order?: readonly number[]
  comment?: string | null
}

export interface Asked {
  id: string
  text: string
  about: string | null
  asked_at: number
}

export interface ErrorKind {
  id: string
  name: string
}

/** What goes with a statement beside its answer. */
export interface Note {
  flag?: boolean
  about?: string
  clause?: string
  amends?: string
  precedent?: boolean
}

/** A clause in force; `unread` where it was changed since this person last opened it. */
export interface GuidedClause extends Clause {
  version: number
  changed_at: number
  before: Clause | null
  unread: boolean
}

export interface Guidance {
  guideline_id: string | null
  number: number | null
  ontology_id: string
  /** What stands over the programme's items where it declares a workspace. */
  mark?: string | null
  clauses: GuidedClause[]
}

export interface Ruling {
  id: string
  text: string | null
  answer: unknown
  reason: string | null
  about: string | null
  clause: string | null
  clause_title: string | null
  amends: string | null
  precedent: boolean
  /** Why it is a precedent no longer. */
  withdrawn: string | null
  at: number
  by?: string
}

export interface Precedent extends Ruling {
  questions: (string | null)[]
  labels: string[]
  may_withdraw: boolean
}

export interface Escalation {
  id: string
  question: string | null
  about: string | null
  asked_by: string | null
  asked_at: number
  item_id: string | null
  text: string | null
  state: "open" | "answered"
  tier: number | null
  due_at: number | null
  overdue: boolean
  in_hand: boolean
  may_answer: boolean
  answer: Ruling | null
}

export interface Flag {
  id: string
  item_id: string
  text: string
  by: string
  comment: string | null
  at: number
}

export interface MyQuestion {
  id: string
  item_id: string
  programme: string
  text: string
  question: string | null
  asked_at: number
  state: "open" | "answered"
  due_at: number | null
  answer: Pick<Ruling, "text" | "answer" | "clause" | "amends" | "at"> | null
  mark?: string | null
}

export interface Mine {
  days: number
  did: {
    programme: string
    queue: Queue
    stance: Stance
    count: number
    active_ms: number | null
    timed: number
  }[]
  corrected: {
    item_id: string
    programme: string
    text: string
    stance: Stance
    mine: unknown
    said_at: number
    ruled: unknown
    reason: string | null
    comment: string | null
    ruled_at: number
    mark?: string | null
  }[]
  gold: { batch: string; programme: string; right: number; n: number }[]
  gold_because: string | null
  questions: MyQuestion[]
}

export interface Said {
  key: string
  stance: Stance
  answer?: unknown
  comment?: string
  reason?: string
  note?: Note
  active_ms: number
  wall_ms: number
  first_ms: number | null
}

export interface Recent {
  work_id: string
  item_id: string
  programme: string
  text: string
  queue: Queue
  stance: Stance
  answer: unknown
  said_at: number
  undoable: boolean
  because_not: string | null
  /** What stands over the item where its programme declares a workspace; so with every row that shows its text. */
  mark?: string | null
}

export interface Progress {
  items: number
  decided: number
  open: number
  disputed: number
}

export interface QueueRow {
  queue: Queue
  tier: number
  ready: number
  leased?: number
  done?: number
}

/** What a person may take work from, and how much is ready there. */
export interface OpenQueue {
  programme_id: string
  programme: string
  queue: Queue
  tier: number
  open: number
  /** What one has in hand already; it is not among the open ones. */
  held: number
}

export interface ProgrammeRow extends Programme {
  items: number
  batches: number
  decided: number
  queues: Record<Queue, number>
  unrouted: number
  accuracy: Evidence | null
  /** The line that its gate holds the accuracy to. */
  floor: number | null
  accuracy_history: {
    batch_id: string
    batch: string
    value: number
    low: number | null
    high: number | null
    n: number
  }[]
  agreement: Evidence | null
  cost: Evidence | null
  currency: string
  pace: { decided: number; days: number; needed_a_day: number | null }
  standing: { state: StandingWord; because: string; due_at: number | null }
  gate: Standing | null
}

export type StandingWord =
  | "empty"
  | "unrouted"
  | "late"
  | "held"
  | "behind"
  | "on_time"
  | "open"
  | "ungated"
  | "done"

/** A forecast with its interval, or why there is none. */
export interface Forecast {
  value: number | null
  low: number | null
  high: number | null
  level: number
  n: number
  method: string
  because: string | null
}

export interface Stream {
  rule: string
  queue: Queue | "accept"
  tier: number
  state: "open" | "disputed" | "decided"
  items: number
}

export interface WaitingRow {
  queue: Queue
  tier: number
  ready: number
  leased: number
  counted: number
  oldest_at: number | null
  ages: { age: string; works: number }[]
}

export interface Finding {
  batch_id: string
  batch: string
  gate: string
  check: Spec
  outcome: Outcome
  because: string
  decided_at: number
  brief_id: string | null
}

export interface Overview {
  scope: { batches: number; of: number; items: number }
  flow: Stream[]
  queues: WaitingRow[]
  effort: Forecast
  finish: Forecast
  /** On the hours of people's rosters; `n` of `people` have one. */
  rostered: Forecast & { people: number }
  cost: {
    tier: number
    judgements: number
    /** On how many items they were. */
    items: number
    counted: number
    cost: number | null
    because: string | null
  }[]
  currency: string
  findings: Finding[]
}

export interface Member {
  actor_id: string
  name: string
  simulated: boolean
  role: Role
  tiers: number[]
}

/** Somebody who gets a role with an invitation that they have not taken up yet. */
export interface Invited {
  actor_id: string
  name: string
  role: Role
  tiers: number[]
  ends_at: number
}

export interface ProgrammePage {
  programme: ProgrammeRow
  yaml: string
  policy: Record<string, unknown>
  progress: Progress
  queues: QueueRow[]
  people: Member[]
  invited: Invited[]
  ontology_id: string
  guideline_id: string | null
  mark?: string | null
  /** The doors that are open to whoever asks: what leads to others is not shown. */
  may: readonly Door[]
}

export type Door =
  | "import"
  | "apply"
  | "staff"
  | "release"
  | "export"
  | "verify"
  | "gate"
  | "waive"
  | "deliver"

export interface BatchRow {
  batch: Batch
  progress: Progress
  outcome: Standing | null
}

export interface BatchPage extends BatchRow {
  mark?: string | null
  /** Name of the programme. */
  programme: string
  policy_number: number
  /** Batches that audit this one. */
  audits: BatchRow[]
  queues: QueueRow[]
  routing: { rule: string; queue: Queue | "accept"; tier: number; items: number }[]
  evidence: Evidence[]
  verdicts: Verdict[]
  /** How it stands with the client; null where it has not passed or nothing is promised. */
  sign_off: SignOff | null
  people: {
    actor: Pick<Actor, "id" | "name" | "simulated">
    judgements: number
    /** On how many items they were, and of how many the time is known. */
    items: number
    timed: number
    active_ms_mean: number | null
  }[]
}

export interface BatchItem {
  item_id: string
  external_id: string
  text: string
  queue: string
  confidence: number | null
  because: string
  state: string
  answer: unknown
  judgements: number
}

export interface Related {
  id: string
  external_id: string
}

export interface ItemPage {
  item: Item
  mark?: string | null
  /** What it was made from, and what was made from it. */
  parents: Related[]
  children: Related[]
  routes: {
    batch_id: string
    batch: string
    policy_number: number
    rule: string
    queue: string
    because: string
  }[]
  /** The ontology and guideline releases that its judgements were made under. */
  versions: { id: string; kind: "ontology" | "guideline"; number: number }[]
  judgements: Judgement[]
  decisions: Decision[]
  works: { id: string; queue: Queue; tier: number; blind: boolean; slot: number; state?: string }[]
  releases: Release[]
}

export interface Job {
  id: string
  kind: string
  state: "queued" | "running" | "done" | "failed" | "cancelled"
  done: number
  total: number | null
  unit: string
  note: string | null
  eta_s: number | null
  error: string | { message: string; field?: string; expected?: string; found?: string } | null
  result: unknown
  created_at: number
  started_at: number | null
  finished_at: number | null
}

export interface TakeIn {
  id: string
  /** The source that the items belong to. */
  name: string
  file: string
  source: string
  items: number
  duplicates: number
  rejects: number
  judgements: number
  /** How much of the file has no place here. */
  lost: number
  state: string
  /** Why it stopped, where it failed. */
  error: { message: string; field?: string; expected?: string; found?: string } | null
  at: number
}

export interface Me {
  actor: Actor
  account: string
  owner: boolean
  csrf: string
  roles: { programme_id: string; programme: string; role: Role }[]
  tiers: Record<string, number[]>
  organisation: string | { id: string; name: string } | null
}

export interface Rows<T> {
  rows: T[]
  next: string | null
  because?: string
}

export interface Kind {
  name: string
  doc: string
  schema: {
    properties?: Record<
      string,
      { type?: string; enum?: string[]; default?: unknown; description?: string; title?: string }
    >
    required?: string[]
  }
  example: unknown
}

/** Something that happened and that one is told of. */
export interface News {
  id: string
  kind: string
  programme_id: string | null
  programme: string | null
  about: string | null
  name: string | null
  by: string | null
  data: Record<string, unknown>
  at: number
  seen: boolean
}
