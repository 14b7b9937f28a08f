"""Draws docs/statistics/plots/*.svg from `goldloop.stats`: `make docs`. Seeded: the same code draws the same."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from goldloop.stats import (
    agreement,
    bias,
    confidence,
    diversity,
    drift,
    estimate,
    paired,
    ranking,
    retrieval,
    sampling,
    spans,
    truth,
)

FOLDER = Path(__file__).parent / "statistics" / "plots"
WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 40, 56
COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#8a3d7a")  # Okabe and Ito's, darkened until text in them can be read
DASHES = ("", "7 4", "2 3", "9 3 2 3")
GAP = 15
FONT = 'font-family="sans-serif" font-size="12" fill="#222"'


class Line(NamedTuple):
    """One named series."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


class Axis(NamedTuple):
    """What an axis shows, where its ticks stand, and whether it is logarithmic."""

    label: str
    ticks: Sequence[float]
    log: bool = False
    percent: bool = False

    def at(self, value: float) -> float:
        """Where a value lies between the first tick (0) and the last (1)."""
        low, high, here = (math.log(v) if self.log else v for v in (self.ticks[0], self.ticks[-1], value))
        return (here - low) / (high - low)

    def said(self, value: float) -> str:
        """A tick's text."""
        return f"{100 * value:g} %" if self.percent else f"{value:,g}" if abs(value) < 1e6 else f"{value:.0e}"


def chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """A line chart as SVG; every line is named at its right end, in its colour and with its own dashes."""
    label = f'aria-label="{escape(title)}"'
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT} {label}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for tick in y.ticks:
        row = TOP + down * (1 - y.at(tick))
        parts.append(f'<path d="M{LEFT} {row:.1f}h{across}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{row + 4:.1f}" text-anchor="end">{y.said(tick)}</text>')
    for tick in x.ticks:
        column = LEFT + across * x.at(tick)
        parts.append(f'<path d="M{column:.1f} {TOP + down}v5" stroke="#666"/>')
        parts.append(f'<text x="{column:.1f}" y="{TOP + down + 20}" text-anchor="middle">{x.said(tick)}</text>')
    parts.append(f'<path d="M{LEFT} {TOP}v{down}h{across}" stroke="#666" fill="none"/>')
    parts.append(f'<text x="{LEFT + across / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x.label)}</text>')
    middle = TOP + down / 2
    parts.append(
        f'<text x="16" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 16 {middle:.0f})">'
        f"{escape(y.label)}</text>"
    )
    rows = _apart([TOP + down * (1 - y.at(line.y[-1])) for line in lines])
    for line, row, colour, dash in zip(lines, rows, COLOURS, DASHES, strict=False):
        points = [
            f"{LEFT + across * x.at(a):.1f} {TOP + down * (1 - y.at(b)):.1f}"
            for a, b in zip(line.x, line.y, strict=True)
        ]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        end = LEFT + across * x.at(line.x[-1]) + 8
        parts.append(f'<text x="{end:.1f}" y="{row + 4:.1f}" fill="{colour}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _apart(rows: list[float]) -> list[float]:
    """Rows of text moved until none covers another, or the ticks below the chart."""
    placed, next_ = list(rows), float(HEIGHT - BOTTOM)
    for k in sorted(range(len(rows)), key=rows.__getitem__, reverse=True):
        placed[k] = min(rows[k], next_)
        next_ = placed[k] - GAP
    return placed


def _agreement() -> str:
    """Two annotators, each right nine times in ten, while one answer becomes rarer."""
    r, shares, kappas, steady, same = np.random.default_rng(1), [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5], [], [], []
    n = 40_000
    for share in shares:
        rare = r.random(n) < share
        said = np.where(r.random((n, 2)) < 0.9, rare[:, None], ~rare[:, None]).astype(np.int64)
        columns = (np.repeat(np.arange(n), 2), np.tile([0, 1], n), said.ravel())
        kappas.append(agreement.krippendorff(*columns, interval="none").value or 0.0)
        steady.append(agreement.gwet(*columns, interval="none").value or 0.0)
        same.append(agreement.percent(*columns, interval="none").value or 0.0)
    return chart(
        "The same two people, the rarer the answer the lower alpha",
        Axis("share of the rarer answer", [0.01, 0.02, 0.05, 0.1, 0.2, 0.5], log=True, percent=True),
        Axis("agreement", [0, 0.2, 0.4, 0.6, 0.8, 1]),
        [
            Line("percent", shares, same),
            Line("Gwet's AC1", shares, steady),
            Line("Krippendorff's alpha", shares, kappas),
        ],
    )


def _spans() -> str:
    """Spans of a few words; the second annotator moves each end with some probability."""
    r, chances, exact, overlap = np.random.default_rng(2), [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5], [], []
    document, start = np.repeat(np.arange(1000), 2), np.tile([5, 20], 1000)
    end, kind = start + r.integers(1, 5, len(start)), np.repeat(["x"], len(start))
    for chance in chances:
        moved = start - (r.random(len(start)) < chance), end + (r.random(len(end)) < chance)
        for kept, match in ((exact, "exact"), (overlap, "overlap")):
            found = spans.score(
                (document, start, end, kind), (document, *moved, kind), match=match, interval="none"
            )  # fmt: skip
            kept.append(found.f1.value or 0.0)
    return chart(
        "A word too many at an end costs exact F1 the whole span",
        Axis("chance that an end is off by one word", [0, 0.1, 0.2, 0.3, 0.4, 0.5], percent=True),
        Axis("F1", [0, 0.2, 0.4, 0.6, 0.8, 1]),
        [Line("overlap", chances, overlap), Line("exact", chances, exact)],
    )


def _truth() -> str:
    """A crowd of the able, the careless and a few spammers."""
    r, each = np.random.default_rng(3), [1, 2, 3, 5, 7, 9]
    items, people, classes = 1500, 60, 4
    right, found = r.integers(0, classes, items), {"default": [], "majority": []}
    skill = np.concatenate([r.uniform(0.75, 0.95, 25), r.uniform(0.4, 0.7, 25), np.full(10, 0.25)])
    for labels in each:
        item = np.repeat(np.arange(items), labels)
        who = np.concatenate([r.choice(people, labels, replace=False) for _ in range(items)])
        wrong = (right[item] + r.integers(1, classes, len(item))) % classes
        said = np.where(r.random(len(item)) < skill[who], right[item], wrong)
        for name, model in (("default", truth.hierarchical), ("majority", truth.majority)):
            found[name].append(float((model(item, who, said).answers == right).mean()))
    return chart(
        "A model of the annotators gets more out of the same labels",
        Axis("labels an item", [1, 3, 5, 7, 9]),
        Axis("right answers", [0.5, 0.6, 0.7, 0.8, 0.9, 1], percent=True),
        [Line(name, each, values) for name, values in found.items()],
    )


def _estimate() -> str:
    sizes = [30, 50, 100, 200, 300, 500, 1000, 2000, 3000]

    def half(share: float) -> list[float]:
        limits = [estimate.proportion(round(share * n), n).interval for n in sizes]
        return [(one.high - one.low) / 2 for one in limits if one]

    return chart(
        "How far the truth may lie from the measured accuracy (95 %)",
        Axis("audited items", [30, 100, 300, 1000, 3000], log=True),
        Axis("+- percentage points", [0, 0.05, 0.1, 0.15, 0.2], percent=True),
        [Line(f"accuracy {share:.0%}", sizes, half(share)) for share in (0.5, 0.8, 0.9, 0.98)],
    )


def _sampling() -> str:
    rates = np.linspace(0, 0.15, 31)
    points = {"aql": 0.02, "ltpd": 0.10}
    plans = [
        ("single plan", sampling.single_plan(**points)),
        ("double plan", sampling.double_plan(**points)),
        ("sequential plan", sampling.sequential_plan(**points)),
    ]
    return chart(
        "Items to judge until the batch is decided: 2 % should pass, 10 % not",
        Axis("defect rate of the batch", [0, 0.05, 0.1, 0.15], percent=True),
        Axis("judged items, on average", [0, 20, 40, 60, 80]),
        [
            Line(name, rates.tolist(), sampling.operating_characteristic(plan, rates).average_sample.tolist())
            for name, plan in plans
        ],
    )


def _acceptance() -> str:
    rates = np.linspace(0, 0.15, 31)
    plans = [sampling.single_plan(aql=0.02, ltpd=0.10), sampling.single_plan(aql=0.02, ltpd=0.05)]
    return chart(
        "What a plan does to batches of any quality",
        Axis("defect rate of the batch", [0, 0.05, 0.1, 0.15], percent=True),
        Axis("chance of acceptance", [0, 0.2, 0.4, 0.6, 0.8, 1], percent=True),
        [
            Line(
                f"{plan.n[0]} items, up to {plan.accept[0]}",
                rates.tolist(),
                sampling.operating_characteristic(plan, rates).acceptance.tolist(),
            )
            for plan in plans
        ],
    )


def _confidence() -> str:
    limits = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1]
    return chart(
        "Calibration labels above the threshold, to promise an error rate",
        Axis("promised error rate (alpha)", limits, log=True, percent=True),
        Axis("labels", [30, 100, 300, 1000, 3000, 10_000], log=True),
        [
            Line(name, limits, [confidence.labels_needed(alpha=a, error=part * a, power=0.8) or 0 for a in limits])
            for name, part in (("half of alpha wrong", 0.5), ("a quarter wrong", 0.25), ("nothing wrong", 0.0))
        ],
    )


