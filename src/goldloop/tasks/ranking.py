"""Ranking several responses, best first: a preference, by people alone."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, ClassVar

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.criteria import entries_of, known_keys
from goldloop.tasks.merging import majority, with_remarks
from goldloop.tasks.pairwise import Why
from goldloop.tasks.responses import check_responses, check_why, only_texts

MOST = 9  # responses: every one has a digit


@task("ranking.v1")
class Ranking(Task):
    """The order of several responses, best first, by every selectable label of the ontology (often one).

    Stored form: `{"rankings": [{"label", "ranks"}], "why"}`. `ranks` holds a rank for each response in the item's own
    order: 1 is best, equal ranks are ties, and no rank is left out (1, 2, 2, 3). Also taken: `{criterion: ranks}`, bare
    ranks where there is one criterion, and ranks with gaps. The item holds `responses: [{text, model}, ...]`, 2 to 9 of
    them, and a `prompt`. Of the responses a person is shown their texts and nothing else. Only people say this.
    """

    people_only: ClassVar[bool] = True
    remarks: ClassVar[frozenset[str]] = frozenset({"why"})
    side_by_side: ClassVar[str] = "responses"

    ties: bool = Field(default=True, description="several responses may have one rank")
    why: Why = Field(default="optional", description="whether a reason in words goes with it")

    def check_body(self, body: Body) -> None:
        """There are responses to rank."""
        check_responses(body, least=2, most=MOST)

    def shown(self, body: Body) -> Body:
        """The prompt and the responses' texts: who wrote them stays hidden."""
        return only_texts(body)

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `rankings.N.ranks`."""
        self.check_body(body)
        answer, why = check_why(answer, self.why)
        entries = entries_of(answer, key="rankings", bare=(list, tuple), ontology=ontology, name=self.name)
        parts = len(body["responses"])
        said = [{"label": label, "ranks": self._ranks(at, one, parts)} for label, (at, one) in entries.items()]
        return {"rankings": said, "why": why}

    def _ranks(self, at: str, said: Any, parts: int) -> list[int]:
        ranks = said if isinstance(said, list | tuple) else known_keys(said, {"label", "ranks"}, at=at).get("ranks")
        whole = isinstance(ranks, list | tuple) and all(type(rank) is int and rank > 0 for rank in ranks)
        if not isinstance(ranks, list | tuple) or not whole or len(ranks) != parts:
            expected = f"{parts} ranks: whole numbers, 1 is best"
            raise Invalid("this is no ranking", field=f"{at}.ranks", expected=expected, found=repr(ranks)[:80])
        places = sorted(set(ranks))
        if not self.ties and len(places) < parts:
            expected = f"{parts} different ranks"
            raise Invalid("ties are no answer here", field=f"{at}.ranks", expected=expected, found=repr(ranks)[:80])
        return [places.index(rank) + 1 for rank in ranks]

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The criteria."""
        return tuple(one["label"] for one in answer["rankings"])

    def distance(self, a: Any, b: Any) -> float:
        """The mean over criteria of the share of pairs in another order; a pair that one of two ties counts half."""
        first, second = _ranked(a), _ranked(b)
        labels = first.keys() | second.keys()
        return sum(_apart(first.get(label), second.get(label)) for label in labels) / len(labels)

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a pair of responses and criterion: which of the two is ranked better."""
        return [
            Unit(f"{one['label']}:{i}-{j}", "<=>"[order], one["label"])
            for one in answer["rankings"]
            for (i, j), order in _pairs(one["ranks"]).items()
        ]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The order that more than half have for every pair; None where a pair has none, or they form a circle."""
        each = [_ranked(answer) for answer in answers]
        if any(ranked.keys() != each[0].keys() for ranked in each):
            return None
        merged = [{"label": label, "ranks": _agreed([ranked[label] for ranked in each])} for label in each[0]]
        if any(one["ranks"] is None for one in merged):
            return None
        return with_remarks(self, {"rankings": merged, "why": ""}, answers)

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """Criteria by name; `canonical` reads it back."""
        said = [{**one, "label": ontology.word_of(one["label"])} for one in answer["rankings"]]
        return {"rankings": said, "why": answer["why"]}

    def pattern(self) -> Any:
        """One criterion with a reason."""
        return {"rankings": [{"label": "Better", "ranks": [1, 2]}], "why": "shorter"}

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """Three answers of assistants, two of them equally good."""
        labels = (Label(id="better", name="Better overall"), Label(id="short", name="Shorter"))
        texts = ("Yes, while it is pending.", "We are sorry to hear that!", "Yes, until it has left your account.")
        responses = [{"text": text, "model": f"model-{n}"} for n, text in enumerate(texts)]
        said = {"rankings": [{"label": "Better overall", "ranks": [1, 3, 1]}, {"label": "short", "ranks": [1, 2, 3]}]}
        return {"prompt": "Can I cancel a transfer?", "responses": responses}, Ontology(labels=labels), said


def _ranked(answer: Any) -> dict[str, list[int]]:
    return {one["label"]: one["ranks"] for one in answer["rankings"]}


def _pairs(ranks: Sequence[int]) -> dict[tuple[int, int], int]:
    """Every pair of responses, and 0 where the first is better, 1 where they tie, 2 where the second is."""
    return {(i, j): 1 + (ranks[i] > ranks[j]) - (ranks[i] < ranks[j]) for i, j in combinations(range(len(ranks)), 2)}


def _apart(a: Sequence[int] | None, b: Sequence[int] | None) -> float:
    if a is None or b is None or len(a) != len(b):
        return 1.0
    first, second = _pairs(a), _pairs(b)
    return sum(abs(first[pair] - second[pair]) / 2 for pair in first) / len(first)


def _agreed(each: Sequence[Sequence[int]]) -> list[int] | None:
    if any(len(ranks) != len(each[0]) for ranks in each):
        return None
    every = [_pairs(ranks) for ranks in each]
    agreed = {pair: majority([pairs[pair] for pairs in every]) for pair in every[0]}
    if None in agreed.values():
        return None
    better = [sum(_beats(agreed, other, one) for other in range(len(each[0]))) for one in range(len(each[0]))]
    places = sorted(set(better))
    ranks = [places.index(count) + 1 for count in better]
    return ranks if _pairs(ranks) == agreed else None


def _beats(agreed: dict[tuple[int, int], int | None], one: int, other: int) -> bool:
    return agreed[min(one, other), max(one, other)] == (0 if one < other else 2) if one != other else False
