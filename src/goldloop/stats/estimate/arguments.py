"""Checks an argument and returns it in the one form the formulas use, or says which argument was wrong and why."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from goldloop.core.errors import Invalid

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Choice = TypeVar("Choice", bound=str)


def share(field: str, value: float) -> float:
    """A number strictly between 0 and 1, such as a confidence level."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 < value < 1:
        raise Invalid("must lie strictly between 0 and 1", field=field, expected="0 < value < 1", found=repr(value))
    return float(value)


def whole(field: str, value: int, *, low: int = 0) -> int:
    """A whole number of at least `low`."""
    number = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
    if not number or value < low:
        raise Invalid("must be a whole number", field=field, expected=f"an integer >= {low}", found=repr(value))
    return int(value)


def one_of(field: str, value: Choice, choices: Sequence[str]) -> Choice:
    """One of the named choices."""
    if value not in choices:
        raise Invalid("is not a known choice", field=field, expected=" | ".join(choices), found=repr(value))
    return value


def numbers(
    field: str, values: ArrayLike, *, low: float | None = None, high: float | None = None, dimensions: int = 1
) -> Floats:
    """A finite float array with the given number of dimensions, every entry in [low, high]."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise Invalid("must hold numbers only", field=field, expected="numbers", found=_kind(values)) from error
    if array.ndim != dimensions:
        raise Invalid("has the wrong shape", field=field, expected=f"{dimensions} dimension(s)", found=str(array.shape))
    if not np.isfinite(array).all():
        raise Invalid("holds NaN or infinity", field=field, expected="finite numbers", found="NaN or infinity")
    if low is not None and array.size and array.min() < low:
        raise Invalid("is out of range", field=field, expected=f"at least {low}", found=repr(float(array.min())))
    if high is not None and array.size and array.max() > high:
        raise Invalid("is out of range", field=field, expected=f"at most {high}", found=repr(float(array.max())))
    return array


def counts(field: str, values: ArrayLike) -> Whole:
    """A one-dimensional array of whole numbers, none negative."""
    array = numbers(field, values, low=0)
    if (array != np.floor(array)).any():
        raise Invalid("must hold whole numbers", field=field, expected="counts", found="fractions")
    return array.astype(np.int64)


def same_length(**arrays: Any) -> int:
    """The common length of the named arrays."""
    lengths = {name: len(array) for name, array in arrays.items() if array is not None}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise Invalid("arrays differ in length", field=next(iter(lengths)), expected="equal lengths", found=found)
    return next(iter(lengths.values()))


def normal(level: float) -> float:
    """The two-sided normal quantile of a checked level: 1.96 for 0.95."""
    return float(ndtri((1 + level) / 2))


def codes(field: str, values: Any) -> tuple[Whole, int]:
    """Group labels of any sortable kind as integer codes 0..k-1, and k."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise Invalid("has the wrong shape", field=field, expected="1 dimension", found=str(array.shape))
    if array.dtype == object:
        index: dict[Any, int] = {}
        coded = np.fromiter((index.setdefault(value, len(index)) for value in array), np.int64, len(array))
        return coded, len(index)
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise Invalid("holds NaN", field=field, expected="a group for every row", found="NaN")
    unique, inverse = np.unique(array, return_inverse=True)
    return inverse.astype(np.int64), len(unique)


def _kind(values: Any) -> str:
    return type(values).__name__
