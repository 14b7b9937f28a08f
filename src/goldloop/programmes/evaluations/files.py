"""The forms in which engineers have an evaluation: JSON lines, lm-eval's log of samples, and logs of Inspect.

A log of Inspect is one JSON document, or a zip (`.eval`) with `summaries.json` and a file a sample under `samples/`.
Source: inspect.aisi.org.uk, Log Files. Of a sample that was run several times the first epoch counts: the others say
something of the model's chance, and nothing of further items.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.programmes.evaluations.rules import MOST_LINES, MOST_VALUE, NOTHING, Prediction, Rejected, read_lines

ZIP = b"PK\x03\x04"
SUMMARIES, SAMPLES, HEADER = "summaries.json", "samples/", "header.json"
MOST_BYTES = 512 << 20  # of what is read out of a zip
MOST_VALUES = 50  # a field of metadata with more values than that is no slice
SCORES: Mapping[str, bool | None] = {"C": True, "I": False, "N": False, "P": None}
"""Inspect's letters: correct, incorrect, no answer; what is partly right is neither."""
USUAL = "accuracy"


def read_report(body: bytes, *, measure: str) -> tuple[list[Prediction], list[Rejected]]:
    """The predictions of a report in any of its forms, and what of it is none. Raises Invalid."""
    samples = _of_zip(body) if body.startswith(ZIP) else _of_document(body)
    if samples is None:
        text = _text(body)
        if text.count("\n") > MOST_LINES:
            raise Invalid("this report is too long", field="body", expected=f"at most {MOST_LINES:,} lines")
        return read_lines(text, measure=measure)
    if len(samples) > MOST_LINES:
        raise Invalid("this log is too long", field="body", expected=f"at most {MOST_LINES:,} samples")
    scorer = _scorer(samples, measure)
    kept = _slice_names(samples)
    good: list[Prediction] = []
    bad: list[Rejected] = []
    seen: dict[str, int] = {}
    for n, sample in enumerate(samples, start=1):
        read = _sample(n, sample, scorer, kept)
        if isinstance(read, Prediction) and (first := seen.setdefault(read.external_id, n)) != n:
            read = Rejected(line=n, field="id", expected="each item once", found=f"{read.external_id}, as in {first}")
        if isinstance(read, Prediction):
            good.append(read)
        else:
            bad.append(read)
    return good, bad


def _of_document(body: bytes) -> list[Any] | None:
    """The samples of a log that is one JSON document; None for anything else."""
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"{"):
        return None
    try:
        doc = json.loads(body)
    except (ValueError, RecursionError):
        return None  # lines, each for itself
    if not isinstance(doc, dict) or "eval" not in doc or "samples" not in doc:
        return None
    return _list(doc["samples"], "samples")


def _of_zip(body: bytes) -> list[Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            names = file.namelist()
            if HEADER not in names and not any(name.startswith("_journal/") for name in names):
                raise Invalid(
                    "this zip is no log of Inspect", field="body", expected=f"a zip with {HEADER}", found="none"
                )
            if SUMMARIES in names:
                return _list(_member(file, SUMMARIES), SUMMARIES)
            files = sorted(name for name in names if name.startswith(SAMPLES) and name.endswith(".json"))
            if sum(file.getinfo(name).file_size for name in files) > MOST_BYTES:
                raise Invalid(
                    "this log is too large", field="body", expected=f"at most {MOST_BYTES >> 20} MiB unpacked"
                )
            return [_member(file, name) for name in files]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Invalid(
            "this zip cannot be read", field="body", expected="a log as Inspect writes it", found=str(error)[:80]
        ) from error


def _member(file: zipfile.ZipFile, name: str) -> Any:
    with file.open(name) as part:
        text = part.read(MOST_BYTES + 1)  # a zip may say less than it holds
    if len(text) > MOST_BYTES:
        raise Invalid("this log is too large", field=name, expected=f"at most {MOST_BYTES >> 20} MiB unpacked")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("this is not JSON", field=name, expected="a log of Inspect", found=str(error)[:80]) from error


def _list(found: Any, where: str) -> list[Any]:
    if not isinstance(found, list):
        raise Invalid("this log holds no samples", field=where, expected="a list", found=type(found).__name__)
    return found


def _scores(sample: Any) -> Mapping[str, Any]:
    found = sample.get("scores") if isinstance(sample, dict) else None
    return found if isinstance(found, dict) else {}


def _scorer(samples: Sequence[Any], measure: str) -> str:
    """The scorer that is meant: the only one, or the one that `measure` names."""
    names = sorted({str(name) for sample in samples for name in _scores(sample)})
    if measure in names:
        return measure
    if measure == USUAL and len(names) == 1:
        return names[0]
    expected = ", ".join(names)[:200] or "a log whose samples are scored"
    raise Invalid("which scorer is meant?", field="measure", expected=expected, found=measure)


def _slice_names(samples: Sequence[Any]) -> frozenset[str]:
    """The fields of metadata that are slices: words in all samples that have them, and few different ones."""
    values: dict[str, set[str]] = {}
    wild: set[str] = set()
    for sample in samples:
        found = sample.get("metadata") if isinstance(sample, dict) else None
        for name, value in found.items() if isinstance(found, dict) else ():
            word = str(value)
            if not isinstance(value, str | bool | int) or not 0 < len(word) <= MOST_VALUE or len(name) > MOST_VALUE:
                wild.add(name)
            values.setdefault(name, set()).add(word)
    return frozenset(name for name, found in values.items() if name not in wild and 0 < len(found) <= MOST_VALUES)


def _sample(n: int, sample: Any, scorer: str, kept: frozenset[str]) -> Prediction | Rejected:
    if not isinstance(sample, dict):
        return Rejected(line=n, field="", expected="a sample", found=str(sample)[:80])
    id_ = sample.get("id")
    if isinstance(id_, bool) or not isinstance(id_, str | int) or id_ == "":
        return Rejected(line=n, field="id", expected="the item's id in its source", found=str(id_)[:80])
    if sample.get("epoch", 1) != 1:
        return Rejected(line=n, field="epoch", expected="1", found=str(sample["epoch"])[:80])
    score = _scores(sample).get(scorer)
    value = score.get("value") if isinstance(score, dict) else None
    right = SCORES.get(value) if isinstance(value, str) else bool(value) if value in (0, 1) else None
    if right is None:
        expected = "C, I, N, 0 or 1" if value is not None else "a score"
        found = "nothing" if value is None else json.dumps(value, default=str)[:80]
        return Rejected(line=n, field=f"scores.{scorer}"[:100], expected=expected, found=found)
    metadata = sample.get("metadata")
    slices = (
        {name: str(metadata[name]) for name in sorted(kept & metadata.keys())} if isinstance(metadata, dict) else {}
    )
    return Prediction(n, str(id_), None, NOTHING, right, slices)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "this is not UTF-8", field="body", expected="JSON lines in UTF-8", found=str(error)[:80]
        ) from error
