"""Aspect sentiment: what is spoken of, where, and how."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks import marks as on_text
from goldloop.tasks.marks import OUTSIDE, Mark, Place
from goldloop.tasks.offsets import read_span
from goldloop.tasks.votes import majority

POLARITIES = ("positive", "neutral", "negative", "mixed")
ITEM = "item"
_OWN = ("label", "polarity", "intensity", "irony")
_PLACE = ("start", "end", "fragments", "text")


class Aspect(NamedTuple):
    """An opinion about an aspect; one without a place is about something that no words name."""

    place: Place
    label: str
    polarity: str
    intensity: int
    irony: bool


@task("aspects.v1")
class Aspects(Task):
    """Which aspects an opinion is about, where they are named, and of each how it is spoken of.

    Stored form: `{"aspects": [{"start", "end", "label", "polarity", "intensity", "irony"}]}`, sorted, those without a
    place first. The label is the aspect's category, the place the words that name it, null for an aspect that no words
    name; places as in spans.v1. Polarity is positive, neutral, negative or mixed, intensity 1 (weak) to `intensities`,
    irony says that the words mean the opposite of what they say. Polarity is what is meant. Also taken: the bare list;
    intensity 1 and no irony where they are left out.
    """

    intensities: int = Field(default=3, ge=1, le=9, description="how many degrees of intensity; 1 asks for none")

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `aspects.N.field`."""
        text = on_text.text_of(body)
        (listed,) = on_text.lists_of(answer, self.name, "aspects")
        for n, value in enumerate(listed):
            self._check(value, f"aspects.{n}")
        named = [n for n, value in enumerate(listed) if _is_placed(value)]
        spans = [
            read_span({key: listed[n][key] for key in _PLACE if key in listed[n]}, f"aspects.{n}", labelled=False)
            for n in named
        ]
        place_of = dict(zip(named, on_text.places(spans, text), strict=True))
        found: dict[tuple[Place, str], Aspect] = {}
        for n, value in enumerate(listed):
            label = ontology.find(value["label"], field=f"aspects.{n}.label")
            place = place_of.get(n, ())
            one = Aspect(place, label, value["polarity"], value.get("intensity", 1), value.get("irony", False))
            if found.setdefault((place, label), one) != one:
                raise Invalid(
                    "a category is said once of a place",
                    field=f"aspects.{n}.label",
                    expected="another category or place; opinions of both kinds are mixed",
                    found=label,
                )
        return _stored(found.values())

    def _check(self, value: Any, where: str) -> None:
        """Raise Invalid naming the field that an aspect lacks, or that is not what it should be."""
        if not isinstance(value, Mapping):
            raise Invalid("this is not an aspect", field=where, expected=", ".join(_OWN), found=repr(value)[:80])
        for name in value.keys() - {*_OWN, *_PLACE}:
            raise Invalid(
                "an aspect has no such key", field=f"{where}.{name}", expected=", ".join(_OWN + _PLACE), found=str(name)
            )
        intensity = value.get("intensity", 1)
        for name, fits, expected in (
            ("label", isinstance(value.get("label"), str), "text"),
            ("polarity", value.get("polarity") in POLARITIES, "one of " + ", ".join(POLARITIES)),
            (
                "intensity",
                type(intensity) is int and 1 <= intensity <= self.intensities,
                f"1 to {self.intensities}" if self.intensities > 1 else "1: no intensity is asked for",
            ),
            ("irony", isinstance(value.get("irony", False), bool), "true or false"),
        ):
            if not fits:
                raise Invalid(
                    "this is not what an aspect says",
                    field=f"{where}.{name}",
                    expected=expected,
                    found=repr(value.get(name))[:80],
                )

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The categories that any aspect has."""
        return tuple(sorted({one["label"] for one in answer["aspects"]}))

    def distance(self, a: Any, b: Any) -> float:
        """1 - 2S / (aspects of both), S the summed likeness of pairs of one category, best pairs first, each one once.

        A pair is alike by shared over joint length of its places (1 where neither has one), times the mean of: equal
        polarity, equal irony, and 1 - the intensities' difference over the largest there can be.
        """
        first, second = set(_aspects(a)), set(_aspects(b))
        if first == second:
            return 0.0
        return 1 - 2 * on_text.paired(first, second, self._alike) / (len(first) + len(second))

    def _alike(self, a: Aspect, b: Aspect) -> float:
        if a.label != b.label:
            return 0.0
        near = 1 - abs(a.intensity - b.intensity) / max(1, self.intensities - 1)
        return _overlap(a, b) * ((a.polarity == b.polarity) + (a.irony == b.irony) + near) / 3

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a token, and one for the item as a whole: that of the aspects without a place.

        Each says the category, and beside it the category with polarity, intensity and irony, so that equal labels mean
        equal opinions.
        """
        aspects = _aspects(answer)
        whole = {said for one in aspects if not one.place for said in (one.label, _opinion(one))}
        units = [Unit(ITEM, "|".join(sorted(whole)) or OUTSIDE)]
        placed = [one for one in aspects if one.place]
        marks = on_text.in_order(Mark(one.place, one.label) for one in placed)
        for (start, end), said in on_text.said_of_tokens(marks, body):
            here = {_opinion(one) for one in placed if on_text.shared(one.place, ((start, end),))}
            units.append(Unit(f"{start}:{end}", "|".join(sorted(said | here)) or OUTSIDE))
        return units

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The aspects, with all that is said of them, that more than half have; see `majority` for None."""
        agreed = majority([_aspects(answer) for answer in answers], lambda a, b: _overlap(a, b) > 0)
        return None if agreed is None else _stored(agreed)

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The list of aspects with category names; `canonical` reads it back."""
        return [{**one, "label": ontology.word_of(one["label"])} for one in answer["aspects"]]

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A guest's opinion of food and service."""
        labels = (Label(id="food", name="Food"), Label(id="service", name="Service"))
        answer = [
            {"start": 0, "end": 4, "text": "Soup", "label": "Food", "polarity": "positive", "intensity": 2},
            {"label": "service", "polarity": "negative", "irony": True},
        ]
        return {"text": "Soup was good. Only an hour to wait!"}, Ontology(labels=labels), answer


def _is_placed(value: Mapping[str, Any]) -> bool:
    return any(value.get(key) is not None for key in _PLACE)


def _overlap(a: Aspect, b: Aspect) -> float:
    """How much of two places is the same; two aspects of one category that no words name are at the same."""
    if a.place and b.place:
        return on_text.overlap(a.place, b.place)
    return float(not a.place and not b.place and a.label == b.label)


def _opinion(one: Aspect) -> str:
    return f"{one.label}:{one.polarity}{one.intensity}{' ironic' if one.irony else ''}"


def _aspects(answer: Any) -> list[Aspect]:
    return [
        Aspect(
            () if one["start"] is None else ((one["start"], one["end"]),),
            one["label"],
            one["polarity"],
            one["intensity"],
            one["irony"],
        )
        for one in answer["aspects"]
    ]


def _stored(aspects: Iterable[Aspect]) -> dict[str, Any]:
    return {
        "aspects": [
            {
                "start": one.place[0][0] if one.place else None,
                "end": one.place[0][1] if one.place else None,
                "label": one.label,
                "polarity": one.polarity,
                "intensity": one.intensity,
                "irony": one.irony,
            }
            for one in sorted(set(aspects))
        ]
    }
