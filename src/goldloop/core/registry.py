"""One registry idiom for everything that plugs in.

A kind is a frozen model: its fields are its parameters, its docstring its documentation, its `example()` its test.
A family is the set of kinds that do the same job. A `Spec` names a kind with its parameters; `kind.spec` and
`family.build(spec)` are inverses.
"""

import difflib
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Spec


class Kind(BaseModel):
    """Base of every pluggable thing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]

    @property
    def spec(self) -> Spec:
        """This kind with its parameters, defaults left out."""
        return Spec(name=self.name, params=self.model_dump(mode="json", exclude_defaults=True))

    @classmethod
    def example(cls) -> Self:
        """A small working one: the contract tests run every promise of the family on it."""
        return cls()


K = TypeVar("K", bound=Kind)
FAMILIES: "dict[str, Family[Any]]" = {}


class Family(Generic[K]):
    """A named set of kinds; also the decorator that adds one."""

    def __init__(self, title: str, base: type[K]) -> None:
        self.title, self.base = title, base
        self._kinds: dict[str, type[K]] = {}
        FAMILIES[title] = self

    def __call__(self, name: str) -> Callable[[type[K]], type[K]]:
        """Register a class under a versioned name such as `choice.v1`."""

        def add(cls: type[K]) -> type[K]:
            if name in self._kinds:
                raise Conflict(f"{self.title} {name!r} is already registered")
            if not name.rpartition(".v")[2].isdigit():
                raise Invalid("a kind's name carries its version", field="name", expected="name.v1", found=name)
            if not (issubclass(cls, self.base) and cls.__doc__):
                raise Invalid(f"{cls.__name__} must be a documented {self.base.__name__}")
            cls.name = name
            self._kinds[name] = cls
            return cls

        return add

    def __iter__(self) -> Iterator[type[K]]:
        """By name, so that no page and no test depends on what was imported first."""
        return iter([self._kinds[name] for name in self.names()])

    def names(self) -> list[str]:
        """The registered names, sorted."""
        return sorted(self._kinds)

    def kind(self, name: str) -> type[K]:
        """The class behind a name. Raises Invalid with the nearest name there is."""
        if name not in self._kinds:
            near = difflib.get_close_matches(name, self._kinds, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise Invalid(
                f"there is no {self.title} named {name!r}{hint}",
                field=self.title,
                expected="one of " + ", ".join(self.names()),
                found=name,
            )
        return self._kinds[name]

    def build(self, spec: Spec) -> K:
        """The kind that a spec names, with its parameters checked. Raises Invalid."""
        try:
            return self.kind(spec.name)(**spec.params)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
                known = sorted(self.kind(spec.name).model_fields)
                raise Invalid(
                    f"{self.title} {spec.name!r} has no such parameter",
                    field=f"{spec.name}.{where}",
                    expected="one of " + ", ".join(known) if known else "no parameter",
                    found=where,
                ) from error
            raise Invalid(
                f"{self.title} {spec.name!r}: {first['msg']}",
                field=f"{spec.name}.{where}",
                expected=first["msg"],
                found=repr(first.get("input"))[:80],
            ) from error
