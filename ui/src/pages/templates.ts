/** Programme files to begin with. They are text, so that what is applied is what is read. */

export const TEMPLATES = ["choice", "spans"] as const
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
}

export const draftFor = (template: Template, given: Given): string => BODIES[template](given)
