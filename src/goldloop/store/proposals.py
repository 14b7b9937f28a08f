"""Proposals: an ontology and guidelines on their way to be released, and what people said of them. Append-only."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select

from goldloop.core.migration import Mapping, Mappings
from goldloop.store.phrases import phrase_keys
from goldloop.store.prepared import Prepared
from goldloop.store.schema import actor, mapping, phrase, programme, proposal, proposal_word, release


class ProposalRow(NamedTuple):
    """A proposal as it stands in its table."""

    id: int
    programme_id: int
    number: int
    policy_id: int
    yaml: str
    plan: str
    note: str
    proposed_by: int
    proposed_at: int


class Word(NamedTuple):
    """What one person said of a proposal."""

    actor_id: int
    name: str
    stance: str
    text: str
    said_at: int


def add_proposal(
    connection: Connection, programme_id: int, policy_id: int, *, yaml: str, plan: str, note: str, by: int, at: int
) -> int:
    """Write a proposal down under the next number of its programme; its key."""
    connection.execute(select(programme.c.id).where(programme.c.id == programme_id).with_for_update())
    last = connection.execute(
        select(func.max(proposal.c.number)).where(proposal.c.programme_id == programme_id)
    ).scalar()
    row = {
        "programme_id": programme_id,
        "number": int(last or 0) + 1,
        "policy_id": policy_id,
        "yaml": yaml,
        "plan": plan,
        "note": note,
        "proposed_by": by,
        "proposed_at": at,
    }
    return int(connection.execute(insert(proposal).returning(proposal.c.id), row).scalar_one())


def proposal_row(connection: Connection, key: int, *, lock: bool = False) -> ProposalRow:
    """A proposal by key, which is there; locked, where what is said of it now depends on what was said before."""
    statement = _ROWS.where(proposal.c.id == key)
    return ProposalRow(*connection.execute(statement.with_for_update() if lock else statement).one())


def proposals(connection: Connection, programme_id: int) -> list[ProposalRow]:
    """The proposals of a programme, newest first."""
    statement = _ROWS.where(proposal.c.programme_id == programme_id).order_by(proposal.c.id.desc())
    return [ProposalRow(*row) for row in connection.execute(statement)]


def add_word(connection: Connection, key: int, actor_id: int, stance: str, text: str, *, at: int) -> None:
    """Append what somebody says of a proposal."""
    row = {"proposal_id": key, "actor_id": actor_id, "stance": stance, "text": text, "said_at": at}
    connection.execute(insert(proposal_word), row)


def words(connection: Connection, keys: Sequence[int]) -> dict[int, list[Word]]:
    """What was said of proposals, in order."""
    out: dict[int, list[Word]] = {key: [] for key in keys}
    rows = connection.execute(
        select(
            proposal_word.c.proposal_id,
            proposal_word.c.actor_id,
            actor.c.name,
            proposal_word.c.stance,
            proposal_word.c.text,
            proposal_word.c.said_at,
        )
        .join(actor, actor.c.id == proposal_word.c.actor_id)
        .where(proposal_word.c.proposal_id.in_(keys))
        .order_by(proposal_word.c.id)
    )
    for key, *rest in rows:
        out[key].append(Word(*rest))
    return out


def add_mapping(connection: Connection, ontology_id: int, plan: Sequence[tuple[str, str | None]]) -> None:
    """Put a plan in force with the ontology release it belongs to: (label, what it is read as; None: by a person)."""
    if not plan:
        return
    keys = phrase_keys(connection, {label for pair in plan for label in pair if label is not None})
    rows = [
        {"ontology_id": ontology_id, "label_id": keys[label], "to_id": keys[to] if to is not None else None}
        for label, to in plan
    ]
    connection.execute(insert(mapping), rows)


def mappings(connection: Connection, programme_id: int) -> Mappings:
    """Every published plan of a programme."""
    rows = _MAPPINGS.all(connection, programme=programme_id)
    return Mappings(tuple(Mapping(*row) for row in rows))


_OLD, _NEW = phrase.alias(), phrase.alias()
_MAPPINGS = Prepared(
    select(mapping.c.ontology_id, _OLD.c.text.label("label"), _NEW.c.text.label("to"))
    .join(release, release.c.id == mapping.c.ontology_id)
    .join(_OLD, _OLD.c.id == mapping.c.label_id)
    .outerjoin(_NEW, _NEW.c.id == mapping.c.to_id)
    .where(release.c.programme_id == bindparam("programme"))
    .order_by(mapping.c.ontology_id, _OLD.c.text)
)
_ROWS = select(
    proposal.c.id,
    proposal.c.programme_id,
    proposal.c.number,
    proposal.c.policy_id,
    proposal.c.yaml,
    proposal.c.plan,
    proposal.c.note,
    proposal.c.proposed_by,
    proposal.c.proposed_at,
)
