"""Calibration: gold releases and how people stand to the exams made of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from goldloop.client.wire import Row, Wire, address
from goldloop.core.families import Measured


class GoldRelease(Row):
    """A sealed gold set."""

    id: str
    name: str
    number: int
    digest: str
    sealed_at: int
    items: int
    eval_only: int
    withdrawn: int = 0


class GoldHealth(Row):
    """An item of gold, and what people made of it."""

    item_id: str
    external_id: str
    answer: str
    difficulty: str | None = None
    concepts: tuple[str, ...] = ()
    eval_only: bool = False
    answers: int = 0
    wrong: int = 0
    good: int = 0
    good_wrong: int = 0
    instead: str | None = None
    instead_n: int = 0
    adjusted_p: float | None = None
    suspected: bool = False
    because: str = ""
    withdrawn_because: str | None = None


class GoldPage(Row):
    """A gold release with all its items, the suspected ones first."""

    name: str
    number: int
    items: int
    eval_only: int
    withdrawn: int
    suspected: int
    method: str
    rows: tuple[GoldHealth, ...] = ()


class Happened(Row):
    """One line of somebody's calibration: what happened, why, by whom (nobody: the rule), on which numbers."""

    kind: str
    because: str
    by: str | None = None
    right: int | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    at: int


class Calibrated(Row):
    """How somebody stands to a programme's exam."""

    actor_id: str = ""
    name: str = ""
    programme: str = ""
    state: str
    because: str
    sitting: int
    exam: Measured
    hidden: Measured
    probes: Measured
    contested: str | None = None
    history: tuple[Happened, ...] = ()
    answered: int = 0
    of: int = 0
    training_open: int = 0
    results: tuple[dict[str, Any], ...] = ()


class CalibrationPage(Row):
    """The rule of a programme, and how everybody stands."""

    rule: dict[str, Any] | None = None
    people: tuple[Calibrated, ...] = ()
    overturned: Measured


class Calibrations:
    """`client.calibration`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def seal(
        self,
        programme: str,
        name: str,
        rows: Iterable[Mapping[str, Any]] = (),
        *,
        source: str = "default",
        release: str | None = None,
        seed: int = 0,
    ) -> GoldRelease:
        """Seal a gold set of imported items, or of a sealed dataset's.

        A row has `id`, and may have `answer`, `difficulty`, `concepts`, `explanation` and `eval_only`. Raises Invalid
        with the row and its field, and then nothing is sealed.
        """
        asked = {"name": name, "rows": [dict(row) for row in rows], "source": source, "release": release, "seed": seed}
        return self._wire.one(GoldRelease, "POST", address("programmes", programme, "gold"), json=asked)

    def gold(self, programme: str) -> list[GoldRelease]:
        """The gold releases of a programme, newest first."""
        return list(self._wire.rows(GoldRelease, address("programmes", programme, "gold")))

    def health(self, programme: str, name: str) -> GoldPage:
        """The newest gold release of a name, and what people made of every item."""
        return self._wire.one(GoldPage, "GET", address("programmes", programme, "gold", name))

    def withdraw(self, programme: str, name: str, item: str, because: str) -> int:
        """Withdraw an item from gold; of how many people what was made of them changed."""
        path = address("programmes", programme, "gold", name, item, "withdraw")
        return int(self._wire.ask("POST", path, json={"because": because})["recomputed"])

    def people(self, programme: str) -> CalibrationPage:
        """How everybody stands, with intervals."""
        return self._wire.one(CalibrationPage, "GET", address("programmes", programme, "calibration"))

    def lift(self, programme: str, actor: str, because: str, *, again: bool = False) -> str:
        """End somebody's pause, to live work or to another exam; how they stand then."""
        path = address("programmes", programme, "calibration", actor, "lift")
        return str(self._wire.ask("POST", path, json={"because": because, "again": again})["state"])

    def uphold(self, programme: str, actor: str, because: str) -> None:
        """Rule that a contested pause stands."""
        self._wire.ask(
            "POST", address("programmes", programme, "calibration", actor, "uphold"), json={"because": because}
        )

    def mine(self) -> list[Calibrated]:
        """How one stands oneself, one's results on gold once they may be known, and training."""
        found = self._wire.ask("GET", "me/calibration")
        return [Calibrated.model_validate(row) for row in found["programmes"]]

    def contest(self, programme: str, because: str) -> None:
        """Say that one's own pause is wrong; a senior rules."""
        self._wire.ask("POST", "me/calibration/contests", json={"programme": programme, "because": because})
