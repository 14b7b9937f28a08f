"""Audits by simulation: how often a batch at the rejectable level is accepted, and how much a sequential audit judges.

Each round is a batch of its own with exactly so many wrong labels, and a draw as goldloop draws: a seed, an order, a
plan that stops as soon as it is clear. The plan is the best there is among those that keep its risks and never judge
more than the fixed sample; one that may judge half as much again shows what a longer end buys. Beside each stands what
no plan of that length can go below, and Wald's bound for audits without any end.
"""

from pathlib import Path

import numpy as np
from bench.report import Line
from bench.scale import Scale

from goldloop.loop.draw import in_order
from goldloop.stats.sampling import Plan, decide, least_average, sequential_plan, single_plan, sprt

LABELS = 2_000  # of a batch
AT_AQL, AT_LTPD = 0.60, 0.45  # of the fixed sample, on average, at equal risks
ERRORS = 3.0  # standard errors that a simulated share may lie above a risk that is kept exactly
POINTS = {"aql": 0.02, "ltpd": 0.10}


def audits(_folder: Path, scale: Scale) -> list[Line]:
    """Sequential audits of batches at the acceptable and at the rejectable level, beside the fixed plan."""
    usual = {"producer_risk": 0.05, "consumer_risk": 0.10}
    strict = {"producer_risk": 0.01, "consumer_risk": 0.01}
    return [
        *_simulated("risks 5 and 10 %", sequential_plan(**POINTS, **usual), single_plan(**POINTS, **usual), 1.0, scale),
        *_simulated(
            "risks 1 %, end at 1.5", sequential_plan(**POINTS, **strict, longest=1.5), single_plan(**POINTS, **strict),
            1.5, scale,
        ),
    ]  # fmt: skip


def _simulated(name: str, plan: Plan, fixed: Plan, longest: float, scale: Scale) -> list[Line]:
    out = [Line(f"{name}: the longest audit, of the fixed sample", plan.n[-1] / fixed.n[-1], "", longest)]
    asked = {**POINTS, "producer_risk": plan.producer_risk, "consumer_risk": plan.consumer_risk}
    endless = sprt(**asked)
    without_end = {"aql": endless.average_sample_aql, "ltpd": endless.average_sample_ltpd}
    for level, most in (("aql", AT_AQL), ("ltpd", AT_LTPD)):
        wrong = round(POINTS[level] * LABELS)
        accepted = judged = 0
        for number in range(scale.audits):
            order = np.array(in_order(f"bench:{level}:{number}", range(LABELS))[: plan.n[-1]])
            found = decide(plan, order < wrong)
            accepted += found.outcome == "accept"
            judged += found.n
        average = judged / scale.audits / fixed.n[-1]
        out.append(Line(f"{name}: average audit at {level}, of the fixed sample", average, "", most))
        least = least_average(**asked, longest=longest, weight=float(level == "aql")) / fixed.n[-1]
        out.append(Line(f"{name}: the least that any plan of this length needs at {level} alone", least, ""))
        out.append(
            Line(f"{name}: Wald's bound at {level} for an audit without end", without_end[level] / fixed.n[-1], "")
        )
        if level == "ltpd":
            risk = plan.consumer_risk
            bar = risk + ERRORS * (risk * (1 - risk) / scale.audits) ** 0.5
            out.append(Line(f"{name}: batches at ltpd that were accepted", accepted / scale.audits, "", bar))
    return out
