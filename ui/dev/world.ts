/** A small made-up world for working on the interface without the server. Never part of the build. */
import type { Assignment, Evidence, Label, Ontology } from "../src/api/nouns.ts"

const T0 = Date.parse("2026-11-20T09:00:00Z") * 1000
export const HOUR = 3_600_000_000

export const label = (id: string, name: string, extra: Partial<Label> = {}): Label => ({
  id,
  name,
  parent: null,
  definition: "",
  do: [],
  dont: [],
  human_only: false,
  selectable: true,
  ...extra,
})

const INTENTS = [
  "card arrival,card linking,card not working,lost or stolen card,card swallowed,virtual card,card about to expire",
  "exchange rate,exchange charge,exchange via app,wrong exchange rate",
  "top up failed,top up by card,top up limits,automatic top up,pending top up,top up reverted",
  "transfer not received,transfer fee,pending transfer,cancel transfer,declined transfer,transfer timing",
]
const GROUPS = ["Cards", "Exchange", "Top-up", "Transfers"]

const intents: Ontology = {
  id: "ont_intents",
  number: 3,
  labels: GROUPS.flatMap((group, at) => [
    label(`g${at}`, group, { selectable: false }),
    ...(INTENTS[at] ?? "").split(",").map((name) =>
      label(name.replaceAll(" ", "_"), name, {
        parent: `g${at}`,
        definition: `The customer asks about: ${name}.`,
        do: [`“Question that is plainly about ${name}.”`],
        dont: ["“Something close that belongs elsewhere.”"],
        human_only: name === "lost or stolen card",
      }),
    ),
  ]),
  guidelines: [
    {
      id: "2.1",
      label: null,
      title: "One label",
      text: "Choose what the customer wants done, not the words used.",
      do: [],
      dont: [],
    },
    {
      id: "4.2",
      label: "card_arrival",
      title: "Before or after arrival",
      text: "A card that has not come yet. A card that came and fails is “card not working”.",
      do: ["“Where is my new card?”"],
      dont: ["“My new card does not work.”"],
    },
  ],
}

const entities: Ontology = {
  id: "ont_entities",
  number: 1,
  labels: ["Person", "Organisation", "Location", "Drug", "Dosage", "Condition", "Date", "Event"].map((name) =>
    label(name.toLowerCase(), name, { definition: `A named ${name.toLowerCase()}.` }),
  ),
  guidelines: [
    {
      id: "4.2",
      label: "organisation",
      title: "Do not include the city",
      text: "Tag “St Brigid’s Hospital” as Organisation and “Limerick” as Location, even when joined by “in”.",
      do: ["St Brigid’s Hospital"],
      dont: ["St Brigid’s Hospital in Limerick"],
    },
  ],
}

export const ontologies = new Map([intents, entities].map((one) => [one.id, one]))

const TEXTS = [
  "I am still waiting on my card, it has been two weeks. What can I do?",
  "Why does the exchange rate in the app differ from the one I saw on the news this morning?",
  "My top-up was taken from my bank account but the balance here has not changed 😡",
  "I think somebody has stolen my wallet on the tram, please block everything!",
  "How long does a transfer to Poland take, and is there a fee for it?",
  "Hidden \u202epayload\u202c in this text, and a zero\u200bwidth space.",
]

const CLINICAL =
  "Dr. Amara Okafor of St Brigid’s Hospital in Limerick reviewed the chart on 14 March 2026 and switched the patient from metoprolol 50 mg to carvedilol 12.5 mg twice daily after two episodes of bradycardia. 🫀\nThe ward pharmacist, Jonas Lindqvist, had flagged the interaction a day earlier; his note cites guidance from the European Society of Cardiology.\nDischarge is planned for Thursday. The family has been told to return if dizziness or syncope recur."

const points = (text: string) => [...text].length
function span(quote: string, name: string) {
  const at = CLINICAL.indexOf(quote)
  const start = points(CLINICAL.slice(0, at))
  return { start, end: start + points(quote), label: name }
}

const PRE = {
  spans: [
    span("Amara Okafor", "person"),
    span("St Brigid’s Hospital in Limerick", "organisation"),
    span("14 March 2026", "date"),
    span("metoprolol", "drug"),
    span("bradycardia", "condition"),
    span("Jonas Lindqvist", "person"),
    span("European Society of Cardiology", "organisation"),
    span("Thursday", "date"),
  ],
}
const OTHER = {
  spans: [
    ...PRE.spans.filter(({ label: one }) => one !== "organisation"),
    span("St Brigid’s Hospital", "organisation"),
    span("Limerick", "location"),
    span("syncope", "condition"),
  ],
}

let serial = 0
export function assignment(programme: string, queue: Assignment["queue"]): Assignment {
  const at = serial++
  const isSpans = programme === "prg_ner"
  const text = isSpans ? CLINICAL : (TEXTS[at % TEXTS.length] ?? "")
  const guess = isSpans
    ? PRE
    : {
        labels: [
          ["card_arrival", "exchange_rate", "pending_top_up", "lost_or_stolen_card", "transfer_fee"][at % 5],
        ],
      }
  const second = isSpans ? OTHER : { labels: ["pending_transfer"] }
  return {
    work_id: `wrk_${at}`,
    item_id: `itm_${at}`,
    programme_id: programme,
    programme: isSpans ? "Clinical entities" : "Banking intents",
    queue,
    tier: { verify: 1, annotate: 2, review: 3 }[queue],
    body: { text },
    task: isSpans ? { name: "spans.v1", params: { allow_overlap: true } } : { name: "choice.v1", params: {} },
    ontology_id: isSpans ? "ont_entities" : "ont_intents",
    suggestion: queue === "verify" ? { id: `jdg_${at}`, answer: guess } : null,
    others:
      queue === "review"
        ? [
            { id: "a", answer: guess, by: "person" },
            { id: "b", answer: second, by: "person" },
          ]
        : [],
    because: queue === "review" ? "2 independent answers differ" : null,
    guideline_id: null,
    human_only: false,
    cacheable: true,
    expires_at: Date.now() * 1000 + HOUR,
    due_at: Date.now() * 1000 + 6 * HOUR,
    questions: [],
    errors:
      queue === "review"
        ? [
            { id: "misread", name: "Misread the item" },
            { id: "slip", name: "Slip of the hand" },
          ]
        : [],
  }
}

export const evidence = (name: string, value: number | null, extra: Partial<Evidence> = {}): Evidence => ({
  id: `evd_${name}`,
  measure: { name, params: {} },
  about: "bat_1",
  slice: {},
  value,
  interval:
    value === null ? null : { low: value - 0.021, high: value + 0.016, level: 0.95, method: "Wilson" },
  n: 312,
  eligible: 4120,
  method: "Post-stratified over the routed queues, Wilson interval per stratum",
  because: null,
  details: {},
  measured_at: T0,
  ...extra,
})

export const person = (name: string, simulated = false) => ({
  id: `act_${name}`,
  kind: "person" as const,
  name,
  version: null,
  simulated,
})
export const model = {
  id: "act_model",
  kind: "model" as const,
  name: "baseline",
  version: "1",
  simulated: false,
}
export { CLINICAL, PRE, T0, TEXTS }
