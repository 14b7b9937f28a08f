"""What a Label Studio task says of its item: annotations, predictions and reviews as judgements, in order of time."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol, get_args

from goldloop.core.errors import Invalid
from goldloop.core.families import Said
from goldloop.core.nouns import ActorKind, Stance
from goldloop.sources.rows import confidence_of, moment, wrong

GROUND_TRUTH = "ground truth"
Body = Mapping[str, Any]
Rejects = list[tuple[str, Invalid]]
KINDS = frozenset(get_args(ActorKind))


class Reads(Protocol):
    """How results are read under a configuration."""

    def answer(self, said: Any, body: Body) -> Any:
        """The answer that some results give."""
        ...

    def left(self, results: Any) -> Iterator[str]:
        """What of some results has no place here."""
        ...


class Spoken(NamedTuple):
    """Everything said of one task, what of it could not be read, and what could not be carried."""

    said: tuple[Said, ...]
    rejects: Rejects
    lost: tuple[str, ...]


def said_of(task: Mapping[str, Any], body: Body, reading: Reads) -> Spoken:
    """A task's judgements. Predictions come last, but first where an annotation began from one of them."""
    rejects: Rejects = []
    lost: list[str] = []
    predicted: list[Said] = []
    suggested: dict[Any, int] = {}
    for n, one in enumerate(task.get("predictions") or ()):
        try:
            predicted.append(_prediction(one, body, reading))
            suggested[_key(one.get("id"))] = len(predicted) - 1
            lost += reading.left(one.get("result"))
        except Invalid as error:
            rejects.append((f"predictions.{n}", error))
    listed = task.get("annotations") or ()
    suggested.pop(None, None)
    began = bool(suggested) and any(
        isinstance(one, dict) and _key(one.get("parent_prediction")) in suggested for one in listed
    )
    said = predicted if began else []
    first = len(said)
    places: dict[int, int] = {}
    for n, one in enumerate(listed):
        try:
            found = _annotation(one, body, reading, suggested if began else {}, places)
            lost += reading.left(one.get("result"))
            where = len(said) if found else None
            if where is not None:
                places[n] = where
            said += found
            if not found or one.get("reviews"):
                said += _reviews(one, found[0] if found else None, where, body, reading, lost)
        except Invalid as error:
            rejects.append((f"annotations.{n}", error))
    lost += ["drafts"] * len(task.get("drafts") or ())
    lost += ["comments"] * _comments(task)
    if any(one.stance in ("adjudicate", "reject") for one in said):
        said = _in_time(said, first)
    rejects.sort(key=lambda one: one[0].startswith("predictions"))
    return Spoken((*said, *(() if began else predicted)), rejects, tuple(lost))


def _annotation(
    one: Any, body: Body, reading: Reads, suggested: Mapping[Any, int], places: Mapping[int, int]
) -> list[Said]:
    """One annotation: an answer or a skip, and its ground truth where it is marked so.

    `suggested` holds the places of predictions by id, `places` those of the annotations before it by their number.
    """
    if not isinstance(one, dict):
        raise wrong("result", "an annotation", one)
    own = _own(one)
    kind = _kind(own.get("kind", "person"))
    at = moment(own.get("said_at") or one.get("updated_at") or one.get("created_at"), "updated_at")
    who, active = _author(own.get("actor") or one.get("completed_by")), _milliseconds(one.get("lead_time"))
    if one.get("was_cancelled") is True:
        return [Said(who, None, kind, at=at, active_ms=active, stance="skip")]
    first = _first_review(one)
    results = one.get("result")
    if first is not None:
        seen = first.get("previous_annotation_history_result")
        if seen is None and first.get("fixed_annotation_history") is not None:
            return []  # what stands there is the reviewer's; what the annotator said is not in the file
        results = results if seen is None else seen
        at = _before(one, first, at)
    answer = reading.answer(results, body)
    gold = one.get("ground_truth") is True
    if kind == "rule":
        return [Said(who, answer, kind, at=at, active_ms=active, gold=gold)]
    of = suggested.get(_key(one.get("parent_prediction")), _placed(own.get("of"), places))
    said = Said(who, answer, kind, at=at, active_ms=active, stance=_stance(own), of=of)
    if not gold:
        return [said]
    true = reading.answer(one.get("result"), body)
    return [said, Said(GROUND_TRUTH, true, "rule", at=at, gold=True)]


