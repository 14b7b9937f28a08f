"""Who stands behind the rows: people under pseudonyms that only the programme can resolve, models by version."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Evidence
from goldloop.core.pseudonym import pseudonym
from goldloop.programmes.sealed.facts import Author

_ACTOR_ID = re.compile(r"\bact_\w+")
_ACTOR_SLICES = frozenset({"actor", "annotator", "author", "person"})


class Known(NamedTuple):
    """An author as a release names them."""

    key: str
    kind: str
    simulated: bool


class Authors:
    """The authors of one release, by actor id, with how many judgements each of them made."""

    def __init__(self, authors: Sequence[Author], *, secret: bytes) -> None:
        if len(secret) < 16:
            raise Invalid(
                "the secret of the pseudonyms is too short",
                field="secret",
                expected="at least 16 bytes",
                found=f"{len(secret)} bytes",
            )
        self._authors = {one.id: one for one in authors}
        self._known = {one.id: Known(_key(one, secret), one.kind, one.simulated) for one in authors}
        self.judgements: Counter[str] = Counter()
        twice = [key for key, n in Counter(one.key for one in self._known.values()).items() if n > 1]
        if twice:
            raise Invalid(
                "two authors would carry one name",
                field="authors",
                expected="one actor for every model version and rule",
                found=", ".join(twice[:5]),
            )
        people = [one for one in authors if one.kind == "person"]
        self._hidden = {word: self._known[one.id].key for one in people for word in (one.name, one.id)}

    def known(self, actor_id: str, *, field: str) -> Known:
        """The author behind an actor id; counts one judgement. Raises Invalid for one the facts do not list."""
        author = self._known.get(actor_id)
        if author is None:
            raise Invalid(
                "this author is not among the facts", field=field, expected="an id in `authors`", found=repr(actor_id)
            )
        self.judgements[actor_id] += 1
        return author

    def as_json(self) -> list[dict[str, Any]]:
        """Those who made at least one judgement, by name. Nothing that says who a person is."""
        rows = []
        for actor_id, n in self.judgements.items():
            author, known = self._authors[actor_id], self._known[actor_id]
            row: dict[str, Any] = {
                "author": known.key,
                "kind": known.kind,
                "simulated": known.simulated,
                "judgements": n,
            }
            if author.kind != "person":
                row |= {"name": author.name, "version": author.version, "fingerprint": author.fingerprint}
            rows.append({key: value for key, value in row.items() if value is not None})
        return sorted(rows, key=lambda row: str(row["author"]))

    def hide(self, value: Any) -> Any:
        """A JSON value in which the ids of people give way to their pseudonyms."""
        if isinstance(value, str):
            return _ACTOR_ID.sub(lambda match: self._hidden.get(match[0], match[0]), value)
        if isinstance(value, list):
            return [self.hide(part) for part in value]
        if isinstance(value, dict):
            return {self.hide(key): self.hide(part) for key, part in value.items()}
        return value

    def hide_evidence(self, evidence: Evidence) -> dict[str, Any]:
        """Evidence as JSON: people's ids hidden, and their names where a slice or a detail is about a person."""
        shown = evidence.model_dump(mode="json")
        for key in _ACTOR_SLICES & shown["slice"].keys():
            shown["slice"][key] = self._hidden.get(shown["slice"][key], shown["slice"][key])
        shown["details"] = {self._hidden.get(key, key): value for key, value in shown["details"].items()}
        hidden: dict[str, Any] = self.hide(shown)
        return hidden


def _key(author: Author, secret: bytes) -> str:
    if author.kind == "person":
        return pseudonym(secret, author.id)
    return f"{author.kind}:{author.name}" + (f"@{author.version}" if author.version else "")
