"""The generated pages say what the code says today."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def _pages() -> dict[str, Callable[[], str]]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAGES


PAGES = _pages()


@pytest.mark.parametrize("file", PAGES)
def test_a_reference_page_is_what_the_code_says(file: str):
    stored = (DOCS / "reference" / file).read_text(encoding="utf-8")
    assert stored == PAGES[file](), f"docs/reference/{file} is stale: run `make docs`"