def _reviews(
    one: dict[str, Any], judged: Said | None, where: int | None, body: Body, reading: Reads, lost: list[str]
) -> Iterator[Said]:
    """What reviewers ruled of one annotation. One that says neither yes nor no is counted as lost."""
    reviews = [review for review in one.get("reviews") or () if isinstance(review, dict)]
    if judged is None:
        lost.append("answers as they were before a reviewer fixed them")
    elif judged.answer is None:
        lost += ["reviews of skipped tasks"] * len(reviews)
        return
    last: Any = judged.answer if judged is not None else reading.answer(one.get("result"), body)
    for n, review in enumerate(reviews):
        field = f"reviews.{n}"
        who = _author(review.get("created_by"))
        at = moment(review.get("created_at"), f"{field}.created_at")
        note = review.get("comment")
        word = note if isinstance(note, str) and note else None
        fixed = review.get("fixed_annotation_history_result")
        if fixed is None and review.get("fixed_annotation_history") is not None and n == len(reviews) - 1:
            fixed = one.get("result")
        if fixed is not None:
            last = reading.answer(fixed, body)
            yield Said(who, last, "person", at=at, stance="adjudicate", of=where, comment=word)
        elif review.get("accepted") is True:
            yield Said(who, last, "person", at=at, stance="adjudicate", of=where, comment=word)
        elif review.get("accepted") is False:
            yield Said(who, None, "person", at=at, stance="reject", of=where, comment=word)
        else:
            lost.append("reviews that say neither yes nor no")
    if reviews and judged is not None and judged.kind == "person":
        redone = reading.answer(one.get("result"), body)
        if redone != last and redone is not None:
            at = moment(one.get("updated_at"), "updated_at")
            yield judged._replace(answer=redone, at=at, of=None)


def _in_time(said: list[Said], first: int) -> list[Said]:
    """Judgements from the first on in the order in which they were said; what has no time follows what it stood behind.

    Nothing comes before what it is about.
    """
    times: list[int] = []
    for one in said:
        at = max(times, default=0) if one.at is None else one.at
        times.append(max(at, times[one.of]) if one.of is not None else at)
    order = [*range(first), *sorted(range(first, len(said)), key=lambda n: (times[n], n))]
    place = {n: at for at, n in enumerate(order)}
    return [_about(said[n], place) for n in order]


def _about(one: Said, place: Mapping[int, int]) -> Said:
    return one if one.of is None else one._replace(of=place[one.of])


def _prediction(one: Any, body: Body, reading: Reads) -> Said:
    if not isinstance(one, dict):
        raise wrong("result", "a prediction", one)
    own = _own(one)
    version = str(one.get("model_version") or "")
    actor = str(own.get("actor") or version or "imported")
    score = confidence_of(one.get("score"), "score")
    at = moment(own.get("said_at") or one.get("created_at"), "created_at")
    return Said(actor, reading.answer(one.get("result"), body), _kind(own.get("kind", "model")), version, score, at)


def _first_review(one: dict[str, Any]) -> dict[str, Any] | None:
    reviews = one.get("reviews")
    return reviews[0] if isinstance(reviews, list) and reviews and isinstance(reviews[0], dict) else None


def _before(one: dict[str, Any], review: dict[str, Any], at: int | None) -> int | None:
    """When an annotation was made that a review looked at: reviewing changes `updated_at`."""
    reviewed = moment(review.get("created_at"), "reviews.0.created_at")
    if at is None or reviewed is None or at < reviewed:
        return at
    return moment(one.get("created_at"), "created_at") or reviewed


def _comments(task: Mapping[str, Any]) -> int:
    listed, counted = task.get("comments"), task.get("comment_count")
    if isinstance(listed, list):
        return len(listed)
    return counted if type(counted) is int and 0 < counted < 1000 else 0


def _own(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What goldloop's own exporter added, else nothing."""
    own = value.get("goldloop")
    return own if isinstance(own, dict) else {}


def _kind(value: Any) -> Any:
    if not isinstance(value, str) or value not in KINDS:
        raise wrong("goldloop.kind", "person, model or rule", value)
    return value


def _stance(own: Mapping[str, Any]) -> Stance:
    return "adjudicate" if own.get("stance") == "adjudicate" else "answer"


def _placed(of: Any, places: Mapping[int, int]) -> int | None:
    """Where an annotation stands that goldloop's own export names by its number."""
    return places.get(of) if isinstance(of, int) else None


def _key(value: Any) -> int | str | None:
    """An id that others may name."""
    return value if isinstance(value, int | str) else None


def _milliseconds(seconds: Any) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        return None
    return round(seconds * 1000)


def _author(value: Any) -> str:
    """Who annotated: Label Studio writes a number, an address, or an object with both."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    return "annotator" if value is None else str(value)
