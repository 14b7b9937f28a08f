"""A programme file for what another tool's project asks: a draft that its owner changes before it is applied."""

from typing import Any

import yaml

from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology

NOTE = "# A draft from an imported project: what is left to label is annotated from scratch, by tier 1.\n"


def programme_file(
    *, name: str, title: str, organisation: str, accountable: str, task: Spec, ontology: Ontology
) -> str:
    """The draft, as YAML."""
    said = {
        "programme": name,
        "title": title,
        "organisation": organisation,
        "raci": {"accountable": accountable},
        "task": task.name if not task.params else {"name": task.name, "params": task.params},
        "ontology": {"labels": [_entry(label) for label in ontology.labels]},
        "routing": {"rules": [{"rule": "what is left", "to": "annotate", "tier": 1}]},
    }
    return NOTE + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=120)


def _entry(label: Label) -> dict[str, Any] | str:
    """A label as short as the file can say it."""
    said = label.model_dump(mode="json", exclude_defaults=True)
    return label.id if said == {"id": label.id, "name": label.id} else said
