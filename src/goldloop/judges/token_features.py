"""What a token looks like, and what stands around it: the features that a tagger weighs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from goldloop.core.families import Body
from goldloop.tasks.tokens import Extent, tokens

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

WIDTH = 1 << 17  # features are hashed into so many columns: no vocabulary to keep, no growth with the data
WINDOW = 2
_EDGE = "\0"


def extents(body: Body) -> list[Extent]:
    """Where the tokens of a body lie; none without text."""
    return tokens(body) if isinstance(body.get("text"), str) else []


def features_of(bodies: Sequence[Body], places: Sequence[Sequence[Extent]]) -> "csr_matrix[np.float32]":
    """(tokens of all bodies in order, WIDTH) counts of hashed features."""
    import numpy as np
    from sklearn.feature_extraction import FeatureHasher

    rows: list[list[str]] = []
    for body, extents_ in zip(bodies, places, strict=True):
        rows.extend(_of_text([body["text"][start:end] for start, end in extents_]))
    hasher: Any = FeatureHasher(WIDTH, input_type="string", dtype=np.float32, alternate_sign=False)
    found: csr_matrix[np.float32] = hasher.transform(rows)
    return found


def _of_text(words: Sequence[str]) -> list[list[str]]:
    """The features of each word, its own and those of its neighbours, named by their distance."""
    own = [_of_word(word) for word in words]
    lower = [word.lower() for word in words]
    out = []
    for n, word in enumerate(words):
        row = ["always", *own[n]]
        row += [f"prefix={word[:k].lower()}" for k in (1, 2, 3, 4) if len(word) >= k]
        row += [f"suffix={word[-k:].lower()}" for k in (1, 2, 3, 4) if len(word) >= k]
        for step in (*range(-WINDOW, 0), *range(1, WINDOW + 1)):
            near = n + step
            beside = own[near] if 0 <= near < len(words) else [_EDGE]
            row += [f"{step}:{feature}" for feature in beside]
        row.append(f"pair={lower[n - 1] if n else _EDGE} {lower[n]}")
        row.append(f"next={lower[n]} {lower[n + 1] if n + 1 < len(words) else _EDGE}")
        out.append(row)
    return out


def _of_word(word: str) -> list[str]:
    return [f"word={word.lower()}", f"shape={_shape(word)}", f"outline={_outline(word)}"]


def _shape(word: str) -> str:
    """Letters by kind: `London2` is `Xxxxxxd`, cut at eight."""
    return "".join(
        "X" if letter.isupper() else "x" if letter.isalpha() else "d" if letter.isdigit() else letter
        for letter in word[:8]
    )


def _outline(word: str) -> str:
    """The shape with runs made one: `London2` is `Xxd`."""
    shape = _shape(word)
    return "".join(letter for n, letter in enumerate(shape) if n == 0 or shape[n - 1] != letter)
