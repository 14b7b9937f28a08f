"""The cycle of next and submit in houses of different size, and what filling them takes.

The houses are separate installations, so that the small one does not stand in the large one's database. Their rounds
are interleaved, so that whatever else the machine does falls on all of them alike. A machine is shared, also with other
machines of its host, and that can only add: rates and processor times are those of the best round, with the median
beside them; latencies are of all rounds.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.desk import Desk
from bench.house import House, Taken
from bench.report import Line
from bench.scale import Scale
from bench.server import Server, serving
from bench.shift import Worked, percentile, shift
from bench.texts import fresh

RATE, CPU_MS, FLAT, NEXT_MS = 150, 6, 1.1, 60
INTAKE_S = {100_000: 6, 1_000_000: 70}
ROUTE_S = {1_000_000: 60}
FLAT_MB = 1.2
AGAIN = 100_000  # houses up to this size are filled several times


class Filled(NamedTuple):
    """An installation with one programme, routed, and people at work in it."""

    server: Server
    house: House
    programme: str
    desks: list[Desk]
    taken: Taken
    routed: Taken


@contextmanager
def filled(folder: Path, count: int, users: int) -> Iterator[Filled]:
    """An installation that holds `count` items, half of them with predictions, as work for `users`."""
    with serving(folder / f"house-{count}") as server, ExitStack() as end:
        house = House(server)
        end.callback(house.close)
        programme = house.programme("bench")
        file = fresh(folder, count)
        taken = house.take_in(programme, file)
        assert taken.result["items"] == count, taken.result
        file.path.unlink()
        routed = house.route(programme)
        assert routed.result["items"] == count, routed.result
        house.rest(programme)  # what came in is made findable behind its import, and is no part of a cycle
        yield Filled(server, house, programme, house.hire(programme, users), taken, routed)


def cycles(folder: Path, scale: Scale) -> list[Line]:
    """Rate, processor time and latency of a cycle by size, and the intake of each size."""
    lines: list[Line] = []
    with ExitStack() as open_:
        houses = {count: open_.enter_context(filled(folder, count, scale.users)) for count in scale.houses}
        smaller: Filled | None = None
        for count, one in houses.items():
            lines += _intake(count, _intakes(folder, count, one, scale.fills), smaller or one)
            smaller = one
            shift(one.server, one.desks, cycles=scale.cycles // 10)  # caches are warm when it counts
        rounds: dict[int, list[Worked]] = {count: [] for count in houses}
        for _ in range(scale.rounds):
            for count, one in houses.items():
                round_ = shift(one.server, one.desks, cycles=scale.cycles)
                assert round_.cycles >= scale.cycles, f"the house of {count:,} items ran out of work"
                rounds[count].append(round_)
    for count, worked in rounds.items():
        lines += _worked(count, worked, rounds[min(rounds)], scale)
    return lines


def _intakes(folder: Path, count: int, first: Filled, fills: int) -> list[Filled]:
    """The house, and for a small one others that are only filled."""
    more: list[Filled] = []
    for number in range(1, fills if count <= AGAIN else 1):
        with filled(folder / f"again-{number}", count, 0) as one:
            more.append(one)
    return [first, *more]


def _intake(count: int, all_: Sequence[Filled], smaller: Filled) -> list[Line]:
    here = f"{count:,} items"
    one = min(all_, key=lambda one: one.taken.wall_s)
    routed = min((one.routed for one in all_), key=lambda routed: routed.wall_s)
    most = f"of {len(all_)}, slowest {max(one.taken.wall_s for one in all_):.3g} s" if len(all_) > 1 else ""
    own_mb = min(one.taken.own_mb for one in all_)
    return [
        Line(f"import {here}, half with predictions", one.taken.wall_s, "s", INTAKE_S.get(count), note=most),
        Line(f"import {here}, processor", one.taken.cpu_s, "s"),
        Line(f"import {here}, rows", count / one.taken.wall_s, "/s"),
        Line(f"import {here}, most resident memory", one.taken.rss_mb, "MiB", note="with pages of the mapped database"),
        Line(f"import {here}, most memory of its own", own_mb, "MiB", note="server, job process, who reads ahead"),
        Line(f"import {here}, own memory over the next smaller", own_mb / smaller.taken.own_mb, "x", FLAT_MB),
        Line(f"route {here}", routed.wall_s, "s", ROUTE_S.get(count)),
        Line(f"route {here}, processor", routed.cpu_s, "s"),
    ]


def _worked(count: int, worked: list[Worked], smallest: list[Worked], scale: Scale) -> list[Line]:
    here, first = f"{count:,} items, {scale.users} users", count == scale.houses[0]
    waits = [one for round_ in worked for one in round_.next_s]
    submits = [one for round_ in worked for one in round_.submit_s]
    cpu_ms = min(one.cpu_ms for one in worked)
    over = median(one.cpu_ms / other.cpu_ms for one, other in zip(worked, smallest, strict=True))
    usual = f"median of {len(worked)} rounds {median(one.rate for one in worked):.3g}"
    usual_ms = f"median {median(one.cpu_ms for one in worked):.3g}"
    return [
        Line(f"cycles, {here}", max(one.rate for one in worked), "/s", RATE if first else None, least=True, note=usual),
        Line(f"processor a cycle, {here}", cpu_ms, "ms", CPU_MS if first else None, note=usual_ms),
        Line(f"processor a cycle over the smallest house, {here}", over, "x", None if first else FLAT),
        Line(f"fresh next p95, {here}", percentile(waits, 0.95), "ms", NEXT_MS if count == 100_000 else None),
        Line(f"fresh next p50, {here}", percentile(waits, 0.5), "ms"),
        Line(f"submit p95, {here}", percentile(submits, 0.95), "ms"),
    ]
