"""Label Studio's labelling configuration: which controls there are, and the labels they offer."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple
from xml.parsers import expat

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.sources.drafts import free_id

CONTROLS = {
    "Labels": "labels",
    "HyperTextLabels": "labels",
    "Choices": "choices",
    "Taxonomy": "taxonomy",
    "Rating": "rating",
    "Pairwise": "pairwise",
    "Ranker": "ranker",
    "TextArea": "textarea",
}
"""What can be carried, by its tag."""
ENTRIES = {"Label", "Choice"}
MOST_BYTES = 1 << 20
HEADING = "relations"


class Entry(NamedTuple):
    """One label of a control: its name, and the names above it, outermost first."""

    name: str
    above: tuple[str, ...]
    hint: str
    id: str
    selectable: bool


class Control(NamedTuple):
    """One control that people answer with. `type` is that of `CONTROLS`, or the tag of what cannot be carried."""

    name: str
    type: str
    about: str
    multiple: bool
    entries: list[Entry]
    per_region: bool = False
    most: int = 5
    sides: tuple[str, str] = ("left", "right")
    title: str = ""
    twice: frozenset[str] = frozenset()  # words that more than one entry has

    @property
    def carried(self) -> bool:
        """True where what it says of a whole item has a place here."""
        return self.type in CONTROLS.values() and not self.per_region


class Config(NamedTuple):
    """A configuration: its controls in order, object name -> key of the task's data, and the labels of relations."""

    controls: list[Control]
    keys: dict[str, str]
    relations: list[Entry]

    def control(self, name: str | None) -> Control | None:
        """The control of a name, or the first that can be carried; None where there is none."""
        if name is not None:
            return next((control for control in self.controls if control.name == name), None)
        return next((control for control in self.controls if control.carried), None)

    def criteria(self, control: Control) -> list[Control]:
        """What is asked together with a control: all ratings on the same scale of the same thing, else it alone."""
        if control.type != "rating":
            return [control]
        alike = (control.type, control.about, control.most)
        return [one for one in self.controls if one.carried and (one.type, one.about, one.most) == alike]


