"""A statement as a PDF: the same lines as the page, for who files paper."""

from typing import Any

from goldloop.core.clock import minute
from goldloop.quality.paper import Part, typeset

COLUMNS = ("what", "about", "month", "counted", "hours", "price", "amount", "because")
WIDTHS = (1.5, 3, 1.2, 1.2, 1.2, 1.8, 2, 6)


def as_pdf(found: dict[str, Any]) -> bytes:
    """A statement as the bytes of a PDF."""
    title = f"{found['title']}: statement of {found['month']}"
    state = f"closed {minute(found['closed_at'])}" if found["closed_at"] else "open: it may still change"
    opening = [
        f"{found['organisation']} for {found['for']}; {state}",
        f"{found['first_day']} to {found['last_day']} ({found['zone']})",
        f"total {money(found['total'], found)}; by {found['pays_by']}",
    ]
    if found["unpriced"]:
        opening.append(f"{found['unpriced']:,} lines have no price and are in no total")
    if found["simulated"]:
        opening.append("this person is simulated: nobody is paid")
    return typeset(
        title,
        opening,
        parts(found),
        file_title=title,
        author=found["organisation"],
        foot=f"as of {minute(found['as_of'])}",
    )


def parts(found: dict[str, Any]) -> list[Part]:
    """What is due of the month, and what corrects months before it."""
    now = [one for one in found["lines"] if not one["adjusts"]]
    corrected = [one for one in found["lines"] if one["adjusts"]]
    return [
        (name, COLUMNS, [_row(one, found) for one in lines], WIDTHS)
        for name, lines in (("This month", now), ("Corrections of months before", corrected))
    ]


def money(minor: int, found: dict[str, Any]) -> str:
    """Minor units in words that cannot be misread: no currency's number of decimals is assumed."""
    return f"{minor:,} minor units of {found['currency']}"


def _row(one: dict[str, Any], found: dict[str, Any]) -> tuple[str, ...]:
    return (
        one["kind"].replace("_", " "),
        one["about"],
        one["of"],
        f"{one['n']:,}",
        f"{one['active_ms'] / 3_600_000:.2f}" if one["active_ms"] is not None else "-",
        f"{one['price']:,}" if one["price"] is not None else "-",
        f"{one['amount']:,}" if one["amount"] is not None else "-",
        one["because"],
    )
