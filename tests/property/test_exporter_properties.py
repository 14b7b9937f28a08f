"""What a format claims to carry, it carries."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.core.families import Exporter, Record, Row, Source
from goldloop.core.ontology import Label, Ontology
from goldloop.exporters.conll2003 import Conll2003
from goldloop.exporters.jsonl import Jsonl
from goldloop.exporters.label_studio import LabelStudio
from goldloop.sources.conll2003 import Conll2003 as ConllSource
from goldloop.sources.jsonl import Jsonl as JsonlSource
from goldloop.sources.label_studio import LabelStudio as LabelStudioSource
from goldloop.tasks.spans import Spans

LABELS = Ontology(labels=(Label(id="per", name='A <person> & "co"'), Label(id="loc", name="Place")))
WORD = st.text(alphabet="ab.é\N{GRINNING FACE}#-\N{ZERO WIDTH JOINER}", min_size=1, max_size=5)


@st.composite
def items(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A tokenised body, and whole-token spans over it."""
    words = draw(st.lists(WORD, min_size=1, max_size=8))
    extents, at = [], 0
    for word in words:
        extents.append([at, at + len(word)])
        at += len(word) + 1
    found, n = [], 0
    while n < len(words):
        length = draw(st.integers(1, len(words) - n))
        if draw(st.booleans()):
            label = draw(st.sampled_from(["per", "loc"]))
            found.append({"start": extents[n][0], "end": extents[n + length - 1][1], "label": label})
        n += length
    return {"text": " ".join(words), "tokens": extents}, {"spans": found}


def there_and_back(
    exporter: Exporter, source: Source, case: list[tuple[dict[str, Any], dict[str, Any]]]
) -> list[Record]:
    rows = [Row(f"itm_{n}", str(n), body, answer, {}, "", "rule") for n, (body, answer) in enumerate(case, 1)]
    with TemporaryDirectory() as folder:
        done = exporter.write(iter(rows), Path(folder), task=Spans(), ontology=LABELS)
        assert done.losses == ()
        found = list(source.read(Path(folder) / done.files[0]))
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record)]


@settings(deadline=None)
@given(st.lists(items(), min_size=1, max_size=4), st.sampled_from(["conll", "label studio", "jsonl"]))
def test_items_and_answers_come_back_the_same(case: list[tuple[dict[str, Any], dict[str, Any]]], name: str) -> None:
    ignored = ("item_id", "batch", "decided_by", "slices", "judgements", "licence")
    exporter, source = {
        "conll": (Conll2003(), ConllSource()),
        "label studio": (LabelStudio(), LabelStudioSource()),
        "jsonl": (Jsonl(), JsonlSource(gold="answer", ignore=ignored)),
    }[name]
    back = there_and_back(exporter, source, case)
    assert [one.external_id for one in back] == [str(n) for n in range(1, len(case) + 1)]
    assert [one.body for one in back] == [body for body, _ in case]
    assert [Spans().canonical(one.said[0].answer, one.body, LABELS) for one in back] == [answer for _, answer in case]
