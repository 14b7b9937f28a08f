/** Programme files to begin with. They are text, so that what is applied is what is read. */

export const TEMPLATES = ["choice", "spans", "rating", "pairwise"] as const
export type Template = (typeof TEMPLATES)[number]

interface Given {
  readonly organisation: string
  readonly owner: string
}

const HEAD = (name: string, title: string, { organisation, owner }: Given) => `programme: ${name}
title: ${title}
organisation: ${JSON.stringify(organisation)}
raci:
  accountable: ${JSON.stringify(owner)}
`

const TAIL = ({ owner }: Given) => `routing:
  rules:
    - rule: everything is annotated from scratch
      to: annotate
      tier: 1
consensus:
  share: 0.2
  judgements: 2
  tier: 3
batches:
  size: 1000
  gate: delivery
gates:
  delivery:
    owner: ${JSON.stringify(owner)}
    checks:
      - completeness.v1
`

const BODIES: Record<Template, (given: Given) => string> = {
  choice: (given) => `${HEAD("intents", "Customer intents", given)}task: choice.v1
ontology:
  labels:
    - {id: billing, name: Billing, definition: The customer asks about a charge or an invoice.}
    - {id: technical, name: Technical problem, definition: Something does not work as it should.}
    - {id: other, name: Something else}
${TAIL(given)}`,
  spans: (given) => `${HEAD("entities", "Named entities", given)}task:
  spans.v1:
    allow_overlap: false
ontology:
  labels:
    - {id: person, name: Person, definition: A named human being.}
    - {id: organisation, name: Organisation}
    - {id: location, name: Location}
${TAIL(given)}`,
  rating: (given) => `${HEAD("answers", "Answers of the assistant", given)}task:
  rating.v1:
    scale: {low: 1, high: 5, levels: {1: Unusable, 3: Acceptable, 5: Excellent}}
    criteria:
      correct: {weight: 2}
ontology:
  labels:
    - {id: correct, name: Correct, definition: Everything it says is so.}
    - {id: clear, name: Clear, definition: A hurried reader understands it at once.}
${TAIL(given)}`,
  pairwise: (given) => `${HEAD("preferences", "Which answer is better", given)}task:
  pairwise.v1:
    strength: 2
ontology:
  labels:
    - {id: better, name: Better overall, definition: What a busy reader could act on first. Longer is not better.}
human_only:
  judgements: 2
  ruling: disputes
${TAIL(given)}`,
}

export const draftFor = (template: Template, given: Given): string => BODIES[template](given)
