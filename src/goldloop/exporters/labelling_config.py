"""Label Studio's labelling configuration for an ontology."""

from html import escape

from goldloop.core.ontology import Label, Ontology

CONTROL, TEXT = "label", "text"


def spans_config(ontology: Ontology) -> str:
    """A `Labels` control over a text. Headings, which nobody may choose, are left out: labels do not nest here."""
    entries = "".join(
        _entry("Label", label, ontology.word_of(label.id), "", 2) for label in ontology.labels if label.selectable
    )
    return _view(f'  <Labels name="{CONTROL}" toName="{TEXT}">\n{entries}  </Labels>\n')


def relations_config(ontology: Ontology, *, heading: str) -> str:
    """A `Labels` control over a text, and the `Relations` that join its spans: the labels below the heading."""
    below = {label.id for label in ontology.labels if heading in list(ontology.ancestors(label.id))[1:]}
    entries = {
        tag: "".join(
            _entry(tag, label, ontology.word_of(label.id), "", 2)
            for label in ontology.labels
            if label.selectable and (label.id in below) == (tag == "Relation")
        )
        for tag in ("Label", "Relation")
    }
    return _view(
        f'  <Labels name="{CONTROL}" toName="{TEXT}">\n{entries["Label"]}  </Labels>\n'
        f'  <Relations goldloop-id="{escape(heading)}">\n{entries["Relation"]}  </Relations>\n'
    )


def choices_config(ontology: Ontology, *, multiple: bool) -> str:
    """A `Choices` control over a text, or a `Taxonomy` where labels have labels below them."""
    if not is_tree(ontology):
        entries = "".join(_entry("Choice", label, ontology.word_of(label.id), "", 2) for label in ontology.labels)
        choice = "multiple" if multiple else "single"
        return _view(f'  <Choices name="{CONTROL}" toName="{TEXT}" choice="{choice}">\n{entries}  </Choices>\n')
    below: dict[str | None, list[Label]] = {}
    for label in ontology.labels:
        below.setdefault(label.parent, []).append(label)
    most = "" if multiple else ' maxUsages="1"'
    entries = "".join(_branch(label, below, 2) for label in below.get(None, ()))
    return _view(f'  <Taxonomy name="{CONTROL}" toName="{TEXT}" leafsOnly="false"{most}>\n{entries}  </Taxonomy>\n')


def is_tree(ontology: Ontology) -> bool:
    """True where a label has another above it."""
    return any(label.parent is not None for label in ontology.labels)


def _view(controls: str) -> str:
    return f'<View>\n  <Text name="{TEXT}" value="$text"/>\n{controls}</View>\n'


def _branch(label: Label, below: dict[str | None, list[Label]], depth: int) -> str:
    inner = "".join(_branch(one, below, depth + 1) for one in below.get(label.id, ()))
    return _entry("Choice", label, label.name, inner, depth)


def _entry(tag: str, label: Label, word: str, inner: str, depth: int) -> str:
    """One label; its id goes along, which Label Studio ignores and goldloop reads back."""
    attributes = f'value="{escape(word)}" goldloop-id="{escape(label.id)}"'
    if label.definition:
        attributes += f' hint="{escape(label.definition)}"'
    if not label.selectable:
        attributes += ' selectable="false"'
    indent = "  " * depth
    return f"{indent}<{tag} {attributes}>\n{inner}{indent}</{tag}>\n" if inner else f"{indent}<{tag} {attributes}/>\n"
