"""What a format claims to carry, it carries."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.core.families import Exporter, Record, Row, Said, Source
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


LABELLED = st.sampled_from([{"spans": []}, {"spans": [{"start": 0, "end": 1, "label": "per"}]}])
FIRST = 1_700_000_000_123_456


@st.composite
def statements(draw: st.DrawFn) -> list[Said]:
    """What models and people said of one text, in order: answers, some from a suggestion, skips, rulings on them."""
    models = [
        Said(f"m{n}", draw(LABELLED), "model", f"v{n}", draw(st.none() | st.floats(0, 1)), FIRST + n)
        for n in range(draw(st.integers(0, 2)))
    ]
    said = list(models)
    for n in range(draw(st.integers(0, 4))):
        how = draw(st.sampled_from(["answer", "answer", "skip", "adjudicate"]))
        answer = None if how == "skip" else draw(LABELLED)
        answered = [at for at, one in enumerate(said) if one.kind == "person" and one.stance == "answer"]
        seen = answered if how == "adjudicate" else range(len(models)) if how == "answer" else ()
        of = draw(st.sampled_from(seen)) if seen and draw(st.booleans()) else None
        spent = draw(st.none() | st.integers(0, 10**8))
        said.append(Said(f"p{n % 3}", answer, "person", "", None, FIRST + 10 + n, spent, False, how, of))
    return said


def as_judgement(said: list[Said], at: int) -> dict[str, Any]:
    """A statement as a row of a release tells it."""
    one = said[at]
    seen = {"suggestion_id": None, "others": []}
    if one.of is not None:
        seen = {"suggestion_id": str(one.of)} if one.stance == "answer" else {"others": [str(one.of)]}
    keys = {"actor": one.actor, "kind": one.kind, "version": one.version, "stance": one.stance, "answer": one.answer}
    return {
        **keys,
        "id": str(at),
        "confidence": one.confidence,
        "said_at": one.at,
        "active_ms": one.active_ms,
        "saw": seen,
    }


@settings(deadline=None)
@given(st.lists(statements(), min_size=1, max_size=3))
def test_what_everybody_said_goes_to_label_studio_and_comes_back_the_same(each: list[list[Said]]) -> None:
    rows = [
        Row(
            f"itm_{n}",
            str(n),
            {"text": "ab"},
            {"spans": []},
            {},
            "",
            "rule",
            [as_judgement(said, at) for at in range(len(said))],
        )
        for n, said in enumerate(each)
    ]
    with TemporaryDirectory() as folder:
        done = LabelStudio().write(iter(rows), Path(folder), task=Spans(), ontology=LABELS)
        assert done.losses == ()
        back = list(LabelStudioSource().read(Path(folder) / "tasks.json"))
    for said, record in zip(each, back, strict=True):
        assert isinstance(record, Record)
        assert record.lost == ()
        came = [one for one in record.said if not one.gold]
        models, people = [one for one in said if one.kind == "model"], [one for one in said if one.kind == "person"]
        began = any(one.stance == "answer" and one.of is not None for one in people)
        shift = 0 if began else len(models)
        moved = [one._replace(of=one.of - shift) if one.of is not None else one for one in people]
        assert [one._replace(answer=None) for one in came] == [
            one._replace(answer=None) for one in ([*models, *moved] if began else [*moved, *models])
        ]
        texts = [Spans().canonical(one.answer, record.body, LABELS) for one in came if one.answer is not None]
        assert texts == [one.answer for one in ([*models, *people] if began else [*people, *models]) if one.answer]
