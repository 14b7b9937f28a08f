"""Agreement of several annotators on boxes: which things are there, and what they are."""

from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement import krippendorff
from goldloop.stats.agreement.resampling import Method
from goldloop.stats.arguments import Floats
from goldloop.stats.boxes.overlap import overlap
from goldloop.stats.boxes.shapes import Shape, checked
from goldloop.stats.result import Estimate
from goldloop.stats.spans.columns import as_array

NOTHING = ("nothing",)


def alpha(
    annotator: Any,
    image: Any,
    box: Any,
    type_: Any,
    *,
    judged: tuple[Any, Any],
    shape: Shape = "box",
    threshold: float = 0.5,
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Krippendorff's nominal alpha over matched things.

    The boxes of one image are joined into things: pairs of different annotators in order of falling IoU, down to
    `threshold`, never two boxes of one annotator in a thing. Everyone who judged the image (judged: columns annotator,
    image) then said a type of each thing, or "nothing". Places where all see nothing are not counted, so alpha is lower
    than per pixel and punishes misses fully. The interval resamples images.
    """
    threshold = arguments.share("threshold", threshold)
    table = checked("box", box, shape)
    who, where, what = (list(as_array("annotator", part).tolist()) for part in (annotator, image, type_))
    arguments.same_length(box=table, annotator=who, image=where, type=what)
    people: dict[Any, list[Any]] = {}
    for person, page in zip(*(as_array("judged", part).tolist() for part in judged), strict=True):
        people.setdefault(page, []).append(person)
    rows: dict[Any, list[int]] = {}
    for k, page in enumerate(where):
        if who[k] not in people.get(page, ()):
            raise Invalid("lacks the row of a box", field="judged", expected=repr((who[k], page)), found="no such row")
        rows.setdefault(page, []).append(k)
    item, person, value, picture = [], [], [], []
    things = 0
    for number, (page, own) in enumerate(rows.items()):
        for thing in _things(table[own], [who[k] for k in own], shape=shape, threshold=threshold):
            said = {who[own[k]]: ("type", what[own[k]]) for k in thing}
            for judge in people[page]:
                item.append(things)
                person.append(judge)
                value.append(said.get(judge, NOTHING))
                picture.append(number)
            things += 1
    result = krippendorff(
        item, person, value, cluster=picture, interval=interval, level=level, repeats=repeats, seed=seed
    )
    name = f"Krippendorff's alpha, nominal, over boxes matched at IoU >= {threshold}"
    return Estimate(
        value=result.value,
        n=result.n,
        eligible=result.eligible,
        method=name,
        interval=result.interval,
        because=result.because,
        caution=result.caution,
        details=dict(result.details) | {"things": float(things)},
    )


def _things(boxes: Floats, who: list[Any], *, shape: Shape, threshold: float) -> list[list[int]]:
    """Greedy joining of boxes of different annotators, best pairs first; each thing is a list of rows."""
    table = overlap(boxes, boxes, shape=shape)
    first, second = np.nonzero(np.triu(table >= threshold, 1))
    thing = list(range(len(who)))
    members = {k: [k] for k in thing}
    for pair in np.argsort(-table[first, second], kind="stable"):
        a, b = thing[first[pair]], thing[second[pair]]
        if a == b or {who[k] for k in members[a]} & {who[k] for k in members[b]}:
            continue
        for k in members.pop(b):
            thing[k] = a
            members[a].append(k)
    return list(members.values())
