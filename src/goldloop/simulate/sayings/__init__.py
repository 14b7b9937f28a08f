"""What simulated people say: a module for each task kind, which it names in `TASK`."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]

SAID: Mapping[str, Callable[..., Any]] = {module.TASK: module.said for module in _MODULES}
