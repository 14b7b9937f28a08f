"""How an ontology becomes the next one: what differs, what maps by rule, and what people have to look at again.

    add       a new label                          nothing to do
    rename, move, redefine, human_only             the id stays; a redefined label may be reviewed again
    merge     labels gone, to one that stays       from -> to, on read
    replace   a label gone, to a new one           from -> to, on read
    split     a label gone (or narrowed), into others      review: only a person can say which
    retire    a label gone, to nothing             review

A label id never means anything else: an id that has gone stays gone. Judgements stay as they were said; `Mappings`
reads them under a later ontology.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import ConfigDict, Field

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.core.ontology import Label, Ontology

ChangeKind = Literal["add", "rename", "move", "redefine", "human_only", "merge", "replace", "split", "retire"]
MOST_STEPS = 10_000


class Step(Noun):
    """One line of a migration plan: what becomes of what was said with one label."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    label: str = Field(alias="from", description="id of a label of the ontology in force")
    to: str | None = Field(default=None, description="id of the label it is read as from now on")
    review: bool = Field(default=False, description="a person looks again at every item with this label")
    into: tuple[str, ...] = Field(default=(), description="ids that a split label's items may go to")


class LabelChange(Noun):
    """One difference between two ontologies, and what becomes of what was said before."""

    kind: ChangeKind
    label: str
    name: str
    old: Any = None
    new: Any = None
    to: str | None = None
    review: bool = False
    into: tuple[str, ...] = ()


def label_changes(old: Ontology, new: Ontology, steps: Sequence[Step] = ()) -> list[LabelChange]:
    """What differs, in the order of the old ontology and then of the new labels."""
    plan = {step.label: step for step in steps}
    targets = Counter(step.to for step in steps if step.to is not None)
    out: list[LabelChange] = []
    for label in old.labels:
        step = plan.get(label.id)
        out += _of_label(label, new.by_id.get(label.id), step, old, targets)
    out += [LabelChange(kind="add", label=one.id, name=one.name) for one in new.labels if one.id not in old.by_id]
    return out


def check_plan(old: Ontology, new: Ontology, steps: Sequence[Step], *, retired: Collection[str] = ()) -> None:
    """Refuse a plan that leaves a label's past unclear. Raises Invalid naming `migration.N` or the label."""
    if len(steps) > MOST_STEPS:
        raise Invalid("the plan is too long", field="migration", expected=f"at most {MOST_STEPS} lines", found="more")
    seen: set[str] = set()
    for n, step in enumerate(steps):
        _check_step(f"migration.{n}", step, old, new, seen)
        seen.add(step.label)
    for label in old.labels:
        if _is_gone(label, new.by_id.get(label.id)) and label.id not in seen:
            raise Invalid(
                "this label goes away, and the plan does not say what becomes of it",
                field="migration",
                expected=f"{{from: {label.id}, to: ANOTHER LABEL}} or {{from: {label.id}, review: true}}",
                found="nothing",
            )
    if back := sorted({label.id for label in new.labels} & set(retired) - set(old.by_id)):
        raise Invalid(
            "a label id never means anything else, and this one was retired before",
            field="ontology.labels",
            expected="a new id",
            found=", ".join(back)[:80],
        )


class Mapping(NamedTuple):
    """A line of a published plan: under the ontology release `ontology_id`, `label` is read as `to`, or by a person."""

    ontology_id: int
    label: str
    to: str | None


@dataclass(frozen=True)
class Mappings:
    """Every published plan of a programme, oldest first."""

    rows: tuple[Mapping, ...]

    def read(self, label: str, *, under: int, at: int) -> str | None:
        """What a label said under one ontology release means under a later one; None where a person has to say."""
        now: str | None = label
        for row in self.rows:
            if under < row.ontology_id <= at and row.label == now:
                now = row.to
                if now is None:
                    break
        return now

    def labels(self, labels: Sequence[str], *, under: int, at: int) -> dict[str, str] | None:
        """Old id -> id to read it as, of the labels that differ; None where a person has to look again."""
        out: dict[str, str] = {}
        for label in labels:
            found = self.read(label, under=under, at=at)
            if found is None:
                return None
            if found != label:
                out[label] = found
        return out


def _is_gone(old: Label, new: Label | None) -> bool:
    """True where nobody may say the label any more."""
    return old.selectable and (new is None or not new.selectable)


def _of_label(
    old: Label, new: Label | None, step: Step | None, ontology: Ontology, targets: Counter[str]
) -> Iterator[LabelChange]:
    planned = {"to": step.to, "review": step.review, "into": step.into} if step else {}
    if _is_gone(old, new):
        yield LabelChange(kind=_way(step, ontology, targets), label=old.id, name=old.name, **planned)
        return
    if new is None:
        yield LabelChange(kind="retire", label=old.id, name=old.name)
        return
    if step is not None and step.into:
        yield LabelChange(kind="split", label=old.id, name=old.name, **planned)
    if old.name != new.name:
        yield LabelChange(kind="rename", label=old.id, name=old.name, old=old.name, new=new.name)
    if old.parent != new.parent:
        yield LabelChange(kind="move", label=old.id, name=old.name, old=old.parent, new=new.parent)
    before, after = ({"definition": one.definition, "do": one.do, "dont": one.dont} for one in (old, new))
    if before != after or (step is not None and not step.into):
        yield LabelChange(kind="redefine", label=old.id, name=old.name, old=before, new=after, **planned)
    if old.human_only != new.human_only:
        yield LabelChange(kind="human_only", label=old.id, name=old.name, old=old.human_only, new=new.human_only)


def _way(step: Step | None, ontology: Ontology, targets: Counter[str]) -> ChangeKind:
    """What to call a label's going."""
    if step is None or step.to is None:
        return "split" if step is not None and len(step.into) > 1 else "retire"
    return "merge" if step.to in ontology.by_id or targets[step.to] > 1 else "replace"


def _check_step(at: str, step: Step, old: Ontology, new: Ontology, seen: Collection[str]) -> None:
    label = old.by_id.get(step.label)
    if label is None:
        raise Invalid("this label is not in the ontology in force", field=f"{at}.from", found=step.label[:80])
    if step.label in seen:
        raise Invalid("this label stands twice in the plan", field=f"{at}.from", expected="once", found=step.label)
    if (step.to is None) == (not step.review):
        raise Invalid(
            "a line of the plan says one thing",
            field=at,
            expected="either `to` or `review: true`",
            found="both" if step.review else "neither",
        )
    if step.to is not None and not _is_gone(label, new.by_id.get(step.label)):
        raise Invalid(
            "this label stays, so nothing may be read as another",
            field=f"{at}.to",
            expected="review: true, or an ontology without the label",
            found=step.to,
        )
    if step.into and not step.review:
        raise Invalid("only a person can say where a split goes", field=f"{at}.into", expected="review: true")
    for target in (step.to, *step.into):
        if target is not None and (target not in new.by_id or not new.by_id[target].selectable):
            raise Invalid(
                "what was said goes to a label of the new ontology",
                field=at,
                expected="such a label",
                found=target[:80],
            )
