"""A calendar file that calendars read: lines of 75 octets, text escaped, the same event under the same name."""

from goldloop.rhythm.ical import Entry, as_ical

ENTRY = Entry(
    uid="desk/audit:watch/1@goldloop",
    title="desk: Audit, of; \\things\nand more",
    about="ü" * 90,
    due_at=1_780_000_000_000_000,
    state="lapsed",
    url="http://127.0.0.1/p/desk/quality",
    kind="audit",
)


def unfolded(text: str) -> list[str]:
    """As RFC 5545, 3.1 says it is read."""
    return text.replace("\r\n ", "").split("\r\n")


def test_no_line_is_longer_than_75_octets_and_none_is_cut_inside_a_letter() -> None:
    text = as_ical([ENTRY], name="desk", at=0)
    assert text.endswith("END:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"DESCRIPTION:{'ü' * 90}" in unfolded(text)


def test_what_has_a_meaning_in_a_calendar_is_escaped() -> None:
    lines = unfolded(as_ical([ENTRY], name="desk", at=0))
    assert "SUMMARY:LAPSED: desk: Audit\\, of\\; \\\\things\\nand more" in lines
    assert "DTSTART:20260528T202640Z" in lines


def test_controls_cannot_end_a_line() -> None:
    wild = ENTRY.model_copy(update={"title": "a\r\nBEGIN:VALARM\x00\x07"})
    lines = unfolded(as_ical([wild], name="desk", at=0))
    assert "BEGIN:VALARM" not in lines
    assert "SUMMARY:LAPSED: a\\nBEGIN:VALARM" in lines
