"""Text as weighted counts of word and letter n-grams (TF-IDF): a plain and strong description of short texts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from goldloop.core.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# letters within word borders forgive inflection and typing errors; words and pairs of words carry the meaning
_VIEWS: dict[str, dict[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "letters": {"analyzer": "char_wb", "ngram_range": (2, 4)},
}
MANY = 1000  # texts; from here on an n-gram seen once is noise


class Ngrams:
    """Fitted n-gram views; `facts` and `arrays` are all there is to keep."""

    def __init__(self, facts: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]") -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._views = []
        for name, options in _VIEWS.items():
            terms, idf = facts.get(name), arrays.get(f"{name}_idf")
            if not isinstance(terms, list) or idf is None or idf.shape != (len(terms),):
                raise Invalid("these weights are incomplete", field=name, expected="terms with weights", found="none")
            view = TfidfVectorizer(vocabulary={term: n for n, term in enumerate(terms)}, **_shared(options))
            view.idf_ = idf
            self._views.append(view)
        self.size = sum(len(view.vocabulary) for view in self._views)

    def features(self, texts: Sequence[str]) -> "csr_matrix[np.float32]":
        """(texts, n-grams), each view of each text of length 1."""
        from scipy.sparse import csr_matrix, hstack

        return csr_matrix(hstack([view.transform(texts) for view in self._views], format="csr"))


def fit_ngrams(texts: Sequence[str]) -> "tuple[dict[str, list[str]], dict[str, NDArray[Any]]]":
    """Terms of each view, and their weights: the facts and arrays that `Ngrams` takes."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    facts: dict[str, list[str]] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for name, options in _VIEWS.items():
        view = TfidfVectorizer(min_df=2 if len(texts) >= MANY else 1, **_shared(options))
        try:
            view.fit(texts)
        except ValueError as error:
            raise Invalid("the texts hold nothing to learn from", field="rows", expected="words") from error
        facts[name] = sorted(view.vocabulary_, key=view.vocabulary_.__getitem__)
        arrays[f"{name}_idf"] = view.idf_
    return facts, arrays


def _shared(options: Mapping[str, Any]) -> dict[str, Any]:
    import numpy as np

    return {**options, "sublinear_tf": True, "dtype": np.float32}
