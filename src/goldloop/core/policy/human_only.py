"""What no machine may decide or suggest."""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Share, Tier


class HumanOnlyRule(Noun):
    """Which items are human-only, beside labels that say so themselves. Any match latches the item for ever."""

    rule: str
    suspects: tuple[str, ...] = Field(default=(), description="label ids")
    above: Share = Field(default=0.0, description="any model's share for such a label above this is suspicion enough")
    slice: dict[str, str | tuple[str, ...]] = {}
    every_item: bool = False


class HumanOnlyDoc(Noun):
    """How human-only items are worked: in full, unassisted, and ruled on by a senior."""

    rules: tuple[HumanOnlyRule, ...] = ()
    tier: Tier = 2
    judgements: int = Field(default=1, ge=1, le=9)
    ruling: Literal["always", "disputes"] = "always"
    misses: Share | None = Field(
        default=None, description="a brief opens where more of them may go unsuspected, as blind answers show"
    )

    def must_work(self, *, labels: Collection[str]) -> None:
        """Refuse a rule that could never match, naming the key."""
        for n, trigger in enumerate(self.rules):
            if missing := sorted(set(trigger.suspects) - set(labels)):
                raise ValueError(f"human_only.rules.{n}.suspects: not in the ontology: {', '.join(missing)}")
            if not (trigger.suspects or trigger.slice or trigger.every_item):
                raise ValueError(f"human_only.rules.{n}: needs suspects, slice or every_item")
