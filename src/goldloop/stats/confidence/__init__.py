"""Whether a model's confidence can be believed, and which of its labels may pass unseen.

is it calibrated                reliability_curve, calibration_error, brier
make it so                      temperature, platt, isotonic (fitted maps, plain JSON)
what passes at which risk       selective_curve
a threshold with a promise      certify, cheapest_thresholds, labels_needed
labels that it doubts           label_errors
"""

from goldloop.stats.confidence.calibration import Bin, brier, calibration_error, reliability_curve
from goldloop.stats.confidence.label_errors import LabelErrors, label_errors
from goldloop.stats.confidence.recalibrate import (
    Isotonic,
    Platt,
    Temperature,
    from_json,
    isotonic,
    log_loss,
    platt,
    temperature,
)
from goldloop.stats.confidence.selective import SelectiveCurve, selective_curve
from goldloop.stats.confidence.thresholds import Threshold, certify, cheapest_thresholds, labels_needed

__all__ = [
    "Bin",
    "Isotonic",
    "LabelErrors",
    "Platt",
    "SelectiveCurve",
    "Temperature",
    "Threshold",
    "brier",
    "calibration_error",
    "certify",
    "cheapest_thresholds",
    "from_json",
    "isotonic",
    "label_errors",
    "labels_needed",
    "log_loss",
    "platt",
    "reliability_curve",
    "selective_curve",
    "temperature",
]
