"""How people stand in the programmes that calibrate, and which lanes that closes to them."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.policy import Calibration, Policy
from goldloop.loop.context import Contexts
from goldloop.loop.examine import begin, needs_exam, not_stuck
from goldloop.store import calibrations
from goldloop.store.calibrations import CalibrationRow
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.lanes import Hands, Requirements
from goldloop.store.programmes import InForce, in_force

ROUND = 10  # works


class Seat(NamedTuple):
    """How a person stands in a programme that calibrates."""

    programme_id: int
    policy: Policy
    force: InForce
    doc: Calibration
    row: CalibrationRow

    @property
    def state(self) -> str:
        """exam, passed, paused or undecided."""
        return CALIBRATION_NAMES[self.row.state]


class Measured(NamedTuple):
    """Where a person is measured on hidden gold, and where they are paused."""

    hiding: frozenset[int]
    paused: Mapping[int, Calibration]

    def shuts(self, wanted: Requirements) -> bool:
        """True where a pause closes a lane to them."""
        doc = self.paused.get(wanted.programme)
        return doc is not None and wanted.person is None and wanted.tier in doc.tiers

    def rounded(self, programme_id: int, count: int) -> int:
        """How much is ready, in tens where gold is hidden: to the last one, counting would tell gold from the rest."""
        return -(-count // ROUND) * ROUND if programme_id in self.hiding else count


def seats(
    connection: Connection,
    contexts: Contexts,
    person_id: int,
    hands: Mapping[int, Hands],
    force: Mapping[int, InForce],
    *,
    at: int,
) -> dict[int, Seat]:
    """How a person stands in every programme that calibrates, an exam opened where they need one."""
    out = {}
    for programme_id, now in force.items():
        policy = contexts.policy(connection, now.id)
        doc = policy.calibration
        if doc is None or not hands[programme_id].tiers.intersection(doc.tiers):
            continue
        row = calibrations.calibration_of(connection, programme_id, person_id)
        if row is None or needs_exam(doc, row, contexts.task(connection, now.id), at=at):
            row = begin(connection, contexts, person_id, hands[programme_id], policy, programme_id, now, at=at)
        if CALIBRATION_NAMES[row.state] == "exam":
            row = not_stuck(connection, contexts, row, hands[programme_id], at=at)
        out[programme_id] = Seat(programme_id, policy, now, doc, row)
    return out


def closed_to(seats: Mapping[int, Seat], wanted: Requirements) -> bool:
    """True where a lane asks for an exam that this person has not passed."""
    seat = seats.get(wanted.programme)
    return seat is not None and seat.state != "passed" and wanted.person is None and wanted.tier in seat.doc.tiers


def refusal(seat: Seat) -> str:
    """Why somebody gets no live work."""
    what = (
        "you are paused in this programme" if seat.state == "paused" else "your exam in this programme is not settled"
    )
    return f"{what}: {seat.row.because}. A senior may lift it; on your own page you may say why it is wrong"


def measured_in(connection: Connection, contexts: Contexts, person_id: int, hands: Mapping[int, Hands]) -> Measured:
    """How a person is measured in the programmes they work in; writes nothing."""
    hiding, paused = set[int](), dict[int, Calibration]()
    for programme_id in hands:
        force = in_force(connection, programme_id)
        doc = contexts.policy(connection, force.id).calibration
        if doc is not None and (doc.hidden or doc.probes.share):
            hiding.add(programme_id)
        seat = is_shut(connection, contexts, person_id, programme_id, force.id)
        if seat is not None:
            paused[programme_id] = seat.doc
    return Measured(frozenset(hiding), paused)


def is_shut(
    connection: Connection, contexts: Contexts, person_id: int, programme_id: int, policy_id: int
) -> Seat | None:
    """The seat of somebody who may do nothing but finish what is their own in this programme; None for all others."""
    policy = contexts.policy(connection, policy_id)
    row = calibrations.calibration_of(connection, programme_id, person_id) if policy.calibration is not None else None
    if policy.calibration is None or row is None or CALIBRATION_NAMES[row.state] not in ("paused", "undecided"):
        return None
    return Seat(programme_id, policy, InForce(policy_id, 0, None), policy.calibration, row)
