"""The lines of a release are put together from texts: letter by letter what canonical JSON of the same values is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Row
from goldloop.programmes.sealed.ready import judgement_line, ready, row_line

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
SAW = st.fixed_dictionaries(
    {"shown": st.sampled_from(["never", "before", "after"]), "others": st.lists(TEXT, max_size=2)},
    optional={"suggestion_id": TEXT, "guideline_id": TEXT, "order_seed": st.integers()},
)
JUDGEMENT = st.fixed_dictionaries(
    {"id": TEXT, "actor": TEXT, "stance": TEXT, "said_at": st.integers(), "decisive": st.booleans()},
    optional={
        **dict.fromkeys(("queue", "purpose", "revision_of", "ontology_id", "guideline_id"), st.none() | TEXT),
        **dict.fromkeys(("tier", "active_ms", "wall_ms"), st.none() | st.integers()),
        **dict.fromkeys(("blind", "surplus"), st.none() | st.booleans()),
        **dict.fromkeys(("answer", "task"), JSON),
        "confidence": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "saw": SAW,
    },
)
ROW = st.builds(
    Row,
    item_id=TEXT,
    external_id=TEXT,
    body=st.dictionaries(TEXT, JSON, max_size=3),
    answer=JSON,
    slices=st.dictionaries(TEXT, TEXT, max_size=2),
    batch=TEXT,
    decided_by=TEXT,
    judgements=st.lists(JUDGEMENT, max_size=2),
    licence=st.none() | TEXT,
    sources=st.lists(TEXT, max_size=2).map(tuple),
    split=st.none() | TEXT,
)


@given(row=ROW, number=st.integers(1), author=TEXT)
def test_lines_are_canonical_json_of_their_values(row: Row, number: int, author: str) -> None:
    one = ready(row, at="row")
    said = row._asdict()
    del said["judgements"]
    assert row_line(one, row.decided_by, at="row") == (canonical(said) + "\n").encode()
    for said_of_it, made in zip(row.judgements, one.judgements, strict=True):
        told: dict[str, Any] = {key: value for key, value in said_of_it.items() if value is not None}
        del told["actor"]
        told |= {"author": author, "batch": row.batch, "item_id": row.item_id, "row": number}
        assert judgement_line(made, number, author, at="row") == (canonical(told) + "\n").encode()


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize(
    "where", ["external_id", "body", "answer", "slices", "batch", "decided_by", "licence", "split"]
)
def test_what_has_no_canonical_form_is_refused_wherever_it_stands(text: str, where: str) -> None:
    value: Any = {"text": text} if where in ("body", "slices") else text
    whole = Row(item_id="itm_1", external_id="1", body={}, answer="", slices={}, batch="b", decided_by="")
    with pytest.raises(Invalid) as caught:
        row_line(ready(row := whole._replace(**{where: value}), at="row 1"), row.decided_by, at="row 1")
    assert "row 1" in str(caught.value)


@pytest.mark.parametrize("confidence", [float("nan"), float("inf")])
def test_a_confidence_that_is_no_number_is_refused(confidence: float) -> None:
    said = {"id": "j", "actor": "a", "stance": "answer", "said_at": 1, "decisive": True, "confidence": confidence}
    row = Row(item_id="i", external_id="1", body={}, answer="", slices={}, batch="b", decided_by="", judgements=[said])
    with pytest.raises(Invalid):
        ready(row, at="row")


def test_a_text_that_only_looks_like_nul_stays() -> None:
    row = Row(item_id="i", external_id="\\u0000", body={}, answer="", slices={}, batch="b", decided_by="")
    assert b'"external_id":"\\\\u0000"' in row_line(ready(row, at="row"), "", at="row")
