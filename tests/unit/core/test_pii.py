"""What is found in a text, and what only looks like it."""

import pytest
from pydantic import ValidationError

from goldloop.core.pii import DETECTORS, find
from goldloop.core.protection import Pattern, Pii


def said(text: str) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.kind) for one in find(text, list(DETECTORS))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail mira.k+x@mail.acme.co.uk.", [("mira.k+x@mail.acme.co.uk", "email")]),
        ("IBAN DE89 3704 0044 0532 0130 00 OK thanks", [("DE89 3704 0044 0532 0130 00", "iban")]),
        ("to gb82west12345698765432", [("gb82west12345698765432", "iban")]),
        ("4111-1111-1111-1111", [("4111-1111-1111-1111", "card")]),
        ("378282246310005", [("378282246310005", "card")]),
        ("from 10.0.0.1 and 2001:db8::1", [("10.0.0.1", "ip"), ("2001:db8::1", "ip")]),
        ("+49 30 901820, 030 1234567", [("+49 30 901820", "phone"), ("030 1234567", "phone")]),
        ("(415) 555-2671", [("(415) 555-2671", "phone")]),
        ("SSN 123-45-6789", [("123-45-6789", "national_id")]),
        ("NI AB 12 34 56 C", [("AB 12 34 56 C", "national_id")]),
        ("DNI 12345678Z, NIE X1234567L", [("12345678Z", "national_id"), ("X1234567L", "national_id")]),
        ("CF RSSMRA85T10A562S", [("RSSMRA85T10A562S", "national_id")]),
        ("NIR 1 84 12 76 451 089 46", [("1 84 12 76 451 089 46", "national_id")]),
        ("IdNr 86095742719", [("86095742719", "national_id")]),
    ],
)
def test_personal_data_is_found(text: str, found: list[tuple[str, str]]):
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE89370400440532013001",  # check digits
        "card 4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "at 12:30:45 on 2024-05-06, 03/04/2024",
        "version 1.2.3, :: and 300.1.1.1",
        "666-45-6789 and 123-00-6789",
        "12345678A",
        "an @ sign, a@b",
        "order 12345, qty 100",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str):
    assert said(text) == []


@pytest.mark.parametrize("kind", list(DETECTORS))
def test_a_long_text_of_what_begins_a_match_is_read_in_one_pass(kind: str):
    for letter in ("a", "1", "@", "0 ", "DE89 ", "a@", "(", "1:"):
        assert len(find(letter * 30_000, [kind])) < 30_000


@pytest.mark.parametrize(
    ("pattern", "because"),
    [
        ("(a+)+b", "without an end"),
        ("a+", "without an end"),  # once is enough: a text of it is read anew from each of its letters
        (r"(?:x|y*)z", "without an end"),
        (r"(?:a|a){1,20}b", "steps"),
        (r"(?:a|aa){1,30}$", "steps"),
        (r"\d{1,20}\d{1,20}\d{1,20}x", "steps"),
        ("a?" * 20 + "a" * 20, "steps"),
        ("((a{1,3}){1,3}){1,3}", "steps"),
        ("(?i)(?:[a-z]{1,9}S?){1,9}!", "steps"),
        ("a{2000}", "steps"),
        ("(", "no regular expression"),
        ("x{0,3}", "everywhere"),
    ],
)
def test_a_pattern_that_could_stop_an_import_or_cannot_work_is_refused_with_its_reason(pattern: str, because: str):
    with pytest.raises(ValidationError, match=because):
        Pattern(name="own", pattern=pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"C-\d{6}", "C-123456"),
        (r"\w{1,30}@\w{1,30}\.de", "mira@acme.de"),
        (r"[A-Z]{1,20}-\d{1,20}-\d{1,20}", "AB-12-3456"),
        (r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b", "DE89 3704 0044 0532 01XY"),
        (r"(?<!\d)(\d)\1{5,9}(?!\d)", "1111111"),
        (r"(?i)kd[ -]?[a-z]{2,4}(?:/|-)\d{4,10}", "KD-abc/12345"),
    ],
)
def test_a_pattern_that_ends_everywhere_is_taken(pattern: str, text: str):
    own = Pattern(name="own", pattern=pattern).custom
    assert [f"here {text} there"[one.start : one.end] for one in find(f"here {text} there", [], [own])] == [text]


def test_rules_that_name_nothing_known_are_refused():
    for given in ({"detect": ["emails"]}, {"open": ["boss"]}, {"columns": {"meta.x": "No Kind"}}, {"openig": []}):
        with pytest.raises(ValidationError):
            Pii.model_validate(given)
