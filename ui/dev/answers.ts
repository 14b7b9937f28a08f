/** What the made-up world answers, address by address. */
import type { Assignment, Queue, Recent } from "../src/api/nouns.ts"
import { assignment, evidence, HOUR, model, ontologies, PRE, person, T0, TEXTS } from "./world.ts"

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
}

export class No extends Error {
  constructor(
    readonly status: number,
    readonly shape: Record<string, unknown>,
  ) {
    super(String(shape.message))
  }
}

type Answer = (asked: Asked, match: RegExpMatchArray) => unknown

const me = {
  actor: person("mira"),
  account: "mira",
  owner: true,
  csrf: "csrf",
  roles: [{ programme_id: "prg_cls", programme: "banking", role: "manager" }],
  tiers: { prg_cls: [1, 2, 3] },
  organisation: "Example GmbH",
}

let inside = true
const held: Assignment[] = []
const said: (Recent & { work: Assignment })[] = []
const open: Record<Queue, number> = { verify: 128, annotate: 41, review: 9 }

const programme = (id: string) => ({
  id,
  name: id === "prg_ner" ? "clinical" : "banking",
  title: id === "prg_ner" ? "Clinical entities" : "Banking intents",
  organisation: "Example GmbH",
  number: 4,
  created_at: T0,
})
const progress = { items: 4120, decided: 3313, open: 769, disputed: 38 }
const queues = (["verify", "annotate", "review"] as const).map((queue, at) => ({
  queue,
  tier: at + 1,
  ready: open[queue],
  leased: 7 - at,
  done: (2900 / (at + 1)) | 0,
}))
const batch = {
  id: "bat_1",
  programme_id: "prg_cls",
  name: "2026-11-a",
  purpose: "production",
  task: { name: "choice.v1", params: {} },
  ontology_id: "ont_intents",
  gate: "delivery",
  owner: "mira",
  due_at: Date.now() * 1000 + 6 * HOUR,
  items: 4120,
  state: "held",
  parent_id: null,
  created_at: T0,
}
const accuracy = evidence("accuracy.v1", 0.961)
const alpha = evidence("alpha.v1", 0.782, {
  method: "Krippendorff’s alpha, bootstrap over items",
  n: 824,
  eligible: 4120,
})
const verdict = {
  id: "vrd_1",
  gate: "delivery",
  owner: "mira",
  about: "bat_1",
  outcome: "fail",
  waiver: null,
  decided_at: T0 + HOUR,
  results: [
    {
      check: { name: "floor.v1", params: { measure: "accuracy" } },
      outcome: "fail",
      because: "The lower end 94.0 % is below the floor 95.0 %, with n = 312 of 4,120.",
      evidence_ids: ["evd_accuracy.v1"],
    },
    {
      check: { name: "floor.v1", params: { measure: "alpha" } },
      outcome: "pass",
      because: "The lower end 0.76 is at or above the floor 0.75.",
      evidence_ids: ["evd_alpha.v1"],
    },
    {
      check: { name: "completeness.v1", params: {} },
      outcome: "unknown",
      because: "769 items are still open; a verdict needs all of them decided.",
      evidence_ids: [],
    },
  ],
}
const rows = <T>(list: T[]) => ({ rows: list, next: null })
const judgement = (id: string, actor: object, answer: unknown, extra: object = {}) => ({
  id,
  item_id: "itm_1",
  batch_id: "bat_1",
  actor,
  task: { name: "choice.v1", params: {} },
  ontology_id: "ont_intents",
  stance: "answer",
  answer,
  confidence: null,
  saw: { suggestion_id: null, shown: "never", others: [], guideline_id: null, order_seed: null },
  work_id: null,
  revision_of: null,
  comment: null,
  surplus: false,
  active_ms: 4200,
  wall_ms: 6100,
  said_at: T0,
  ...extra,
})

