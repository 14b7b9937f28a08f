/** An assumption file to begin with; every number in it is to be replaced by one's own. */
export const EXAMPLE = `because: replace this with where your numbers come from
items: 10000
arrivals: 1000              # a working day
objects: 1                  # an item
taxonomy_settled: true
in_domain: true
common: {value: 0.85, low: 0.75, high: 0.92}
model:
  suggests: 1
  confidence:
    - {from: 0.0, below: 0.5, share: 0.10, right: {value: 0.45, low: 0.35, high: 0.55}}
    - {from: 0.5, below: 0.8, share: 0.20, right: {value: 0.75, low: 0.68, high: 0.81}}
    - {from: 0.8, below: 1.0, share: 0.70, right: {value: 0.96, low: 0.94, high: 0.97}}
people:
  right: {1: {value: 0.95, low: 0.93, high: 0.97}, 2: 0.97, 3: 0.985}
  anchoring: {value: 0.1, low: 0.02, high: 0.2}
times:                      # active seconds
  verify: {value: 5, low: 4, high: 6.5}
  annotate: {value: 14, low: 11, high: 18}
  review: 25
capacity:
  crew: {people: 4, hours: {value: 5, low: 4, high: 6}, tiers: [1]}
  seniors: {people: 2, hours: 4, tiers: [2, 3]}
`
