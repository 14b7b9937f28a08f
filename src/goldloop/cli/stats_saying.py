"""Statistics in words: a value never without its interval, its denominator and its method."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from goldloop.cli.saying import say
from goldloop.stats.result import Estimate


def said(name: str, one: Estimate) -> str:
    """An estimate on one line, or why there is none."""
    counted = f"n = {one.n:,}" + (f" of {one.eligible:,}" if one.eligible != one.n else "")
    if one.value is None:
        return f"{name}: none, because {one.because} ({counted}; {one.method})"
    interval = ""
    if one.interval is not None:
        at = one.interval
        interval = f" [{at.low:.4f}, {at.high:.4f}] at {at.level:g} ({at.method})"
    caution = f"; caution: {one.caution}" if one.caution else ""
    return f"{name}: {one.value:.4f}{interval}, {counted}, {one.method}{caution}"


def said_p(p: float | None) -> str:
    """A p-value as it is written."""
    return "none" if p is None else "< 0.0001" if p < 1e-4 else f"{p:.4f}"


def say_result(result: Any) -> None:
    """A statistical result as one JSON document; what is not a number becomes null."""
    say(shape(result))


def say_estimate(name: str, found: Estimate, *, as_json: bool) -> None:
    """An estimate on one line, or as JSON."""
    if as_json:
        say_result(found)
    else:
        print(said(name, found))


def shape(value: Any) -> Any:
    """A frozen result as JSON takes it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: shape(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): shape(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return shape(value.tolist())
    if isinstance(value, list | tuple):
        return [shape(one) for one in value]
    if isinstance(value, np.generic):
        return shape(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
