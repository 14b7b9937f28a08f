"""Checks an argument and returns it in the one form the formulas use, or says which argument was wrong and why."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from goldloop.core.errors import Invalid

LARGEST = 1e100  # beyond, squares and sums overflow to infinity without a word
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Choice = TypeVar("Choice", bound=str)


def number(field: str, value: Any, *, low: float = -np.inf, high: float = np.inf) -> float:
    """A finite number in [low, high]."""
    real = isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
    if not real or not np.isfinite(value) or not low <= value <= high:
        raise Invalid("is not in range", field=field, expected=f"a number in [{low}, {high}]", found=repr(value))
    return float(value)


def share(field: str, value: Any) -> float:
    """A number strictly between 0 and 1: a level, a risk, a rate."""
    checked = number(field, value)
    if not 0 < checked < 1:
        raise Invalid("must lie strictly between 0 and 1", field=field, expected="0 < value < 1", found=repr(value))
    return checked


def whole(field: str, value: Any, *, low: int = 0) -> int:
    """A whole number of at least `low`."""
    real = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
    if not real or value < low:
        raise Invalid("must be a whole number", field=field, expected=f"an integer >= {low}", found=repr(value))
    return int(value)


def one_of(field: str, value: Choice, choices: Sequence[str]) -> Choice:
    """One of the named choices."""
    if not isinstance(value, str) or value not in choices:
        raise Invalid("is not a known choice", field=field, expected=" | ".join(choices), found=repr(value))
    return value


def numbers(
    field: str,
    values: ArrayLike,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    dimensions: int = 1,
    empty: bool = True,
) -> Floats:
    """A finite float array of the given dimensions, every entry in [low, high]."""
    if np.ma.is_masked(values):
        raise Invalid("holds masked values", field=field, expected="numbers", found="a masked array")
    try:
        raw = np.asarray(values)
        array = raw.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise Invalid("must hold numbers", field=field, expected="numbers", found=type(values).__name__) from error
    if raw.dtype.kind not in "biufO" or (raw.dtype.kind == "O" and any(isinstance(x, (str, bytes)) for x in raw.flat)):
        raise Invalid("must hold numbers", field=field, expected="numbers", found=str(raw.dtype))
    if array.ndim != dimensions:
        raise Invalid("has the wrong shape", field=field, expected=f"{dimensions} dimension(s)", found=str(array.shape))
    if not array.size:
        if empty:
            return array
        raise Invalid("is empty", field=field, expected="at least one number", found="none")
    if not np.isfinite(array).all():
        raise Invalid("holds NaN or infinity", field=field, expected="finite numbers", found="NaN or infinity")
    if max(-array.min(), array.max()) > LARGEST:
        raise Invalid("is too large", field=field, expected=f"at most {LARGEST:g} either way", found="more")
    if array.min() < low or array.max() > high:
        found = f"[{float(array.min())}, {float(array.max())}]"
        raise Invalid("is out of range", field=field, expected=f"numbers in [{low}, {high}]", found=found)
    return array


def flags(field: str, values: ArrayLike, *, empty: bool = True) -> Flags:
    """A one-dimensional array of yes and no, given as booleans or as 0 and 1."""
    if isinstance(values, np.ndarray) and values.dtype == np.bool_ and values.ndim == 1 and (values.size or empty):
        return values
    checked = numbers(field, values, low=0, high=1, empty=empty)
    if not np.isin(checked, (0.0, 1.0)).all():
        raise Invalid("must hold yes or no", field=field, expected="booleans or 0 and 1", found="fractions")
    return checked.astype(bool)


def counts(field: str, values: ArrayLike, *, empty: bool = True) -> Whole:
    """A one-dimensional array of whole numbers, none negative."""
    array = numbers(field, values, low=0, empty=empty)
    if (array != np.floor(array)).any():
        raise Invalid("must hold whole numbers", field=field, expected="counts", found="fractions")
    return array.astype(np.int64)


def same_length(**arrays: Any) -> int:
    """The common length of the named arrays; those that are None are left out."""
    lengths = {
        name: len(array) if hasattr(array, "__len__") else -1 for name, array in arrays.items() if array is not None
    }
    if not lengths or -1 in lengths.values():
        field = next((name for name, length in lengths.items() if length < 0), next(iter(arrays)))
        raise Invalid("has no rows", field=field, expected="a list or an array", found=type(arrays[field]).__name__)
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise Invalid("arrays differ in length", field=next(iter(lengths)), expected="equal lengths", found=found)
    return next(iter(lengths.values()))


def normal(level: float) -> float:
    """The two-sided normal quantile of a checked level: 1.96 for 0.95."""
    return float(ndtri((1 + level) / 2))


def codes(field: str, values: Any) -> tuple[Whole, list[Hashable]]:
    """Labels as integer codes 0..k-1 and the label of every code; NaN and None are refused."""
    array = _listed(values) if isinstance(values, (list, tuple)) else np.asarray(values)
    if array.ndim != 1 or np.ma.is_masked(array):
        raise Invalid("has the wrong shape", field=field, expected="1 dimension", found=str(array.shape))
    if array.dtype != object:
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise Invalid("holds NaN", field=field, expected="a label for every row", found="NaN")
        labels, inverse = np.unique(array, return_inverse=True)
        return inverse.reshape(-1).astype(np.int64), labels.tolist()
    index: dict[Hashable, int] = {}
    try:
        coded = np.fromiter((index.setdefault(value, len(index)) for value in array), np.int64, len(array))
    except TypeError as error:
        raise Invalid("holds a value that is no label", field=field, expected="hashable", found="other") from error
    if any(missing(value) for value in index):
        raise Invalid("holds missing labels", field=field, expected="a label for every row", found="None or NaN")
    return coded, list(index)


def seed(value: Any) -> int:
    """What a random generator starts from; the same seed gives the same result."""
    return whole("seed", value)


def missing(value: Any) -> bool:
    """None, NaN, or a value that cannot even be compared with itself (pandas' NA)."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ValueError):
        return True


def rows(field: str, values: Any) -> list[Any]:
    """Anything with rows, as a list; a bare string or number has none."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise Invalid("has no rows", field=field, expected="a list or an array", found=type(values).__name__)
    return list(values)


def mapping(field: str, values: Any) -> Mapping[Any, Any]:
    """Named columns."""
    if not isinstance(values, Mapping):
        raise Invalid("names no columns", field=field, expected="a mapping", found=type(values).__name__)
    return values


def rows_of(codes: Whole, groups: int) -> list[Whole]:
    """The rows of every group 0..groups-1, in order: one sort, however many groups there are."""
    ends = np.cumsum(np.bincount(codes, minlength=groups))
    return np.split(np.argsort(codes, kind="stable"), ends[:-1]) if groups else []


def _listed(values: Sequence[Any]) -> NDArray[Any]:
    """Labels as an array without NumPy's habits of turning mixed labels into strings and tuples into rows."""
    kinds = {type(value) for value in values}
    if len(kinds) <= 1 and kinds <= {str, int, float, bool}:
        return np.asarray(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
