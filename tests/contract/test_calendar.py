"""What falls due in a programme, and what has lapsed, on both databases."""

import pytest
from tests.contract import gates
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.clock import DAY, HOUR
from goldloop.loop.brief import Reading, heard
from goldloop.quality import calendar as calendar_module
from goldloop.quality.calendar import Duty, calendar, hear_lapses
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.open import Store
from goldloop.store.releases import add_release
from goldloop.store.schema import brief

FILE = """
batches: {size: 8, due_days: 2}
gates: {release: {owner: mona, checks: [completeness.v1], failed_batch: [completeness.v1]}}
audits: {watch: {release: intents, owner: mona, every_days: 7, plan: {kind: sequential, aql: 0.02, ltpd: 0.20}}}
sla:
  client: Northwind
  calendar: {zone: Europe/Berlin}
  terms: {pace: {promise: throughput, owner: mona, items: 1}}
"""


def due(made: Kernel, *, after: int = 0) -> dict[str, Duty]:
    """What falls due, by kind, as one looks so much later."""
    with made.store.read() as connection:
        found = calendar(connection, made.programme, at=made.at + after)
    assert [one.due_at is None for one in found] == sorted(one.due_at is None for one in found)
    days = [one.due_at for one in found if one.due_at is not None]
    assert days == sorted(days)
    return {one.kind: one for one in found}


def lapses(made: Kernel) -> dict[str, BriefRow]:
    with made.store.read() as connection:
        return {one.key: one for one in briefs(connection, made.programme, brief.c.source == "lapse")}


def released(made: Kernel) -> None:
    """A release of the dataset that the audit is of."""
    with made.store.write() as connection:
        add_release(
            connection,
            made.programme,
            "dataset",
            "intents",
            "{}",
            by=made.mona,
            at=made.at,
            sealed=b"\0" * 32,
            parents=[],
        )


def test_everything_that_falls_due_is_on_one_page_with_its_owner_and_reason(store: Store) -> None:
    made = kernel(store, ANNOTATE + FILE, items=8)
    made.answer("ann", "escalate")
    with store.write() as connection:
        heard(connection, Reading(made.programme, "k", "evaluation", "It errs", False, "0.7 of 9"), at=made.at)
    found = due(made)
    assert set(found) == {"audit", "batch", "question", "brief", "period"}
    assert (found["batch"].about, found["batch"].overdue) == ("batch-1", False)
    assert found["batch"].because == "0 of 8 items are decided"
    assert (found["audit"].due_at, found["audit"].because) == (None, "nothing of 'intents' was released yet")
    assert (found["brief"].about, found["brief"].owner) == ("It errs", "Mona")
    assert "1 terms are closed and reported to Northwind" in found["period"].because
    later = due(made, after=3 * DAY)
    assert later["batch"].overdue
    assert later["question"].overdue
    assert not later["brief"].overdue


def test_a_deadline_and_a_cadence_that_nobody_kept_are_findings_until_they_are_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = kernel(store, ANNOTATE + FILE, items=8)
    released(made)

    def night(after: int) -> list[str]:
        monkeypatch.setattr(calendar_module, "now", lambda: made.at + after)
        done = gates.run(made, "lapses", hear_lapses, {"programme": made.programme})
        return list(done["lapsed"])

    assert night(DAY) == []
    assert lapses(made) == {}
    assert due(made, after=7 * DAY + HOUR)["audit"].overdue
    assert night(3 * DAY) == ["lapse:batch:batch-1"]
    assert night(9 * DAY) == ["lapse:audit:watch", "lapse:batch:batch-1"]
    found = lapses(made)
    assert found["lapse:audit:watch"].title == "The audit watch has lapsed"
    assert found["lapse:batch:batch-1"].because == "0 of 8 items are decided"
    assert {one.owner_id for one in found.values()} == {made.mona}
    gates.work_off(made, "ann", lambda _: "a")
    assert night(10 * DAY) == ["lapse:audit:watch"]
    assert lapses(made)["lapse:batch:batch-1"].state == "closed"
