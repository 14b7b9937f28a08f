"""How long a plan takes: four policies beside all by hand, with sensitivity, capacity and risk; in process."""

import resource
import sys
import time
from pathlib import Path

from bench.report import Line
from bench.scale import Scale

from goldloop import kinds
from goldloop.core.assumptions import Assumptions
from goldloop.core.programme_file import read_noun, read_policy
from goldloop.labelling.planning.simulate import RUNS, simulate

THRESHOLDS = (0.95, 0.9, 0.8, 0.5)
BAR_S = 20
PROGRAMME = """
programme: planned
title: Planned
organisation: Bench
raci: {{accountable: mona}}
task: choice.v1
models: {{ngrams: {{judge: choice_baseline.v1}}}}
routing:
  model: ngrams
  rules:
    - {{rule: sure, when: {{confidence: {{from: {threshold}}}}}, to: verify, tier: 1}}
    - {{rule: rest, to: annotate, tier: 2}}
blind: {{share: 0.1}}
consensus: {{share: 0.1}}
tiers: {{1: {{rate: 1800}}, 2: {{rate: 2400}}, 3: {{rate: 4200}}}}
batches: {{size: 500, gate: release}}
gates: {{release: {{owner: mona, sample: {{size: 100, minimum: 0}}, checks: [completeness.v1]}}}}
sla:
  client: Northwind
  terms:
    right: {{promise: accuracy, owner: mona, at: 0.93}}
    pace: {{promise: throughput, owner: mona, items: 500}}
    answers: {{promise: escalation, owner: mona, hours: 48}}
ontology: {{labels: [arrival, rate, {{id: oos, name: Out of scope, human_only: true}}]}}
"""
ASSUMED = """
because: made up for a bench, every number of it
items: {items}
arrivals: {{value: 600, low: 400, high: 900}}
taxonomy_settled: true
in_domain: true
common: {{value: 0.9, low: 0.8, high: 0.95}}
model:
  suspects: {{value: 0.04, low: 0.03, high: 0.06}}
  confidence:
    - {{from: 0.0, below: 0.5, share: 0.1, right: {{value: 0.4, low: 0.3, high: 0.5}}}}
    - {{from: 0.5, below: 0.9, share: 0.3, right: {{value: 0.8, low: 0.75, high: 0.84}}}}
    - {{from: 0.9, below: 1.0, share: 0.6, right: {{value: 0.97, low: 0.95, high: 0.98}}}}
people:
  right: {{value: 0.95, low: 0.92, high: 0.97}}
  anchoring: {{value: 0.1, low: 0.02, high: 0.2}}
  escalates: 0.01
times: {{verify: {{value: 5, low: 4, high: 6}}, annotate: {{value: 14, low: 11, high: 18}}, review: 25}}
capacity:
  crew: {{people: 4, hours: {{value: 5, low: 4, high: 6}}, tiers: [1]}}
  seniors: {{people: 3, hours: 4, tiers: [2, 3]}}
"""


def plan(_folder: Path, scale: Scale) -> list[Line]:
    """The time of one plan, and its most memory."""
    kinds.load()
    side = [(f"from {one}", read_policy(PROGRAMME.format(threshold=one))) for one in THRESHOLDS]
    assumed = read_noun(ASSUMED.format(items=scale.planned), Assumptions, name="assumptions.yaml")
    began, worked = time.perf_counter(), time.process_time()
    found = simulate(side, assumed, runs=20 if scale.small else RUNS)
    took, processor = time.perf_counter() - began, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    what = f"plan {scale.planned:,} items, {len(side)} policies, {found.runs} runs"
    return [
        Line(what, took, "s", BAR_S),
        Line(f"{what}, processor", processor, "s"),
        Line("most resident memory of the process", memory, "MiB"),
    ]