def read_config(text: bytes, *, name: str) -> Config:
    """A configuration from its XML. Documents with a DTD, which could name files or explode, are refused."""
    if len(text) > MOST_BYTES:
        raise Invalid(
            "the configuration is too large", field=name, expected=f"at most {MOST_BYTES} bytes", found="more"
        )
    config = Config([], {}, [])
    above: list[str | None] = []
    heading = [HEADING]

    def opens(tag: str, attributes: dict[str, str]) -> None:
        word = None
        if tag == "Relations":
            heading.append(attributes.get("goldloop-id", HEADING))
        elif tag in CONTROLS or ("name" in attributes and "toName" in attributes):
            config.controls.append(_control(tag, attributes, name))
        elif tag in ENTRIES and config.controls:
            word = attributes.get("alias") or attributes.get("value", "")
            path = tuple(part for part in above if part is not None)
            config.controls[-1].entries.append(
                Entry(
                    word,
                    path,
                    attributes.get("hint", ""),
                    attributes.get("goldloop-id", ""),
                    attributes.get("selectable") != "false",
                )
            )
        elif tag == "Relation" and attributes.get("value"):
            own = attributes.get("goldloop-id", "")
            config.relations.append(Entry(attributes["value"], (heading[-1],), attributes.get("hint", ""), own, True))
        elif attributes.get("value", "").startswith("$"):
            config.keys[attributes.get("name", "")] = attributes["value"][1:]
        above.append(word)

    def refuse(*_: object) -> None:
        raise Invalid("the configuration must not have a DTD", field=name, expected="plain XML", found="<!DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartElementHandler = opens
    parser.EndElementHandler = lambda tag: above.pop()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Invalid(
            "the configuration is not XML", field=f"{name}:{error.lineno}", expected="XML", found=str(error)
        ) from error
    config.controls[:] = [one._replace(twice=_twice(one.entries)) for one in config.controls]
    return config


def _twice(entries: Sequence[Entry]) -> frozenset[str]:
    return frozenset(word for word, count in Counter(entry.name for entry in entries).items() if count > 1)


def _control(tag: str, attributes: dict[str, str], file: str) -> Control:
    kind = CONTROLS.get(tag, tag)
    most = attributes.get("maxRating", "5")
    if kind == "rating" and not (most.isascii() and most.isdigit() and 2 <= int(most) <= 100):
        raise Invalid("this is no scale", field=f"{file}:maxRating", expected="a number from 2 to 100", found=most[:40])
    return Control(
        name=attributes.get("name", ""),
        type=kind,
        about=attributes.get("toName", ""),
        multiple=attributes.get("choice") == "multiple"
        or (kind != "choices" and not (kind == "taxonomy" and attributes.get("maxUsages") == "1")),
        entries=[],
        per_region=attributes.get("perRegion") == "true" or attributes.get("perItem") == "true",
        most=int(most) if kind == "rating" else 5,
        sides=(attributes.get("leftClass", "left"), attributes.get("rightClass", "right")),
        title=attributes.get("goldloop-name", ""),
    )


def as_task(control: Control, config: Config) -> Spec:
    """The task that a control asks for."""
    if control.type == "labels":
        related = bool(config.relations and control.entries)
        return Spec(
            name="relations.v1" if related else "spans.v1",
            params={"allow_overlap": True} | ({"relations": heading_of(control, config)} if related else {}),
        )
    if control.type in ("choices", "taxonomy"):
        return Spec(name="choice.v1", params={"multiple": True, "allow_none": True} if control.multiple else {})
    if control.type == "rating":
        return Spec(name="rating.v1", params={"scale": {"low": 1, "high": control.most}, "comments": False})
    if control.type == "pairwise":
        return Spec(name="pairwise.v1", params={"tie": False, "neither": False, "why": "none"})
    if control.type == "ranker":
        return Spec(name="ranking.v1", params={"ties": False, "why": "none"})
    return Spec(name="write.v1")


def as_ontology(
    control: Control, relations: Sequence[Entry] = (), *, criteria: Sequence[Control] = ()
) -> Ontology | None:
    """A control's labels, and those of relations below a heading, as a draft; ids are goldloop's own, else the path.

    Of controls that offer no labels, such as ratings, each is a label itself: a criterion.
    """
    if control.type in ("rating", "pairwise", "ranker", "textarea"):
        named: dict[str, str] = {}
        for one in criteria or [control]:
            id_ = free_id(one.name, named)
            named[id_] = (one.title or one.name or id_)[:200]
        return Ontology(labels=tuple(Label(id=id_, name=name) for id_, name in named.items()))
    labels: list[Label] = []
    ids: dict[tuple[str, ...], str] = {}
    for entry in control.entries:
        path = (*entry.above, entry.name)
        if not entry.name or path in ids:
            continue
        ids[path] = entry.id or free_id("/".join(path), ids.values())
        labels.append(
            Label(
                id=ids[path],
                name=entry.name[:200],
                parent=ids.get(entry.above),
                definition=entry.hint,
                selectable=entry.selectable,
            )
        )
    if relations and labels:
        labels += _below_heading(relations, ids.values())
    return Ontology(labels=tuple(labels)) if labels else None


def heading_of(control: Control, config: Config) -> str:
    """The id of the heading that the labels of relations stand under in the draft."""
    return free_id(config.relations[0].above[0], {label.id for label in _labels(control)})


def _labels(control: Control) -> tuple[Label, ...]:
    found = as_ontology(control)
    return found.labels if found else ()


def _below_heading(relations: Sequence[Entry], taken: Collection[str]) -> list[Label]:
    """The labels of relations under a heading of their own."""
    heading = free_id(relations[0].above[0], taken)
    labels = [Label(id=heading, name="Relations", selectable=False)]
    for entry in relations:
        known = {*taken, *(label.id for label in labels)}
        id_ = entry.id if entry.id and entry.id not in known else free_id(entry.name, known)
        labels.append(Label(id=id_, name=entry.name[:200], parent=heading, definition=entry.hint))
    return labels


def word_of(control: Control | None, path: list[str]) -> str:
    """What names a choice of a tree: its last word, or its path as the draft's id where the word stands twice."""
    if control is None or path[-1] not in control.twice:
        return path[-1]
    own = next((entry.id for entry in control.entries if [*entry.above, entry.name] == path), "")
    return own or free_id("/".join(path), ())
