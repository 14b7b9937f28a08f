"""How long a regular expression can take: the most steps that trying it at one place of a text costs.

Python tries every way in which a pattern may match. The bound counts them all, so that a text costs at most its length
times it, whatever stands there. The steps of a sequence are those of each part for every way through the parts before.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

MOST_STEPS = 1_000
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


class _Cost(NamedTuple):
    """In how many ways a part can match at one place at most, and the steps of trying them all."""

    ways: int
    steps: int


_TOO_MUCH = _Cost(MOST_STEPS + 1, MOST_STEPS + 1)


def too_long(pattern: str) -> str | None:
    """Why a pattern could take too long on some text; None for one that cannot. Raises what compiling it raises."""
    from re import _parser  # type: ignore[attr-defined]  # how Python itself reads a pattern; loaded with `re`

    re.compile(pattern)
    parsed = _parser.parse(pattern)
    if _endless(parsed):
        return "a repetition without an end can take for ever on some texts; say how often at most: {1,20} for + or *"
    if _sequence(parsed, width=parsed.getwidth()[1]).steps > MOST_STEPS:
        return f"on some texts this takes more than {MOST_STEPS:,} steps at every letter; repeat less, or less often"
    return None


def _endless(parsed: Iterable[Any]) -> bool:
    return any(
        (str(op) in _REPEATS and str(argument[1]) == "MAXREPEAT") or any(_endless(part) for part in _parts(argument))
        for op, argument in parsed
    )


def _parts(argument: Any) -> list[Any]:
    """The patterns inside a parsed operation."""
    if hasattr(argument, "data"):
        return [argument]
    return [part for one in argument for part in _parts(one)] if isinstance(argument, tuple | list) else []


def _sequence(parsed: Iterable[Any], *, width: int) -> _Cost:
    parts, ways, steps = list(parsed), 1, 0
    for n, (op, argument) in enumerate(parts):
        cost = _one(str(op), argument, width=width)
        if _stops_at(str(op), argument, parts[n + 1 : n + 2]):
            cost = _Cost(1, 2 * cost.steps)
        steps += ways * cost.steps
        ways *= cost.ways
        if steps > MOST_STEPS or ways > MOST_STEPS:
            return _TOO_MUCH
    return _Cost(ways, steps)


def _one(op: str, argument: Any, *, width: int) -> _Cost:
    if op in _REPEATS:
        least, most, repeated = argument
        cost = _repeated(least, most, _sequence(repeated, width=width))
        return _Cost(1, cost.steps) if op == "POSSESSIVE_REPEAT" else cost
    inside = [_sequence(part, width=width) for part in _parts(argument)]
    steps = 1 + sum(one.steps for one in inside)
    if op in ("BRANCH", "GROUPREF_EXISTS"):
        return _Cost(1 + sum(one.ways for one in inside), steps)
    if op == "SUBPATTERN":
        return _Cost(inside[0].ways, steps)
    return _Cost(1, width if op == "GROUPREF" else steps)  # what looks around or is atomic has one way at most


def _repeated(least: int, most: int, one: _Cost) -> _Cost:
    ways, steps, through = 0, 1, 1
    for count in range(most + 1):
        ways += through if count >= least else 0
        steps += through * one.steps if count < most else 0
        through *= one.ways
        if ways > MOST_STEPS or steps > MOST_STEPS or through > MOST_STEPS:
            return _TOO_MUCH
    return _Cost(ways, steps)


def _stops_at(op: str, argument: Any, after: list[Any]) -> bool:
    """True where a letter that repeats is followed by one that it cannot be: only its whole run can go on."""
    if op not in _REPEATS or len(argument[2]) != 1 or not after:
        return False
    mine, (kind, said) = argument[2][0], after[0]
    if str(kind) in _REPEATS and said[0] > 0 and len(said[2]) == 1:
        kind, said = said[2][0]
    for few, many in ((_letters(str(kind), said), mine), (_letters(str(mine[0]), mine[1]), (kind, said))):
        if few:
            cases = {one for letter in few for one in (letter, letter.lower(), letter.upper())}
            return not any(_may_be(str(many[0]), many[1], one) for one in cases)
    return False


def _letters(op: str, argument: Any) -> list[str]:
    """The letters that a part names one by one; none where it is anything else."""
    if op == "LITERAL":
        return [chr(argument)]
    if op == "IN" and all(str(kind) == "LITERAL" for kind, _ in argument):
        return [chr(said) for _, said in argument]
    return []


def _may_be(op: str, argument: Any, letter: str) -> bool:
    """True unless a part is a set of letters without this one."""
    if op == "LITERAL":
        return chr(argument).casefold() == letter.casefold()
    if op != "IN" or str(argument[0][0]) == "NEGATE" or len(letter) != 1:
        return True
    return any(_holds(str(kind), said, one) for kind, said in argument for one in {letter, letter.swapcase()})


def _holds(kind: str, said: Any, letter: str) -> bool:
    if kind == "RANGE":
        return bool(len(letter) == 1 and said[0] <= ord(letter) <= said[1])
    if kind == "LITERAL":
        return bool(chr(said).casefold() == letter.casefold())
    name = str(said).removeprefix("CATEGORY_").removeprefix("UNI_")
    return bool(re.match(_CATEGORIES[name], letter)) if name in _CATEGORIES else True
