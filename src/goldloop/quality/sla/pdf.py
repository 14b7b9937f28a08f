"""The client's report as a PDF: the same parts and words as the page, for who files paper."""

from typing import Any

from goldloop.core.clock import minute
from goldloop.quality.paper import Part, typeset

STATES = {"kept": "kept", "at_risk": "at risk", "breached": "breached", "unknown": "unknown"}


def as_pdf(report: dict[str, Any]) -> bytes:
    """A report as the bytes of a PDF."""
    return typeset(
        report["title"],
        opening(report),
        tables(report),
        file_title=f"{report['title']}: {report['first_day']} to {report['last_day']}",
        author=report["organisation"],
        foot=f"as of {moment(report['as_of'])}",
    )


def opening(report: dict[str, Any]) -> list[str]:
    """What stands above the tables."""
    price = report["price"]
    credited = (
        "no price is agreed in the programme file, so that no credit is computed"
        if price is None
        else f"credits: {money(report['credited'], report)} of {money(price, report)}"
        + (", as much as the agreement allows" if report["capped"] else "")
    )
    running = "" if report["over"] else "; the period is still running"
    whom = f"{report['organisation']} for {report['client']}"
    when = f"{report['first_day']} to {report['last_day']} ({report['zone']}){running}"
    return [f"{whom}, {when}", f"as of {moment(report['as_of'])}; {credited}"]


def tables(report: dict[str, Any]) -> list[Part]:
    """Every part as a heading, its columns, its rows, and how wide the columns are to each other."""
    return [
        _terms(report),
        _batches(report),
        _annotators(report),
        _questions(report),
        _remediations(report),
        _credits(report),
        _words(report),
    ]


def _terms(report: dict[str, Any]) -> Part:
    return (
        "What was promised",
        ("term", "promise", "state", "number", "because", "owner", "credit"),
        [
            (
                one["term"],
                one["says"],
                STATES[one["state"]],
                number(one),
                one["because"],
                one["owner"],
                money(one["credit"], report) if one["credit"] else "-",
            )
            for one in report["terms"]
        ],
        (2, 5, 1.6, 3, 6, 1.6, 1.8),
    )


def _batches(report: dict[str, Any]) -> Part:
    return (
        "Batches decided in the period",
        ("batch", "items", "outcome", "agreement", "accuracy", "proved", "client"),
        [
            (
                one["batch"],
                f"{one['items']:,}",
                one["outcome"] + (", below the contract's line" if one["failed_contract"] else ""),
                number(one["agreement"], floor=one["agreement_floor"]),
                number(one["accuracy"], floor=one["accuracy_floor"]),
                one["proved"] or "-",
                said(one["client"]) if one["outcome"] != "fail" else "-",
            )
            for one in report["batches"]
        ],
        (2, 1, 2, 4, 4, 4, 3),
    )


def _annotators(report: dict[str, Any]) -> Part:
    return (
        "Annotators, to date",
        ("annotator", "right of checked", "accuracy", "most frequent mistakes"),
        [
            (
                one["annotator"] + (" (simulated)" if one["simulated"] else ""),
                f"{one['right']:,} of {one['checked']:,}",
                number(one),
                "; ".join(one["mistakes"]) or "-",
            )
            for one in report["annotators"]
        ],
        (3, 2, 4, 5),
    )


def _questions(report: dict[str, Any]) -> Part:
    return (
        "Questions",
        ("batch", "asked", "due", "answered", "working hours", "in time"),
        [
            (one["batch"], *_moments(one, "asked_at", "due_at", "answered_at"), *_time(one))
            for one in report["escalations"]
        ],
        (3, 2, 2, 2, 1.5, 1),
    )


def _remediations(report: dict[str, Any]) -> Part:
    return (
        "Remediations",
        ("batch", "failed", "due", "ended", "labelled anew", "working hours", "in time"),
        [
            (
                one["batch"],
                *_moments(one, "failed_at", "due_at", "ended_at"),
                f"{one['labelled_anew']:,}",
                *_time(one),
            )
            for one in report["remediations"]
        ],
        (3, 2, 2, 2, 1.5, 1.5, 1),
    )


def _credits(report: dict[str, Any]) -> Part:
    return (
        "Credits",
        ("term", "about", "share", "of", "amount", "because"),
        [
            (
                one["term"],
                one["about"],
                f"{one['share']:.1%}",
                money(one["price"], report),
                money(one["amount"], report),
                one["because"],
            )
            for one in report["credits"]
        ],
        (2, 2, 1, 1.5, 1.5, 7),
    )


def _words(report: dict[str, Any]) -> Part:
    return (
        "What the words mean",
        ("word", "means"),
        [(one["word"], one["means"]) for one in report["definitions"]],
        (2, 9),
    )


def number(one: dict[str, Any], *, floor: float | None = None) -> str:
    """A number with its interval and denominator, or why there is none."""
    if one["value"] is None:
        return f"cannot be said: {one['because']}"
    out = f"{one['value']:.4g}"
    if one["low"] is not None and one["high"] is not None:
        out += f" [{one['low']:.4g}, {one['high']:.4g}] at {one['level']:.0%}"
    out += f", {one['n']:,} of {one['eligible']:,}"
    return out + (f"; floor {floor:g}" if floor is not None else "")


def said(client: dict[str, Any]) -> str:
    """What the client said of a batch: by whom, when, and why."""
    if client["by"] is None:
        return "not signed off"
    who = f"{client['by']}, {moment(client['at'])}"
    words = {"signed": "signed off by", "disputed": "disputed by", "asked": "asked again; last word by"}
    why = f": {client['because']}" if client["because"] else ""
    return f"{words[client['state']]} {who}{why}"


def money(minor: int, report: dict[str, Any]) -> str:
    """Minor units in words that cannot be misread: no currency's number of decimals is assumed."""
    return f"{minor:,} minor units of {report['currency']}"


def moment(at: int | None) -> str:
    """A moment in UTC, to the minute."""
    return "-" if at is None else minute(at)


def _moments(one: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(moment(one[name]) for name in names)


def _time(one: dict[str, Any]) -> tuple[str, str]:
    return f"{one['working_hours']:.1f}", {True: "yes", False: "no", None: "-"}[one["in_time"]]
