"""Label Studio's labelling configuration: which controls there are, and the labels they offer."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from xml.parsers import expat

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.sources.drafts import free_id

CONTROLS = {"Labels": "labels", "HyperTextLabels": "labels", "Choices": "choices", "Taxonomy": "taxonomy"}
ENTRIES = {"Label", "Choice"}
MOST_BYTES = 1 << 20


class Entry(NamedTuple):
    """One label of a control: its name, and the names above it, outermost first."""

    name: str
    above: tuple[str, ...]
    hint: str
    id: str
    selectable: bool


class Control(NamedTuple):
    """One control that people answer with."""

    name: str
    type: str
    about: str
    multiple: bool
    entries: list[Entry]


class Config(NamedTuple):
    """A configuration: its controls in order, object name -> key of the task's data, and the labels of relations."""

    controls: list[Control]
    keys: dict[str, str]
    relations: list[Entry]

    def control(self, name: str | None) -> Control | None:
        """The control of a name, or the first; None where there is none."""
        return next((control for control in self.controls if name in (None, control.name)), None)


def read_config(text: bytes, *, name: str) -> Config:
    """A configuration from its XML. Documents with a DTD, which could name files or explode, are refused."""
    if len(text) > MOST_BYTES:
        raise Invalid(
            "the configuration is too large", field=name, expected=f"at most {MOST_BYTES} bytes", found="more"
        )
    config = Config([], {}, [])
    above: list[str | None] = []
    heading = ["relations"]

    def opens(tag: str, attributes: dict[str, str]) -> None:
        word = None
        if tag in CONTROLS:
            multiple = attributes.get("choice") == "multiple" or CONTROLS[tag] != "choices"
            about = attributes.get("toName", "")
            config.controls.append(Control(attributes.get("name", ""), CONTROLS[tag], about, multiple, []))
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
        elif tag == "Relations":
            heading.append(attributes.get("goldloop-id", "relations"))
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
    return config


def as_ontology(control: Control, relations: Sequence[Entry] = ()) -> Ontology | None:
    """A control's labels, and those of relations below a heading, as a draft; ids are goldloop's own, else the path."""
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
    entries = control.entries if control else []
    if sum(entry.name == path[-1] for entry in entries) < 2:
        return path[-1]
    own = next((entry.id for entry in entries if [*entry.above, entry.name] == path), "")
    return own or free_id("/".join(path), ())
