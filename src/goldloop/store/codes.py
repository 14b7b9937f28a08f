"""What the small integers of big tables mean. A meaning never changes; new ones are added at the end."""

from goldloop.core.families import STANCES
from goldloop.core.nouns import QUEUES

QUEUE = {name: code for code, name in enumerate(QUEUES)}
STANCE = {name: code for code, name in enumerate(STANCES)}
SHOWN_NAMES = ("never", "before", "after")
SHOWN = {name: code for code, name in enumerate(SHOWN_NAMES)}
DECISION_NAMES = ("open", "disputed", "decided")
DECISION = {name: code for code, name in enumerate(DECISION_NAMES)}
HOW_NAMES = ("judged", "skipped", "escalated", "revoked")
HOW = {name: code for code, name in enumerate(HOW_NAMES)}
WORK_PURPOSE_NAMES = ("label", "consensus", "second", "ruling", "escalation")
WORK_PURPOSE = {name: code for code, name in enumerate(WORK_PURPOSE_NAMES)}
GOLD_KIND_NAMES = ("exam", "hidden", "training", "probe")
GOLD_KIND = {name: code for code, name in enumerate(GOLD_KIND_NAMES)}
CALIBRATION_NAMES = ("exam", "passed", "paused", "undecided")
CALIBRATION = {name: code for code, name in enumerate(CALIBRATION_NAMES)}
NO_QUEUE = -1  # routed to nobody: a machine's label was accepted where the policy allows it


def queue_name(code: int) -> str:
    """The queue behind a code; `accept` where a machine's label needed nobody."""
    return "accept" if code == NO_QUEUE else QUEUES[code]