def _bias() -> str:
    sizes = [20, 50, 100, 200, 500, 1000, 2000]

    def half(share: float) -> list[float]:
        widths = []
        for n in sizes:
            agrees = np.concatenate([np.arange(2 * n) < share * 2 * n, np.arange(n) < share * n])
            limits = bias.anchoring(agrees, np.arange(3 * n) < 2 * n).overall.interval
            widths.append((limits.high - limits.low) / 2 if limits else 1.0)
        return widths

    return chart(
        "How small an anchoring effect a blind arm can tell from none",
        Axis("items in the blind arm (twice as many shown)", [20, 50, 100, 200, 500, 1000, 2000], log=True),
        Axis("+- percentage points", [0, 0.1, 0.2, 0.3], percent=True),
        [Line(f"{share:.0%} agree blind", sizes, half(share)) for share in (0.6, 0.8, 0.95)],
    )


def _drift() -> str:
    budgets, lines = [50, 100, 200, 500, 1000], []
    for tolerance in (0.10, 0.05, 0.02):
        found = [drift.detectable_degradation(n, tolerance=tolerance) for n in budgets]
        lines.append(Line(f"tolerance {tolerance:.0%}", budgets, [1.0 if one is None else one for one in found]))
    return chart(
        "The smallest error rate that a label budget shows (power 80 %)",
        Axis("audited items", budgets, log=True),
        Axis("error rate", [0, 0.1, 0.2, 0.3, 0.4], percent=True),
        lines,
    )


def _ranking() -> str:
    votes, lines = [10, 20, 50, 100, 200, 500], []
    for items in (3, 5, 10):
        first, second = np.triu_indices(items, 1)
        errors = []
        for n in votes:
            found = ranking.bradley_terry(
                np.tile(first, 2), np.tile(second, 2), np.repeat([1.0, 0.0], len(first)),
                counts=np.full(2 * len(first), n // 2),
            )  # fmt: skip
            limits = found.abilities[0].interval
            errors.append((limits.high - limits.low) / 2 if limits else 1.0)
        lines.append(Line(f"{items} items", votes, errors))
    return chart(
        "How sure an ability is, by comparisons of every pair",
        Axis("comparisons a pair", votes, log=True),
        Axis("+- log odds", [0, 0.2, 0.4, 0.6, 0.8]),
        lines,
    )


def _paired() -> str:
    pairs = list(range(5, 61))

    def least(level: float) -> list[float]:
        shares = []
        for n in pairs:
            won = next((k for k in range((n + 1) // 2, n + 1) if paired.mcnemar(k, n - k) <= 1 - level), n)
            shares.append(won / n)
        return shares

    return chart(
        "How many of the items that differ the new version must win",
        Axis("items on which the versions differ", [5, 10, 20, 30, 40, 50, 60]),
        Axis("share won", [0.5, 0.6, 0.7, 0.8, 0.9, 1], percent=True),
        [Line("p <= 0.01", pairs, least(0.99)), Line("p <= 0.05", pairs, least(0.95))],
    )


def _diversity() -> str:
    r, sizes = np.random.default_rng(5), [20, 50, 100, 200, 500, 1000]
    words = np.array([f"w{k}" for k in range(2000)])
    chance = 1 / np.arange(1, len(words) + 1)
    texts = [" ".join(r.choice(words, 12, p=chance / chance.sum())) for _ in range(max(sizes))]
    shares = {n: [diversity.distinct(texts[:k], n=n).value or 0.0 for k in sizes] for n in (2, 1)}
    return chart(
        "Distinct-n falls as the same source gives more texts",
        Axis("texts", sizes, log=True),
        Axis("share of n-grams that are different", [0, 0.2, 0.4, 0.6, 0.8, 1], percent=True),
        [Line(f"distinct-{n}", sizes, values) for n, values in shares.items()],
    )


def _retrieval() -> str:
    r, sizes = np.random.default_rng(6), [10, 20, 50, 100, 200, 500]
    place = r.geometric(0.35, max(sizes))
    names = {"recip_rank": "MRR", "recall_1": "recall@1"}
    widths: dict[str, list[float]] = {name: [] for name in names}
    for n in sizes:
        run = [(q, f"d{k}", -float(k)) for q in range(n) for k in range(1, 11)]
        means = retrieval.evaluate(run, [(q, f"d{place[q]}", 1) for q in range(n)], measures=list(names)).means
        for name, kept in widths.items():
            limits = means[name].interval
            kept.append((limits.high - limits.low) / 2 if limits else 1.0)
    return chart(
        "How far the truth may lie from a measured mean, by queries",
        Axis("queries", sizes, log=True),
        Axis("+-", [0, 0.1, 0.2, 0.3, 0.4]),
        [Line(names[name], sizes, kept) for name, kept in widths.items()],
    )


PLOTS: dict[str, Callable[[], str]] = {
    "agreement.svg": _agreement,
    "spans.svg": _spans,
    "truth.svg": _truth,
    "estimate.svg": _estimate,
    "sampling.svg": _sampling,
    "acceptance.svg": _acceptance,
    "confidence.svg": _confidence,
    "bias.svg": _bias,
    "drift.svg": _drift,
    "ranking.svg": _ranking,
    "paired.svg": _paired,
    "diversity.svg": _diversity,
    "retrieval.svg": _retrieval,
}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PLOTS.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
