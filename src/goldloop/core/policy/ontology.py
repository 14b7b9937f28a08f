"""The labels as the file lists them, and the guidelines that explain them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.ontology import Label, Ontology


def _label(value: Any) -> Any:
    """A bare word is a label whose id and name it is."""
    return {"id": value, "name": value} if isinstance(value, str) else value


class OntologyDoc(Noun):
    """The labels as the file lists them: words or full entries."""

    labels: tuple[Annotated[Label, BeforeValidator(_label)], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> "OntologyDoc":
        Ontology(labels=self.labels)
        return self


class Clause(Noun):
    """One numbered clause of the guidelines; follows the label in the workbench."""

    id: str
    title: str
    text: str = ""
    label: str | None = Field(default=None, description="id of the label it is about; None for all")
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()
