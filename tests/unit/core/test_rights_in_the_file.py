"""What a programme file may say of sources, splits and evaluation sets; a mistake is named by its line."""

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.core.rights import SourceDoc
from goldloop.loop.inherit import Parent, inheriting
from goldloop.loop.source_rights import terms_of, under_terms
from goldloop.store.items import NewItem

FILE = """programme: p
title: P
organisation: Acme
raci: {accountable: mona}
task: choice.v1
ontology: {labels: [a, b]}
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
"""
NEW = NewItem("i1", "{}", b"")


def policy(more: str) -> Policy:
    return read_policy(FILE + more, name="p.yaml")


@pytest.mark.parametrize(
    ("more", "line", "named"),
    [
        ("licence: CC-BY-40\n", 8, "did you mean CC-BY-4.0"),
        ("sources:\n  a: {licence: proprietary}\n", 9, "LicenseRef-NAME"),
        ("sources:\n  a: {licens: MIT}\n", 9, "licence"),
        ("sources: {a: {withdrawn: no}}\n", 8, "sources.a.withdrawn"),
        ("sources: {a: {consent: given}}\nrights: {demand: [licence]}\n", 9, "the source 'a' states none"),
        ("splits: {shares: {train: 0.9, test: 0.2}}\n", 8, "shares add to 1.1"),
        ("splits: {shares: {train: 1}}\n", 8, "splits.shares"),
        ("splits: {shares: {Train: 0.5, test: 0.5}}\n", 8, "Train"),
        ("contamination: {most: 0.1}\n", 8, "no evaluation set"),
        ("contamination: {gold: [exam], splits: [train]}\n", 8, "no split 'train'"),
    ],
)
def test_a_mistake_is_named_by_its_line(more: str, line: int, named: str) -> None:
    with pytest.raises(Invalid) as caught:
        policy(more)
    assert str(caught.value.field).startswith(f"p.yaml:{line} "), caught.value.field
    assert named in str(caught.value)


def test_licences_are_kept_in_their_usual_spelling() -> None:
    assert policy("licence: cc0-1.0\nsources: {a: {licence: mit or isc}}\n").sources["a"].licence == "MIT OR ISC"


def test_an_import_names_a_source_that_stands_where_terms_are_demanded() -> None:
    asked = policy("sources: {a: {licence: MIT}, b: {licence: MIT, withdrawn: the owner took it back}}\n")
    assert terms_of(asked, "a").licence == "MIT"
    assert terms_of(asked, "elsewhere") == SourceDoc(), "nothing is demanded"
    with pytest.raises(Invalid, match="withdrawn"):
        terms_of(asked, "b")
    demanding = policy("sources: {a: {licence: MIT}}\nrights: {demand: [licence]}\n")
    with pytest.raises(Invalid, match="where items come from") as caught:
        terms_of(demanding, "elsewhere")
    assert (caught.value.field, caught.value.found) == ("name", "elsewhere")


def test_items_stay_where_their_source_stays() -> None:
    source = SourceDoc(residency="eu")
    assert under_terms(NEW, policy(""), source).residency == "eu"
    assert under_terms(NEW, policy(""), SourceDoc()) == NEW
    with pytest.raises(Invalid, match="stays elsewhere"):
        under_terms(NEW._replace(residency="us"), policy(""), source)


def test_an_item_inherits_what_all_its_parents_ask_for() -> None:
    parents = [Parent("a", 1, "eu", None), Parent("b", 2, None, "team"), Parent("c", None, "eu", None)]
    assert inheriting(NEW, parents) == NEW._replace(residency="eu", access="team")
    with pytest.raises(Invalid, match="does not go together") as caught:
        inheriting(NEW, [*parents, Parent("d", 3, "us", None)])
    assert (caught.value.field, caught.value.found) == ("residency", "eu, us")
    with pytest.raises(Invalid, match="does not go together"):
        inheriting(NEW._replace(access="all"), parents)
