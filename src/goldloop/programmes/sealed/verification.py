"""What verifying a release found."""

from typing import Literal

from goldloop.core.nouns import Noun
from goldloop.programmes.sealed.facts import LedgerHead

Outcome = Literal["verified", "intact, signer unknown", "tampered", "unreadable"]
MOST = 200
_EXIT = {"verified": 0, "intact, signer unknown": 1, "tampered": 2, "unreadable": 2}


class Problem(Noun):
    """One thing that is not as it was sealed: where, what was expected, what was found."""

    file: str
    what: str
    rows: str | None = None
    expected: str
    found: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.rows}" if self.rows else self.file
        return f"{where}: {self.what} (expected {self.expected}, found {self.found})"


class Verification(Noun):
    """The result, with its reason. `notes` are true statements of the certificate a reader must not miss.

    `ledger` is the newest block of the programme's ledger when the release was sealed, as the certificate names it.
    """

    outcome: Outcome
    because: str
    release: str | None = None
    signers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    notes: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    ledger: LedgerHead | None = None

    @property
    def exit_code(self) -> int:
        """0 verified, 1 intact but signed by nobody known, 2 tampered or unreadable."""
        return _EXIT[self.outcome]


class Problems:
    """Problems as they are found; beyond the first 200 they are only counted."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.more = 0

    def add(self, file: str, what: str, *, expected: object, found: object, rows: str | None = None) -> None:
        """Name one problem."""
        if len(self.found) >= MOST:
            self.more += 1
            return
        words = {"expected": _short(expected), "found": _short(found)}
        self.found.append(Problem(file=_short(file), what=what, rows=rows, **words))

    def __bool__(self) -> bool:
        return bool(self.found)


def _short(value: object) -> str:
    text = str(value).encode("utf-8", "backslashreplace").decode()  # file names need not be Unicode
    return text if len(text) <= 160 else text[:157] + "..."
