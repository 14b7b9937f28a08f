"""Labels of two kinds in one ontology: those below a heading, and the others."""

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Ontology


def below(ontology: Ontology, heading: str, *, field: str) -> frozenset[str]:
    """Ids of the labels below a heading. Raises Invalid where there are none."""
    found = frozenset(label.id for label in ontology.labels if heading in list(ontology.ancestors(label.id))[1:])
    if not found:
        headings = ", ".join(label.id for label in ontology.labels if not label.selectable)
        raise Invalid(
            "the ontology has no labels below this heading",
            field=field,
            expected=f"one of {headings}" if headings else "the id of a label that has others below it",
            found=heading,
        )
    return found


def check_below(label: str, labels: frozenset[str], heading: str, *, field: str) -> None:
    """Raise Invalid where a label is not one of those below the heading."""
    if label not in labels:
        raise Invalid("this label is of another kind", field=field, expected=f"a label below {heading!r}", found=label)


def check_beside(label: str, labels: frozenset[str], heading: str, *, field: str) -> None:
    """Raise Invalid where a label is one of those below the heading."""
    if label in labels:
        raise Invalid(
            "this label is of another kind", field=field, expected=f"a label that is not below {heading!r}", found=label
        )
