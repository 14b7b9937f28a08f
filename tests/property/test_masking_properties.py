"""Masking: nothing personal is left, everything can be had back, and places still say what they said."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop import kinds
from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.erasure import blank, notice
from goldloop.core.errors import Invalid
from goldloop.core.families import Record
from goldloop.core.headline import headline
from goldloop.core.masking import Masking, reworded, tokens_in, unmasked
from goldloop.core.pii import DETECTORS, find
from goldloop.core.protection import Pii
from goldloop.store.vault import Vault

kinds.load()
KINDS = list(families.task)
VAULT = Vault(bytes(range(32)))
RULES = Pii(patterns=({"name": "customer", "pattern": r"C-\d{6}"},), columns={"meta.name": "name"})  # type: ignore[arg-type]
PERSONAL = (
    "mira@acme.com",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "+49 30 901820",
    "10.2.3.4",
    "123-45-6789",
    "C-123456",
)
words = st.sampled_from(["call", "the customer", "naïve 😀", "now.", "(soon)", "אבג", "x" * 40, *PERSONAL])
texts = st.lists(words, min_size=1, max_size=12).map(" ".join)


def masked(body: dict[str, Any]) -> tuple[dict[str, Any], Masking, Any]:
    masking = Masking(RULES, VAULT.token)
    out, moved = masking.body(body)
    return out, masking, moved


@given(text=texts, name=st.sampled_from(["Mira Lindt", "Ng"]), at=st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_nothing_personal_is_left_and_all_of_it_comes_back(text: str, name: str, at: int):
    body = {"text": f"{text[:at]} {name} {text[at:]}", "meta": {"name": name, "said": [text]}}
    out, masking, _ = masked(body)
    said = json.dumps(out, ensure_ascii=False)
    assert not any(value in said for value in (*PERSONAL, f'"{name}"', f" {name} ") if value in json.dumps(body))
    assert find(out["text"], list(DETECTORS)) == []
    assert set(tokens_in(out)) <= masking.tokens.keys()
    assert unmasked(out, {token: value for token, (_, value) in masking.tokens.items()}) == body
    sealed = {token: VAULT.seal(token, value) for token, (_, value) in masking.tokens.items()}
    assert {token: VAULT.open(token, one) for token, one in sealed.items()} == {
        token: value for token, (_, value) in masking.tokens.items()
    }


@given(parts=st.lists(words, min_size=2, max_size=8), data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_span_covers_the_same_words_or_is_refused(parts: list[str], data: st.DataObject):
    text = " ".join(parts)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    out, masking, moved = masked({"text": text})
    cut = any(
        one.start < end and start < one.end and not (start <= one.start and one.end <= end) for one in moved.moves
    )
    answer = {"spans": [{"start": start, "end": end, "label": "who"}]}
    if cut:
        with pytest.raises(Invalid, match="inside masked data"):
            masking.said(answer, moved, frozenset())
        return
    (span,) = masking.said(answer, moved, frozenset())["spans"]
    originals = {token: value for token, (_, value) in masking.tokens.items()}
    assert unmasked(out["text"][span["start"] : span["end"]], originals) == text[start:end]


def test_the_same_value_has_the_same_token_in_a_programme_and_another_in_the_next():
    assert VAULT.token("email", "a@b.co") == VAULT.token("email", "a@b.co") != VAULT.token("name", "a@b.co")
    assert Vault(bytes(32)).token("email", "a@b.co") != VAULT.token("email", "a@b.co")


def test_an_id_that_is_personal_data_is_refused():
    with pytest.raises(Invalid, match="an id is shown everywhere"):
        Masking(RULES, VAULT.token).record(Record("mira@acme.com", {"text": "x"}, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_every_task_counts_an_erased_item_without_failing_and_keeps_no_word_of_it(kind: type[families.Task]):
    body, ontology, answer = kind.sample()
    task = kind.example()
    said = task.canonical(answer, body, ontology)
    gone = blank(body, because="asked for", at=0)
    assert notice(gone) == headline(gone) == "erased on 1970-01-01 because asked for"
    assert not any(text in canonical(gone) for text in _texts(body) if len(text) > 12)
    task.units(said, gone)
    task.shown(gone)
    bare = reworded(said, task.remarks | task.written, lambda _: "")
    assert task.labels(bare) == task.labels(said)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
