"""Masking on the way in: what imports and deliveries do with the records of a programme that masks personal data."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Task
from goldloop.core.masking import Masking, Tokens, closed, hidden
from goldloop.core.policy import Policy
from goldloop.core.protection import Pii
from goldloop.store.open import Store
from goldloop.store.vault import Vault, keep_tokens, open_vault

T = TypeVar("T")
BECAUSE = "personal data in it is masked"  # why the uploaded file is forgotten: it says in clear what was masked


class Covered(NamedTuple):
    """A record without personal data, what it makes of an answer in canonical form, and what its tokens stand for."""

    record: Record
    said: Callable[[Any], Any]
    tokens: Tokens


class Mask:
    """The rules of one programme, its vault open."""

    def __init__(self, rules: Pii, vault: Vault, task: Task) -> None:
        self._rules, self._vault, self._written = rules, vault, task.remarks | task.written

    def covered(self, record: Record) -> Covered:
        """A record without personal data. Raises Invalid where it cannot be masked."""
        masking = Masking(self._rules, self._vault.token)
        masked, moved = masking.record(record)
        return Covered(masked, lambda answer: masking.said(answer, moved, self._written), masking.tokens)

    def keep(self, connection: Connection, programme_id: int, held: Mapping[int, Tokens], *, at: int) -> None:
        """Keep what the tokens of new items stand for."""
        tokens = {token: stands for one in held.values() for token, stands in one.items()}
        keep_tokens(connection, self._vault, programme_id, tokens, held, at=at)


def mask_of(connection: Connection, store: Store, programme_id: int, policy: Policy, task: Task) -> Mask | None:
    """The mask of a programme; None where nothing is masked."""
    rules = policy.protection.pii
    if rules is None:
        return None
    return Mask(rules, open_vault(connection, store.home, programme_id, policy.programme), task)


def covered(mask: Mask | None, record: Record) -> Covered:
    """A record as it is taken in."""
    return mask.covered(record) if mask is not None else Covered(record, lambda answer: answer, {})


def quiet(mask: Mask | None, make: Callable[[Record], T]) -> Callable[[Record], T]:
    """`make`, whose errors quote nothing where personal data is masked."""
    if mask is None:
        return make

    def made(record: Record) -> T:
        try:
            return make(record)
        except Invalid as error:
            raise closed(error) from None

    return made


def unquoted(mask: Mask | None, chunk: Sequence[Record | Reject]) -> Sequence[Record | Reject]:
    """A chunk whose rejects quote nothing where personal data is masked."""
    if mask is None:
        return chunk
    return [hidden(one) if isinstance(one, Reject) else one for one in chunk]
