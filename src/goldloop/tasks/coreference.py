"""Coreference: which stretches of the text are about the same thing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks import marks as on_text
from goldloop.tasks.marks import OUTSIDE, Mark
from goldloop.tasks.offsets import Span, read_span
from goldloop.tasks.votes import majority

_KEYS = ("label", "mentions")


class Link(NamedTuple):
    """Two mentions of one chain."""

    first: Mark
    second: Mark


@task("coreference.v1")
class Coreference(Task):
    """Which stretches of the text mention the same person, thing or event: chains of mentions, each under a label.

    Stored form: `{"chains": [{"label", "mentions": [[start, end]]}]}`, mentions in reading order, chains by their first
    mention; places as in spans.v1. Mentions may nest; each belongs to one chain. Also taken: the bare list, and a
    mention as `{"start", "end", "text"}`.
    """

    singletons: bool = Field(default=False, description="a chain of one mention is an answer, too")

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `chains.N.field` or `chains.N.mentions.M...`."""
        text = on_text.text_of(body)
        (listed,) = on_text.lists_of(answer, self.name, "chains")
        spans: list[Span] = []
        owners: list[int] = []
        labels: list[str] = []
        for n, value in enumerate(listed):
            label, mentions = _chain(value, f"chains.{n}")
            labels.append(ontology.find(label, field=f"chains.{n}.label"))
            spans += [read_span(one, f"chains.{n}.mentions.{m}", labelled=False) for m, one in enumerate(mentions)]
            owners += [n] * len(mentions)
        chains: list[set[Mark]] = [set() for _ in labels]
        owner: dict[on_text.Place, int] = {}
        for span, place, n in zip(spans, on_text.places(spans, text), owners, strict=True):
            if owner.setdefault(place, n) != n:
                raise Invalid(
                    "a mention belongs to one chain",
                    field=span.where,
                    expected="a mention that no other chain has",
                    found=f"one of chain {owner[place]}",
                )
            chains[n].add(Mark(place, labels[n]))
        for n, chain in enumerate(chains):
            self._check_length(chain, f"chains.{n}.mentions")
        return _stored(chains)

    def _check_length(self, chain: Collection[Mark], field: str) -> None:
        least = 1 if self.singletons else 2
        if len(chain) < least:
            raise Invalid(
                "a chain needs mentions", field=field, expected=f"at least {least}", found=str(len(chain) or "none")
            )

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The ids that any chain carries."""
        return tuple(sorted({chain["label"] for chain in answer["chains"]}))

    def distance(self, a: Any, b: Any) -> float:
        """1 - F1 of B-cubed: of a mention's chain, how much the other answer holds together with it, averaged.

        A mention that the other answer lacks, or holds under another label, counts nothing. Bagga and Baldwin 1998,
        "Algorithms for scoring coreference chains".
        """
        first, second = _chains(a), _chains(b)
        if _stored(first) == _stored(second):
            return 0.0
        precision, recall = _held(first, second), _held(second, first)
        return 1 - 2 * precision * recall / (precision + recall) if precision and recall else 1.0

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a token: the labels of the mentions on it, and what each goes back to.

        The first token of a mention behind the first of its chain says `label^N`, N the place where the mention before
        it begins.
        """
        chains = _chains(answer)
        back = {
            mark: f"{mark.label}^{before.start}"
            for chain in chains
            for before, mark in pairwise(on_text.in_order(chain))
        }
        marks = on_text.in_order(mark for chain in chains for mark in chain)
        units: list[Unit] = []
        for (start, end), said in on_text.said_of_tokens(marks, body):
            links = {link for mark, link in back.items() if start <= mark.start < end}
            units.append(Unit(f"{start}:{end}", "|".join(sorted(said | links)) or OUTSIDE))
        return units

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The chains of the mentions, and of the pairs held together, that more than half of the answers have.

        None where `majority` says so, where the pairs do not add up to chains, and where a mention is left alone.
        """
        each = [_chains(answer) for answer in answers]
        agreed = majority([[*_mentions(chains), *_links(chains)] for chains in each], _meets)
        if agreed is None:
            return None
        chains: list[set[Mark]] = []
        for mark in sorted(one for one in agreed if isinstance(one, Mark)):
            joined = [chain for chain in chains if any(_link(mark, one) in agreed for one in chain)]
            chains = [chain for chain in chains if chain not in joined]
            chains.append({mark}.union(*joined))
        whole = all(_link(a, b) in agreed for chain in chains for a, b in combinations(chain, 2))
        alone = not self.singletons and any(len(chain) < 2 for chain in chains)
        return _stored(chains) if whole and not alone else None

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The list of chains with label names; `canonical` reads it back."""
        return [{**chain, "label": ontology.word_of(chain["label"])} for chain in answer["chains"]]

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """Two sentences about one person."""
        labels = (Label(id="person", name="Person"), Label(id="thing", name="Thing"))
        mentions = [[17, 20], {"start": 0, "end": 3, "text": "Ada"}]
        return (
            {"text": "Ada lived there. She wrote."},
            Ontology(labels=labels),
            [{"label": "Person", "mentions": mentions}],
        )