function claim({ body }: Asked) {
  const wanted = (body.queue as Queue | undefined) ?? "verify"
  const id = (body.programme_id as string | undefined) ?? "prg_cls"
  const mine = held.filter(({ queue, programme_id }) => queue === wanted && programme_id === id)
  while (mine.length < Number(body.count) && mine.length < 12) {
    const next = assignment(id, wanted)
    held.push(next)
    mine.push(next)
  }
  return { works: mine }
}

const stored = new Set<unknown>()

function submit({ body }: Asked, [, id]: RegExpMatchArray) {
  if (stored.has(body.key)) return { judgement_id: `jdg_${id}`, surplus: false, state: "decided" }
  const at = held.findIndex(({ work_id }) => work_id === id)
  const work = held[at]
  if (work) stored.add(body.key)
  if (!work) throw new No(409, { code: "conflict", message: "the lease of this work has run out" })
  held.splice(at, 1)
  open[work.queue]--
  said.unshift({
    work,
    work_id: work.work_id,
    item_id: work.item_id,
    programme: work.programme,
    text: String(work.body.text),
    queue: work.queue,
    stance: body.stance as Recent["stance"],
    answer: body.answer ?? null,
    said_at: Date.now() * 1000,
    undoable: true,
    because_not: null,
  })
  return { judgement_id: `jdg_${id}`, surplus: false, state: "decided" }
}

function undo(_: Asked, [, id]: RegExpMatchArray) {
  const at = said.findIndex(({ work_id }) => work_id === id)
  const one = said[at]
  if (!one) throw new No(404, { code: "not_found", message: "there is no such submission of yours" })
  said.splice(at, 1)
  held.unshift(one.work)
  open[one.queue]++
  return { ...one.work, mine: { stance: one.stance, answer: one.answer } }
}

