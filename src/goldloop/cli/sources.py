"""Which source reads a file, from its name and what the command line says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from goldloop import kinds
from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec


def source_of(file: Path, name: str | None, settings: Sequence[str]) -> Spec:
    """The source for a file: the one named, else the one whose suffix fits best. Raises Invalid."""
    kinds.load()
    return source_named(name or _by_suffix(file), settings)


def source_named(name: str, settings: Sequence[str]) -> Spec:
    """A source by its name, with its parameters. Raises Invalid."""
    return Spec(name=name, params=dict(_setting(text) for text in settings))


def _by_suffix(file: Path) -> str:
    low = file.name.lower()
    fitting = [(len(suffix), kind.name) for kind in families.source for suffix in kind.suffixes if low.endswith(suffix)]
    if not fitting:
        known = ", ".join(families.source.names())
        raise Invalid("this file's name does not say what it is", field="--source", expected=known, found=file.name)
    return max(fitting)[1]


def _setting(text: str) -> tuple[str, Any]:
    """`key=value`, the value read as YAML reads it."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise Invalid("a parameter is key=value", field="--set", expected="key=value", found=text)
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise Invalid("this value cannot be read", field=f"--set {key}", expected="a value", found=value) from error