def _chain(value: Any, where: str) -> tuple[str, Sequence[Any]]:
    """Label word and mentions of a chain as somebody wrote it. Raises Invalid naming the field."""
    if not isinstance(value, Mapping):
        raise Invalid("this is not a chain", field=where, expected="label and mentions", found=repr(value)[:80])
    for name in value.keys() - {*_KEYS}:
        raise Invalid("a chain has no such key", field=f"{where}.{name}", expected="label, mentions", found=str(name))
    label, mentions = value.get("label"), value.get("mentions")
    if not isinstance(label, str):
        raise Invalid("a chain needs this", field=f"{where}.label", expected="text", found=repr(label)[:80])
    if not isinstance(mentions, list | tuple):
        raise Invalid("a chain needs this", field=f"{where}.mentions", expected="a list", found=repr(mentions)[:80])
    return label, mentions


def _chains(answer: Any) -> list[set[Mark]]:
    return [{Mark(((start, end),), chain["label"]) for start, end in chain["mentions"]} for chain in answer["chains"]]


def _mentions(chains: Iterable[Collection[Mark]]) -> list[Mark]:
    return [mark for chain in chains for mark in chain]


def _links(chains: Iterable[Collection[Mark]]) -> list[Link]:
    return [_link(a, b) for chain in chains for a, b in combinations(chain, 2)]


def _link(a: Mark, b: Mark) -> Link:
    return Link(min(a, b), max(a, b))


def _meets(a: Any, b: Any) -> bool:
    """True where two mentions share text; a pair is a matter of its mentions, each for itself."""
    if isinstance(a, Mark) and isinstance(b, Mark):
        return on_text.shared(a.place, b.place) > 0
    return isinstance(a, Link) and a == b


def _held(chains: Sequence[Collection[Mark]], others: Sequence[Collection[Mark]]) -> float:
    """The mean, over mentions, of the share of its chain that the other answer holds together with it."""
    of_mention = {mark: frozenset(chain) for chain in others for mark in chain}
    shares = [
        len(of_mention.get(mark, frozenset()) & frozenset(chain)) / len(chain) for chain in chains for mark in chain
    ]
    return sum(shares) / len(shares) if shares else 0.0


def _stored(chains: Iterable[Iterable[Mark]]) -> dict[str, Any]:
    ordered = sorted(
        (on_text.in_order(chain) for chain in chains),
        key=lambda chain: [(mark.start, mark.end) for mark in chain],
    )
    return {
        "chains": [
            {"label": chain[0].label, "mentions": [[mark.start, mark.end] for mark in chain]} for chain in ordered
        ]
    }
