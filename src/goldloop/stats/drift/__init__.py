"""Has anything changed, and does it matter?

has it changed                  kolmogorov_smirnov, chi_square, classifier_test, kernel_test
how far (descriptive only)      population_stability, jensen_shannon
has somebody become worse       error_charts, cusum, ewma (designed false-alarm rates)
does it do harm                 monitor_harm, detectable_degradation

Change without harm is noise: alarm on harm, and use the tests to explain it. Many tests: `paired.adjust`.
"""

from goldloop.stats.drift.charts import (
    Chart,
    cusum,
    cusum_run_length,
    design_cusum,
    design_error_chart,
    design_ewma,
    error_charts,
    error_run_length,
    ewma,
    ewma_run_length,
)
from goldloop.stats.drift.divergence import jensen_shannon, population_stability
from goldloop.stats.drift.harm import HarmReport, detectable_degradation, monitor_harm
from goldloop.stats.drift.separable import classifier_test, kernel_test, logistic
from goldloop.stats.drift.shift import Shift, chi_square, kolmogorov_smirnov

__all__ = [
    "Chart",
    "HarmReport",
    "Shift",
    "chi_square",
    "classifier_test",
    "cusum",
    "cusum_run_length",
    "design_cusum",
    "design_error_chart",
    "design_ewma",
    "detectable_degradation",
    "error_charts",
    "error_run_length",
    "ewma",
    "ewma_run_length",
    "jensen_shannon",
    "kernel_test",
    "kolmogorov_smirnov",
    "logistic",
    "monitor_harm",
    "population_stability",
]
