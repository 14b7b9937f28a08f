"""What a licence expression may say, and which licence holds for what is made of several things."""

import pytest

from goldloop.core.licence import all_of, as_licence, is_licence, read_licence


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("cc-by-4.0", "CC-BY-4.0"),
        ("MIT or apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-2.0-only WITH classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("(MIT OR ISC) AND CC0-1.0", "(MIT OR ISC) AND CC0-1.0"),
        ("LicenseRef-Acme-internal", "LicenseRef-Acme-internal"),
        ("EPL-2.0+", "EPL-2.0+"),
    ],
)
def test_an_expression_is_read_into_its_usual_spelling(written: str, read: str) -> None:
    assert read_licence(written) == read


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("CC-BY-40", "did you mean CC-BY-4.0"),
        ("proprietary", "LicenseRef-NAME"),
        ("MIT OR", "ends where"),
        ("(MIT", "not closed"),
        ("MIT Apache-2.0", "found 'Apache-2.0' behind 'MIT'"),
        ("MIT WITH nothing", "found nothing"),
        ("", "found nothing"),
        ("(" * 200 + "MIT" + ")" * 200, "fewer brackets"),
    ],
)
def test_what_is_no_expression_says_what_was_expected(written: str, named: str) -> None:
    with pytest.raises(ValueError, match="SPDX") as caught:
        read_licence(written)
    assert named in str(caught.value)


def test_what_comes_from_several_things_is_under_all_of_their_licences() -> None:
    assert all_of([]) is None
    assert all_of(["MIT", "MIT"]) == "MIT"
    assert all_of(["MIT", "CC-BY-4.0 AND MIT"]) == "CC-BY-4.0 AND MIT"
    assert all_of(["MIT OR ISC", "CC0-1.0"]) == "(MIT OR ISC) AND CC0-1.0"
    assert all_of(["(MIT OR ISC) AND CC0-1.0", "MIT OR ISC"]) == "(MIT OR ISC) AND CC0-1.0"
    assert is_licence(all_of(["our own terms", "MIT OR ISC", "CC-BY-4.0"]) or "")


def test_a_licence_of_free_words_becomes_a_reference_of_ones_own() -> None:
    assert as_licence("Acme: for research only!") == "LicenseRef-Acme-for-research-only"
    assert is_licence(as_licence("§"))