export const ANSWERS: [string, RegExp, Answer][] = [
  [
    "GET",
    /^\/state$/,
    () => ({ version: "0.1.0", needs_setup: false, demo: true, sso: null, me: inside ? me : null }),
  ],
  [
    "GET",
    /^\/me$/,
    () => {
      if (!inside) throw new No(401, { code: "signed_out", message: "not signed in" })
      return me
    },
  ],
  [
    "POST",
    /^\/session$/,
    ({ body }) => {
      if (body.password === "wrong")
        throw new No(401, { code: "wrong", message: "name or password is wrong" })
      inside = true
      return me
    },
  ],
  [
    "DELETE",
    /^\/session$/,
    () => {
      inside = false
    },
  ],
  [
    "GET",
    /^\/kinds$/,
    () => ({
      source: [
        {
          name: "csv.v1",
          doc: "Rows of a CSV or TSV file.",
          schema: {
            properties: {
              text: { type: "string", description: "column of the text", default: "text" },
              label: { type: "string", description: "column of a label that comes with the data" },
              header: { type: "boolean", default: true, description: "the first row names the columns" },
            },
          },
          example: {},
        },
        { name: "jsonl.v1", doc: "One JSON object a line.", schema: { properties: {} }, example: {} },
      ],
    }),
  ],
  [
    "GET",
    /^\/programmes$/,
    () =>
      rows([
        {
          ...programme("prg_cls"),
          items: 4120,
          batches: 2,
          decided: 3313,
          queues: open,
          accuracy,
          agreement: alpha,
          gate: "fail",
        },
        {
          ...programme("prg_ner"),
          items: 1287,
          batches: 1,
          decided: 1287,
          queues: { verify: 12, annotate: 3, review: 1 },
          accuracy: evidence("accuracy.v1", 0.974, { n: 200, eligible: 1287 }),
          agreement: null,
          gate: "pass",
        },
      ]),
  ],
  [
    "GET",
    /^\/programmes\/(\w+)$/,
    (_, [, id]) => ({
      programme: programme(id === "clinical" || id === "prg_ner" ? "prg_ner" : "prg_cls"),
      yaml: "programme: banking\ntitle: Banking intents\ntask: choice.v1\n",
      policy: { models: { baseline: { judge: "tfidf.v1", version: "1" } } },
      progress,
      queues,
      people: [
        { actor_id: "act_mira", name: "Mira", simulated: false, role: "manager", tiers: [3] },
        { actor_id: "act_ana", name: "Ana", simulated: true, role: "annotator", tiers: [1, 2] },
      ],
      ontology_id: "ont_intents",
      guideline_id: null,
    }),
  ],
  ["GET", /^\/programmes\/\w+\/batches$/, () => rows([{ batch, progress, outcome: "fail" }])],
  [
    "GET",
    /^\/programmes\/\w+\/items$/,
    () =>
      rows(
        TEXTS.map((text, at) => ({
          id: `itm_${at}`,
          external_id: `row-${at}`,
          text,
          digest: "sha256:0",
          decisions: 1,
        })),
      ),
  ],
  [
    "GET",
    /^\/programmes\/\w+\/imports$/,
    () =>
      rows([
        {
          id: "imp_1",
          name: "default",
          file: "train.csv",
          source: "csv.v1",
          items: 4120,
          duplicates: 12,
          rejects: 3,
          judgements: 800,
          state: "done",
          at: T0,
        },
      ]),
  ],
  [
    "GET",
    /^\/programmes\/\w+\/versions$/,
    () =>
      rows([
        {
          number: 4,
          at: T0,
          by: "mira",
          diff: [{ path: "routing.rules.0.when.confidence.from", old: 0.9, new: 0.95 }],
        },
        { number: 3, at: T0 - HOUR, by: "mira" },
      ]),
  ],
  [
    "GET",
    /^\/programmes\/\w+\/releases$/,
    () =>
      rows([
        {
          id: "rel_1",
          programme_id: "prg_cls",
          kind: "dataset",
          name: "2026-10",
          number: 1,
          digest: "sha256:4be17f2c9b0e11aa",
          parents: [],
          sealed_at: T0,
        },
      ]),
  ],
  [
    "GET",
    /^\/jobs$/,
    () =>
      rows([
        {
          id: "job_1",
          kind: "models.run",
          state: "running",
          done: 2210,
          total: 4120,
          unit: "items",
          note: null,
          eta_s: 42,
          error: null,
          result: null,
          created_at: Date.now() * 1000 - HOUR / 60,
          started_at: T0,
          finished_at: null,
        },
        {
          id: "job_2",
          kind: "imports.run",
          state: "failed",
          done: 400,
          total: null,
          unit: "rows",
          note: null,
          eta_s: null,
          error: "the archive is truncated",
          result: null,
          created_at: T0,
          started_at: T0,
          finished_at: T0,
        },
      ]),
  ],
  [
    "GET",
    /^\/batches\/\w+$/,
    () => ({
      batch,
      programme: "banking",
      policy_number: 4,
      audits: [{ batch: { ...batch, id: "bat_2", name: "2026-11-a audit" }, progress, outcome: null }],
      outcome: "fail",
      progress,
      queues,
      routing: [
        { rule: "high confidence", queue: "verify", tier: 1, items: 2610 },
        { rule: "low confidence", queue: "annotate", tier: 2, items: 940 },
        { rule: "second model disagrees", queue: "review", tier: 3, items: 310 },
        { rule: "lost cards are human-only", queue: "annotate", tier: 2, items: 260 },
      ],
      evidence: [
        accuracy,
        alpha,
        evidence("cost.v1", null, { because: "nobody has a rate yet", n: 0, eligible: 3313 }),
      ],
      verdicts: [verdict],
      people: [
        { actor: person("ana", true), judgements: 1204, active_ms_mean: 3100 },
        { actor: person("bo", true), judgements: 988, active_ms_mean: 4700 },
        { actor: model, judgements: 4120, active_ms_mean: null },
      ],
    }),
  ],
  [
    "GET",
    /^\/batches\/\w+\/items$/,
    () =>
      rows(
        TEXTS.map((text, at) => ({
          item_id: `itm_${at}`,
          external_id: `row-${at}`,
          text,
          queue: at % 2 ? "annotate" : "verify",
          because: "medium confidence (0.60 ≤ 0.83 < 0.95)",
          state: ["decided", "open", "disputed"][at % 3],
          answer: { labels: ["card_arrival"] },
          judgements: at + 1,
        })),
      ),
  ],
  [
    "GET",
    /^\/items\/\w+$/,
    () => ({
      item: {
        id: "itm_1",
        external_id: "row-1",
        body: { text: TEXTS[0] },
        digest: "sha256:77b1",
        provenance: {
          source: { name: "csv.v1", params: {} },
          file: "train.csv",
          origin: "real",
          licence: null,
        },
        slices: {},
        residency: null,
        access: null,
        human_only: null,
        created_at: T0,
      },
      routes: [
        {
          batch_id: "bat_1",
          rule: "high confidence",
          queue: "verify",
          because: "confidence 0.83 lies in 0.60 to 0.95",
        },
      ],
      judgements: [
        judgement("j1", model, { labels: ["card_arrival"] }, { confidence: 0.83, active_ms: null }),
        judgement(
          "j2",
          person("ana", true),
          { labels: ["card_arrival"] },
          {
            stance: "accept",
            said_at: T0 + HOUR,
            saw: { suggestion_id: "j1", shown: "before", others: [], guideline_id: null, order_seed: null },
          },
        ),
        judgement(
          "j3",
          person("bo", true),
          { labels: ["card_linking"] },
          { said_at: T0 + 2 * HOUR, comment: "They have the card but cannot add it." },
        ),
      ],
      decisions: [
        {
          item_id: "itm_1",
          batch_id: "bat_1",
          state: "disputed",
          answer: null,
          judgement_ids: ["j2", "j3"],
          because: "two people disagree; a senior rules",
        },
      ],
      works: [],
      releases: [],
    }),
  ],
  ["GET", /^\/ontologies\/(\w+)$/, (_, [, id]) => ontologies.get(id ?? "")],
  [
    "GET",
    /^\/people$/,
    () =>
      rows([
        {
          id: "per_1",
          name: "ana",
          display_name: "Ana Novak",
          organisation: "Example GmbH",
          employment: "employed",
          tiers: [1, 2],
          skills: ["banking"],
          languages: ["en", "de"],
        },
      ]),
  ],
  ["GET", /^\/organisations$/, () => rows([{ id: "org_1", name: "Example GmbH" }])],
  ["POST", /^\/people$/, () => ({ person: {}, invitation: "/invitation/abc" })],
  ["GET", /^\/invitations\/\w+$/, () => ({ name: "ana" })],
  ["GET", /^\/tokens$/, () => rows([])],
  [
    "POST",
    /^\/programmes\/diff$/,
    () => ({ programme: null, changed: true, diff: [{ path: "title", old: "A", new: "B" }] }),
  ],
  [
    "GET",
    /^\/work\/queues$/,
    () =>
      rows(
        ["prg_cls", "prg_ner"].flatMap((id) =>
          (["verify", "annotate", "review"] as const).map((queue, at) => ({
            programme_id: id,
            programme: programme(id).title,
            queue,
            tier: at + 1,
            open: open[queue],
            task: { name: "choice.v1", params: {} },
          })),
        ),
      ),
  ],
  ["POST", /^\/work\/claim$/, claim],
  ["POST", /^\/work\/(\w+)\/submit$/, submit],
  ["POST", /^\/work\/(\w+)\/undo$/, undo],
  ["POST", /^\/work\/heartbeat$/, () => ({ expires_at: Date.now() * 1000 + HOUR, lost: [] })],
  [
    "GET",
    /^\/work\/guidance\/\w+$/,
    () => ({ guideline_id: null, number: null, ontology_id: "ont_intents", clauses: [] }),
  ],
  ["GET", /^\/work\/questions$/, () => rows([])],
  ["GET", /^\/programmes\/\w+\/(escalations|precedents|flags)$/, () => rows([])],
  [
    "GET",
    /^\/work\/mine$/,
    () => ({ days: 7, did: [], corrected: [], gold: [], gold_because: null, questions: [] }),
  ],
  ["GET", /^\/work\/recent$/, () => rows(said.slice(0, 10))],
  ["POST", /./, () => ({})],
]

export { PRE }
