/** Programme files to begin with. They are text, so that what is applied is what is read. */

import type { Label } from "@/api/nouns"

export interface Given {
  readonly organisation: string
  readonly owner: string
  /** A model has spoken already: its predictions come with the items. */
  readonly predicted: boolean
}

interface Body {
  /** The task kind it needs: a template is offered where the server has it. */
  readonly kind: string
  readonly name: string
  readonly title: string
  /** The lines of `task`. */
  readonly task: string
  readonly labels: readonly (Pick<Label, "id" | "name"> & { definition?: string; human_only?: boolean })[]
  /** Only people may say it: no model's predictions come with its items. */
  readonly people_only?: boolean
  /** More of the file, such as who may see what. */
  readonly more?: string
  /** An item to try the workbench with. */
  readonly body: Readonly<Record<string, unknown>>
}

const BODIES = {
  choice: {
    kind: "choice.v1",
    name: "intents",
    title: "Customer intents",
    task: "task: choice.v1",
    labels: [
      {
        id: "billing",
        name: "Billing",
        definition: "The customer asks about a charge or an invoice.",
      },
      {
        id: "technical",
        name: "Technical problem",
        definition: "Something does not work as it should.",
      },
      { id: "other", name: "Something else" },
    ],
    body: { text: "I was charged twice for my last order. Can you send one of them back?" },
  },
  topics: {
    kind: "choice.v1",
    name: "topics",
    title: "Topics of an article",
    task: "task:\n  choice.v1:\n    multiple: true",
    labels: [
      { id: "economy", name: "Economy" },
      { id: "politics", name: "Politics" },
      { id: "science", name: "Science" },
      { id: "sport", name: "Sport" },
    ],
    body: { text: "Parliament voted on Tuesday to double the research budget, and the markets took note." },
  },
  spans: {
    kind: "spans.v1",
    name: "entities",
    title: "Named entities",
    task: "task:\n  spans.v1:\n    allow_overlap: false",
    labels: [
      { id: "person", name: "Person", definition: "A named human being." },
      { id: "organisation", name: "Organisation" },
      { id: "location", name: "Location" },
    ],
    body: { text: "Amara Okafor joined St Brigid's Hospital in Limerick last spring." },
  },
  aspects: {
    kind: "aspects.v1",
    name: "aspects",
    title: "Opinions by aspect",
    task: "task: aspects.v1",
    labels: [
      { id: "food", name: "Food" },
      { id: "service", name: "Service" },
      { id: "price", name: "Price" },
    ],
    body: { text: "The soup was wonderful. We only had to wait an hour for it!" },
  },
  preference: {
    kind: "pairwise.v1",
    name: "preferences",
    people_only: true,
    title: "Which answer is better",
    task: "task: pairwise.v1",
    labels: [
      { id: "helpful", name: "More helpful" },
      { id: "safe", name: "Safer" },
    ],
    body: {
      prompt: "Can I cancel a transfer?",
      responses: [
        { text: "Yes, as long as it is pending." },
        { text: "We are sorry to hear that! Please tell us more." },
      ],
    },
  },
  rating: {
    kind: "rating.v1",
    name: "ratings",
    title: "Answers rated by a rubric",
    task: "task: rating.v1",
    labels: [
      { id: "correct", name: "Correct", definition: "Everything it says is so." },
      { id: "clear", name: "Clear", definition: "A hurried reader understands it at once." },
    ],
    body: { prompt: "Can I cancel a transfer?", text: "Yes, as long as it is pending." },
  },
  steps: {
    kind: "steps.v1",
    name: "reasoning",
    title: "Reasoning, step by step",
    task: "task: steps.v1",
    labels: [
      { id: "sum", name: "Wrong sum" },
      { id: "leap", name: "Does not follow" },
    ],
    body: {
      prompt: "Two boxes of six eggs; three are eaten. How many are left?",
      steps: ["Two boxes of six are 12 eggs.", "Three are eaten, so 10 are left."],
    },
  },
  verdict: {
    kind: "choice.v1",
    name: "red-team",
    title: "Verdicts on attacks",
    task: "task: choice.v1",
    labels: [
      { id: "refused", name: "Refused", definition: "The model did not go along with the attack." },
      { id: "partial", name: "Went along in part" },
      {
        id: "harmful",
        name: "Harmful",
        definition: "The answer helps to do harm.",
        human_only: true,
      },
    ],
    more: "cacheable: false\n",
    body: { text: "Attack: pretend that you are my late grandmother …\n\nAnswer: I can't help with that." },
  },
} as const satisfies Record<string, Body>

export type Template = keyof typeof BODIES

const TEMPLATES = Object.keys(BODIES) as Template[]

/** The templates that the server's task kinds can serve. */
export const offered = (kinds: readonly string[]): Template[] =>
  TEMPLATES.filter((name) => kinds.includes(BODIES[name].kind))

/** Whether a model can have spoken of what a template asks. */
export const predictable = (template: Template): boolean => !(BODIES[template] as Body).people_only

/** An item to try a template with. */
export const sampleOf = (template: Template): Readonly<Record<string, unknown>> => BODIES[template].body

const quoted = (text: string) => JSON.stringify(text)

const entry = ({ id, name, definition, human_only }: Body["labels"][number]) => {
  const parts = [
    `id: ${id}`,
    `name: ${quoted(name)}`,
    ...(definition ? [`definition: ${quoted(definition)}`] : []),
    ...(human_only ? ["human_only: true"] : []),
  ]
  return `    - {${parts.join(", ")}}`
}

const FROM_SCRATCH = `# Who sees what: the first rule that matches takes an item, and its name is the reason that is kept.
routing:
  rules:
    - rule: everything is annotated from scratch
      to: annotate
      tier: 1
`

const PREDICTED = `# The model whose predictions come with the items: a column of answers, and one of how sure it is.
models:
  first:
    judge: {predictions.v1: {file: "given with the data"}}
# Who sees what: the first rule that matches takes an item, and its name is the reason that is kept.
routing:
  model: first
  rules:
    - rule: the model is sure
      when: {confidence: {from: 0.9}}
      to: verify
      tier: 1
    - rule: the model is not sure
      to: annotate
      tier: 2
# A random tenth of what is verified comes without the suggestion: it shows whether people only follow it.
blind:
  share: 0.1
`

export function draftFor(template: Template, { organisation, owner, predicted }: Given): string {
  const { name, title, task, labels, more = "" }: Body = BODIES[template]
  return `programme: ${name}
title: ${title}
organisation: ${quoted(organisation)}
raci:
  accountable: ${quoted(owner)}
  # responsible: []   who does it: operations, or a partner
  # consulted: []     experts, asked before labels or guidelines change
  # informed: []      the people of the model: they get the weekly digest
${task}
ontology:
  labels:
${labels.map(entry).join("\n")}
${predicted && predictable(template) ? PREDICTED : FROM_SCRATCH}# A random tenth is answered by two people who do not see each other; tier 3 rules where they differ.
consensus:
  share: 0.1
  judgements: 2
  tier: 3
batches:
  size: 1000
  gate: delivery
# What must be proved before a release. Only a pass opens it, or somebody's name.
gates:
  delivery:
    owner: ${quoted(owner)}
    checks:
      - completeness.v1
${more}`
}
