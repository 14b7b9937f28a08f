"""How a programme protects people: the `protection` block of its file.

Personal data is masked as it comes in, who works on it has accepted the terms, what is old is erased, and
harmful content reaches only who agreed to it.
"""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from goldloop.core.nouns import Noun, Role
from goldloop.core.pattern import too_long
from goldloop.core.pii import DETECTORS, NAME_OF_KIND, CustomPattern
from goldloop.core.workspace import Workspace

Days = Annotated[float, Field(gt=0, le=36_525)]


class Pattern(Noun):
    """Personal data that only this programme knows: a customer number, a case number."""

    name: str = Field(pattern=NAME_OF_KIND, description="what its tokens are called, such as `customer`")
    pattern: str = Field(min_length=1, max_length=200, description="regular expression of the whole value")

    @model_validator(mode="after")
    def _can_run(self) -> "Pattern":
        try:
            because = too_long(self.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"this is no regular expression: {error}") from error
        if because is not None:
            raise ValueError(because)
        if re.match(self.pattern, ""):
            raise ValueError("this pattern matches nothing at all, so it would match everywhere")
        if self.name in DETECTORS:
            raise ValueError(f"{self.name} is a detector already; give the pattern a name of its own")
        return self

    @property
    def custom(self) -> CustomPattern:
        """As the detectors take it."""
        return CustomPattern(self.name, self.pattern)


class MaskingAudit(Noun):
    """A random sample of what came in, read by people for personal data that the detectors left."""

    size: int = Field(ge=1, le=10_000, description="items that are read each time")
    every_days: float = Field(default=30, gt=0, le=3_660)
    tier: int = Field(default=3, ge=1, le=3, description="tier that reads")
    clearance: str | None = Field(default=None, description="what a reader has to bring; left out: the programme's")
    at_most: float = Field(gt=0, lt=1, description="share of items in which anything may be left")
    level: float = Field(default=0.95, ge=0.5, lt=1, description="level of the exact intervals")

    @model_validator(mode="after")
    def _can_prove_it(self) -> "MaskingAudit":
        needed = self.needed()
        if self.size < needed:
            raise ValueError(
                f"size: {self.size} items cannot prove at_most {self.at_most:g} at level {self.level:g}, even where "
                f"nothing is left in any: it takes at least {needed}"
            )
        return self

    def needed(self) -> int:
        """The fewest items that prove the line where nothing is found: the exact limit of none of n."""
        return math.ceil(math.log((1 - self.level) / 2) / math.log1p(-self.at_most))


class Pii(Noun):
    """Masking at import: what is looked for, and who may open a token."""

    detect: tuple[str, ...] = Field(default=tuple(DETECTORS), description=", ".join(DETECTORS))
    patterns: tuple[Pattern, ...] = Field(default=(), max_length=50)
    columns: dict[str, str] = Field(
        default={}, description="fields that hold personal data as a whole: `meta.customer: name`"
    )
    open: tuple[Role, ...] = Field(default=(), description="roles that may open a token, with a reason")
    openings_per_hour: int = Field(
        default=20, ge=1, le=1000, description="most tokens that one person opens in an hour"
    )
    audit: MaskingAudit | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of personal data that are looked for."""
        return tuple(dict.fromkeys((*self.detect, *(one.name for one in self.patterns), *self.columns.values())))

    @model_validator(mode="after")
    def _is_known(self) -> "Pii":
        if unknown := sorted(set(self.detect) - DETECTORS.keys()):
            raise ValueError(f"detect: there is no detector {unknown[0]!r}; detectors are {', '.join(DETECTORS)}")
        names = [one.name for one in self.patterns]
        if len(set(names)) != len(names):
            raise ValueError("patterns: names must be unique, because tokens carry them")
        for path, kind in self.columns.items():
            if not path or not re.fullmatch(NAME_OF_KIND, kind):
                raise ValueError(f"columns.{path}: a kind is a word in lower-case letters, such as `name`")
        return self


class Terms(Noun):
    """The data-handling terms that a person accepts before they are handed work. A new version is asked for anew."""

    version: int = Field(ge=1)
    text: str = Field(min_length=1, max_length=20_000)


class Retention(Noun):
    """Days after which data is erased; what is left out is kept."""

    bodies: Days | None = Field(
        default=None, description="items, since they came in, with all that was written of them"
    )
    words: Days | None = Field(default=None, description="comments and written answers, since they were said")
    vault: Days | None = Field(default=None, description="what tokens stand for; the tokens stay")
    releases: Days | None = Field(default=None, description="folders of releases on the server; certificates stay")

    @property
    def any(self) -> bool:
        """True where anything is erased by age."""
        return any(one is not None for one in (self.bodies, self.words, self.vault, self.releases))


def _class(value: Any) -> Any:
    """A bare word is a class of content whose name it is."""
    return {"id": value, "title": value.replace("_", " ").capitalize()} if isinstance(value, str) else value


class ContentClass(Noun):
    """A kind of harmful content that people agree to before they see it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    title: str = Field(min_length=1, max_length=80)
    slice: dict[str, str] = Field(default={}, description="items of these slices hold it; empty: every item does")


class Content(Noun):
    """Harmful content: handed only to who agreed to it, so many in 24 hours, and hidden until they ask to see it."""

    classes: tuple[Annotated[ContentClass, BeforeValidator(_class)], ...] = Field(min_length=1, max_length=20)
    daily: int = Field(
        default=200, ge=1, le=100_000, description="most items of a class that one is handed in 24 hours"
    )
    blur: bool = Field(default=True, description="hidden in the workbench until the person asks to see it")

    @model_validator(mode="after")
    def _is_unique(self) -> "Content":
        ids = [one.id for one in self.classes]
        if len(set(ids)) != len(ids):
            raise ValueError("classes: every class stands once")
        return self

    def of(self, slices: Mapping[str, str]) -> frozenset[str]:
        """The classes that an item of these slices holds."""
        return frozenset(one.id for one in self.classes if one.slice.items() <= slices.items())


class Protection(Noun):
    """Everything that a programme promises about its data and to its people."""

    pii: Pii | None = None
    terms: Terms | None = None
    retention: Retention = Retention()
    content: Content | None = None
    workspace: Workspace | None = None
