"""How big a bench is: the bars' own sizes, or seconds' worth of them."""

from typing import NamedTuple


class Scale(NamedTuple):
    """Sizes of the houses and how much is done in them."""

    small: bool
    houses: tuple[int, ...]
    users: int
    cycles: int
    """Of a round: all rounds and the warming together are fewer than the items of the smallest house."""
    rounds: int
    fills: int
    """How often a house of up to 100k items is filled; the quickest counts."""
    exported: int
    gated: int
    released: int
    moved: int
    double_cycles: int
    stallers: int
    """People who each leave one work lying at a time: in the full bench about 5 of 100 hand-outs."""
    doubles_pg_workers: int
    beside: int
    starts: int
    kills: int
    audits: int
    keys: int
    bounds: int
    calibrated: int
    taught: int
    planned: int
    saving: int
    """Runs of the saving on CLINC150, in every order and for every bound: a calibration sample and a crew each."""
    orders: int
    """Orders of CLINC150 that the saving is measured in."""
    whole: int
    """Runs of the whole loop on each data set."""
    replayed: int
    """Programmes of each kind that are replayed."""
    people: int
    said: int


FULL = Scale(
    small=False,
    houses=(10_000, 100_000, 1_000_000),
    users=8,
    cycles=1_200,
    rounds=7,
    fills=3,
    exported=10_000,
    gated=100_000,
    released=1_000_000,
    moved=100_000,
    double_cycles=100_000,
    stallers=24,
    doubles_pg_workers=4,
    beside=1_000_000,
    starts=5,
    kills=200,
    audits=4_000,
    keys=100,
    bounds=400,
    calibrated=800,
    taught=4_000,
    planned=10_000,
    saving=5,
    orders=5,
    whole=10,
    replayed=3,
    people=500,
    said=1_000_000,
)
SMALL = Scale(
    small=True,
    houses=(400, 800),
    users=4,
    cycles=80,
    rounds=1,
    fills=1,
    exported=200,
    gated=300,
    released=500,
    moved=200,
    double_cycles=300,
    stallers=6,
    doubles_pg_workers=2,
    beside=2_000,
    starts=1,
    kills=2,
    audits=150,
    keys=5,
    bounds=20,
    calibrated=250,
    taught=250,
    planned=500,
    saving=2,
    orders=1,
    whole=1,
    replayed=1,
    people=20,
    said=400,
)
