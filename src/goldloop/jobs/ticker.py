"""What a server does every second beside answering: seal the ledger, react to events, queue what is due, count."""

import logging
import threading
from collections.abc import Sequence

from goldloop.core.errors import Unavailable
from goldloop.store import ledger, progress, reactions, schedules
from goldloop.store.open import Store
from goldloop.store.reactions import Reaction

_log = logging.getLogger(__name__)


def tick(store: Store, following: Sequence[Reaction] = ()) -> None:
    """One round. Looks first, and writes only where there is something to do."""
    with store.read() as connection:
        sealed, due = ledger.is_sealed(connection), schedules.is_due(connection)
        folded = progress.is_folded(connection)
    if not sealed:
        ledger.seal(store)
    with store.read() as connection:
        behind = reactions.is_behind(connection)
    while behind:
        with store.write(durable=False) as connection:
            reactions.react(connection, following)
            behind = reactions.is_behind(connection)
    if not folded:
        with store.write(durable=False) as connection:
            progress.fold(connection)
    if due:
        with store.write(durable=False) as connection:
            schedules.queue_due(connection)


def keep_ticking(
    store: Store, stop: threading.Event, following: Sequence[Reaction] = (), *, every_s: float = 1.0
) -> None:
    """A round every `every_s` until `stop`. What cannot be stored, as on a full disk, is said once."""
    said = ""
    while not stop.wait(every_s):
        try:
            tick(store, following)
            said = ""
        except Unavailable as error:
            if said != (said := str(error)):
                _log.warning("a round of sealing and reacting waits: %s", said)
        except Exception:  # a round that fails, whatever the reason, must not be the last one
            _log.exception("a round of sealing and reacting failed")
