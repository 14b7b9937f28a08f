"""Where a batch stands with the client, given what was said of it. Pure: words in, a state and its reason out."""

from collections.abc import Sequence
from typing import NamedTuple

from goldloop.core.sla import Hold
from goldloop.store.sign_offs import Kind, SignOff


class Standing(NamedTuple):
    """What the client last said of a batch, or is asked. `disputed`: their last word on it, asked again or not."""

    state: Kind
    because: str
    said: SignOff | None = None  # the client's last word
    disputed: bool = False
    waived: bool = False


def standing(words: Sequence[SignOff], *, waived: bool = False) -> Standing:
    """How a batch that passed stands. `waived`: somebody accepted the dispute by name, in the programme's own brief."""
    said = next((one for one in reversed(words) if one.kind != "asked"), None)
    disputed = said is not None and said.kind == "disputed"
    last = words[-1] if words else None
    if last is None or last.kind == "asked":
        because = last.because if last is not None else "it passed its gate"
        return Standing("asked", because, said, disputed, disputed and waived)
    return Standing(last.kind, last.because, said, disputed, disputed and waived)


def is_held(hold: Hold, one: Standing) -> bool:
    """True for a batch that no release may hold, as the agreement says. A waived dispute holds nothing up."""
    if hold == "nothing" or one.waived:
        return False
    return one.disputed or (hold == "unsigned" and one.state != "signed")
