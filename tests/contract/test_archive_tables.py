"""Every table has a rule for when a programme leaves, and every column of those that leave can be moved."""

import re
from pathlib import Path

from sqlalchemy import BigInteger, Text

from goldloop.store.archive.tables import LEAVES, OF, PROGRAMME, STAYS, WITH
from goldloop.store.schema import metadata

KEYLESS = frozenset({"erased.event_id", "brief_word.at"})
"""Whole numbers that look like keys and are moved in another way: an erasure's event keeps its key, in its segment."""
TOGETHER = frozenset({"programme", "organisation", "actor", "phrase", "value", "segment", "job"})
"""What other tables refer to, and is found again by its name, its text or its number."""


def test_every_table_leaves_or_says_why_not() -> None:
    told = [*OF, *WITH, *STAYS]
    assert sorted(told) == sorted(metadata.tables), "a table without a rule, or with two"
    assert all(why.strip() for why in (*WITH.values(), *STAYS.values()))


def test_every_key_of_what_leaves_leads_to_what_leaves_too() -> None:
    for rule in LEAVES:
        for column in rule.table.c:
            for foreign in column.foreign_keys:
                target = foreign.column.table.name
                known = target in OF or target in TOGETHER
                assert known, f"{rule.table.name}.{column.name} leads to {target}, which stays"
                if target == "job":
                    assert rule.blank[column.name] is None
            looks_like_one = column.name.endswith("_id") and isinstance(column.type, BigInteger)
            if looks_like_one and not column.foreign_keys:
                name = f"{rule.table.name}.{column.name}"
                assert column.name in rule.keys or name in KEYLESS, f"{name} is a key that nothing moves"


def test_every_rule_speaks_of_columns_that_are_there_and_leads_to_the_programme() -> None:
    for rule in LEAVES:
        said = {*rule.keys, *rule.lists, *rule.within, *rule.told, *rule.blank}
        assert said <= set(rule.table.c.keys()), rule.table.name
        words = {*rule.lists, *rule.within, *rule.told}
        assert all(isinstance(rule.table.c[name].type, Text) for name in words), rule.table.name
        at = rule
        for _ in range(6):
            if at.of == PROGRAMME:
                break
            (foreign,) = at.table.c[at.of].foreign_keys
            parent = foreign.column.table.name
            at = OF["model" if parent == "actor" else parent]
        assert at.of == PROGRAMME, f"{rule.table.name} belongs to no programme"


def test_what_a_row_refers_to_comes_before_it() -> None:
    """PostgreSQL asks for it; `work.suggestion_id` alone waits until the end of the transaction."""
    seen: set[str] = set()
    for rule in LEAVES:
        for foreign in rule.table.foreign_keys:
            target = foreign.column.table.name
            waits = foreign.deferrable or target == rule.table.name or target in TOGETHER
            assert waits or target in seen, f"{rule.table.name} comes before {target}"
        seen.add(rule.table.name)


def test_the_format_says_of_every_table_what_becomes_of_it() -> None:
    page = Path("docs/reference/archive-format.md").read_text(encoding="utf-8")
    _, row_by_row, other, stays = re.split(r"\n## (?:Tables that leave|What stays).*\n", page)
    assert [f"`{name}`" for name in sorted(OF)] == re.findall(r"`\w+`", row_by_row.strip().splitlines()[0])
    for part, told in ((other, WITH), (stays, STAYS)):
        for name, why in told.items():
            assert f"| `{name}` | {why} |" in part, name
