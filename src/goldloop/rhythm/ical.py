"""Obligations as an iCalendar file (RFC 5545): one event each, at the moment it is due."""

from collections.abc import Sequence
from datetime import UTC, datetime

from goldloop.core.clock import SECOND
from goldloop.core.nouns import Noun

LINE = 75  # octets, RFC 5545, section 3.1
MARK = {"due": "", "done": "done: ", "lapsed": "LAPSED: "}


class Entry(Noun):
    """One event of a calendar. `uid` is the same whenever the file is made, so that a calendar takes it over."""

    uid: str
    title: str
    about: str
    due_at: int
    state: str
    url: str
    kind: str


def as_ical(entries: Sequence[Entry], *, name: str, at: int) -> str:
    """A calendar of a name, made at a moment."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//goldloop//obligations//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(one.uid)}",
            f"DTSTAMP:{_moment(at)}",
            f"DTSTART:{_moment(one.due_at)}",
            f"SUMMARY:{_text(MARK[one.state] + one.title)}",
            f"DESCRIPTION:{_text(one.about)}",
            f"CATEGORIES:{_text(one.kind)}",
            f"URL:{one.url}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y%m%dT%H%M%SZ}"


def _text(said: str) -> str:
    """A value of type TEXT: what has a meaning in it is escaped, and controls are left out."""
    kept = said.replace("\r\n", "\n").replace("\r", "\n")
    escaped = kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(letter for letter in escaped if letter >= " " and letter != "\x7f")


def _folded(line: str) -> str:
    """A line of at most 75 octets, and what is longer in lines that begin with a space; no letter is cut in two."""
    out, width = [""], 0
    for letter in line:
        size = len(letter.encode())
        if width + size > LINE:
            out.append(" ")
            width = 1
        out[-1] += letter
        width += size
    return "\r\n".join(out)
