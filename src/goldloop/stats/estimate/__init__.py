"""Shares, means and totals from samples, with intervals that keep their promise at small n and rare errors.

every label audited alike          proportion, mean, total
times and money                    amount (of a mean), ahead (what is still to come)
queues audited at different rates  stratified (queue sizes known), hajek / horvitz_thompson (probabilities known)
no more than this is wrong         at_most
machine grades plus human audits   prediction_powered
a helper whose mean is known       control_variates
two of these beside each other     difference
the limits of a share alone        limits
"""

from goldloop.stats.estimate.amounts import ahead, amount
from goldloop.stats.estimate.average import mean, total
from goldloop.stats.estimate.control import control_variates
from goldloop.stats.estimate.difference import difference
from goldloop.stats.estimate.most import at_most
from goldloop.stats.estimate.prediction import prediction_powered
from goldloop.stats.estimate.proportion import limits, proportion
from goldloop.stats.estimate.stratified import stratified
from goldloop.stats.estimate.weighted import hajek, horvitz_thompson

__all__ = [
    "ahead",
    "amount",
    "at_most",
    "control_variates",
    "difference",
    "hajek",
    "horvitz_thompson",
    "limits",
    "mean",
    "prediction_powered",
    "proportion",
    "stratified",
    "total",
]
