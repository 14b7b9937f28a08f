"""Spans over 100k documents, boxes and transcripts: `python -m bench.stats.bench_spans`, one JSON line a case."""

import sys

import numpy as np
from bench.stats.bench_agreement import imported, timed


def documents(number: int, *, seed: int = 7):
    """Two annotators' columns, about five spans a document, nine of ten alike."""
    r = np.random.default_rng(seed)
    total = 5 * number
    document = np.sort(r.integers(0, number, total))
    start = r.integers(0, 400, total)
    first = (
        document,
        start,
        start + r.integers(1, 12, total),
        np.array(["PER", "LOC", "ORG"])[r.integers(0, 3, total)],
    )
    keep = r.random(total) < 0.95
    shifted = start + (r.random(total) < 0.05)
    second = (document[keep], shifted[keep], np.maximum(first[2], shifted + 1)[keep], first[3][keep])
    return first, second


SIZES = {"100k": 100_000, "1k": 1_000}


def main(size: str) -> None:
    """All cases; `size` is that of the span documents."""
    from goldloop.stats import boxes, spans, transcripts

    imported("goldloop.stats.spans")
    number = SIZES[size]
    first, second = documents(number)
    for match, bar in (("exact", 3.0 if size == "100k" else None), ("overlap", None)):
        timed(
            f"span F1 {match}",
            f"{size} documents",
            lambda m=match: spans.score(first, second, match=m, documents=number),
            bar=bar,
            value=lambda found: [round(x, 6) for x in (found.f1.value, found.f1.interval.low, found.f1.interval.high)],
        )
    timed("span split", f"{size} documents", lambda: spans.split(first, second), value=str)
    r = np.random.default_rng(7)
    words = np.array(["one", "two", "three", "four", "five"])
    spoken = [" ".join(words[r.integers(0, 5, 20)]) for _ in range(number // 10)]
    heard = [" ".join(words[r.integers(0, 5, 20)]) for _ in range(number // 10)]
    timed(
        "WER",
        f"{number // 10:,} utterances of 20",
        lambda: transcripts.wer(spoken, heard),
        value=lambda x: round(x.corpus.value, 6),
    )
    corner = r.uniform(0, 1000, (number // 50 * 10, 2))
    table = np.hstack([corner, corner + 30])
    columns = (np.repeat(np.arange(number // 50), 10), table, ["car"] * len(table))
    moved = (columns[0], table + r.normal(0, 2, table.shape), columns[2])
    timed(
        "box F1",
        f"{number // 50:,} images of 10",
        lambda: boxes.score(columns, moved),
        value=lambda x: round(x.f1.value, 6),
    )


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["100k"]))
