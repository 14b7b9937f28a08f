"""How much to judge, which items, and what an audit that may stop early has proved.

accept or stop a batch          single_plan, double_plan, sequential_plan -> decide, fewest_more -> proved_bound
draw the items                  allocate, stratified_sample
how many are needed             size_for_width, size_for_difference, detectable_difference
how many prove a line           size_without_errors, size_for_floor, size_for_ceiling
held against the best plan       least_average
look as often as you like       confidence_sequence, e_process
"""

from goldloop.stats.sampling.acceptance import double_plan, single_plan
from goldloop.stats.sampling.anytime import confidence_sequence, e_process
from goldloop.stats.sampling.plan import Characteristic, Plan, operating_characteristic
from goldloop.stats.sampling.sequential import Sprt, least_average, sequential_plan, sprt
from goldloop.stats.sampling.size import (
    Size,
    detectable_difference,
    size_for_ceiling,
    size_for_difference,
    size_for_floor,
    size_for_width,
    size_without_errors,
)
from goldloop.stats.sampling.strata import Draw, allocate, stratified_sample
from goldloop.stats.sampling.verdict import Verdict, decide, fewest_more, proved_bound

__all__ = [
    "Characteristic",
    "Draw",
    "Plan",
    "Size",
    "Sprt",
    "Verdict",
    "allocate",
    "confidence_sequence",
    "decide",
    "detectable_difference",
    "double_plan",
    "e_process",
    "fewest_more",
    "least_average",
    "operating_characteristic",
    "proved_bound",
    "sequential_plan",
    "single_plan",
    "size_for_ceiling",
    "size_for_difference",
    "size_for_floor",
    "size_for_width",
    "size_without_errors",
    "sprt",
    "stratified_sample",
]
