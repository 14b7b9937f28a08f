"""The one door from a public id to a row. What a caller may not see does not exist: the error is the same."""

from sqlalchemy import ColumnElement, Connection, func, or_, select

from goldloop.core.errors import Forbidden, GoldloopError, NotFound
from goldloop.core.ids import PREFIXES, Ids
from goldloop.core.roles import DOORS, Action, can, scope_of
from goldloop.store.batches import BatchRow, batch_row
from goldloop.store.caller import Caller
from goldloop.store.codes import STANCE
from goldloop.store.escalations import one_precedent
from goldloop.store.old_ids import key_behind
from goldloop.store.plans import PlanRow, plan_row
from goldloop.store.programmes import ProgrammeRow, find_programme, programme_of_key
from goldloop.store.releases import ReleaseRow, release_row_of
from goldloop.store.schema import (
    batch,
    brief,
    item,
    item_attribute,
    job,
    judgement,
    proposal,
    release,
    take_in,
    training_run,
)


def access_programme(
    connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action, or_may: Action | None = None
) -> ProgrammeRow:
    """A programme by public id or name. Raises NotFound where the caller has no role in it, Forbidden without `may`.

    `or_may` is a second door to the same thing.
    """
    if public.startswith(f"{PREFIXES['programme']}_"):
        row = programme_of_key(connection, key_behind(connection, ids, "programme", public))
    else:
        row = find_programme(connection, public)
    if row is None:
        raise _none("programme", public)
    door = or_may if or_may is not None and caller.may(row.id, or_may) else may
    enter(caller, row.id, door, _none("programme", public))
    return row


def access_batch(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> BatchRow:
    """A batch by public id. Who may receive deliveries may gate them, and read what their gate says."""
    key = key_behind(connection, ids, "batch", public)
    row = connection.execute(select(batch.c.programme_id, batch.c.purpose).where(batch.c.id == key)).one_or_none()
    delivered = row is not None and row.purpose == "delivery" and caller.may(row.programme_id, "deliver")
    door: Action = "deliver" if may == "gate" and delivered else may
    enter(caller, row.programme_id if row is not None else None, door, _none("batch", public))
    return batch_row(connection, key)


def access_release(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> ReleaseRow:
    """A release by public id; an annotator may read the ontology and guidelines they work with."""
    key = key_behind(connection, ids, "release", public)
    row = connection.execute(select(release.c.programme_id, release.c.kind).where(release.c.id == key)).one_or_none()
    door = may
    if row and may == "see" and row.kind in ("ontology", "guideline") and _works(caller, row.programme_id):
        door = "work"
    enter(caller, row.programme_id if row else None, door, _none("release", public))
    return release_row_of(connection, key)


def access_item(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "read_items") -> int:
    """An item's key by public id, within the caller's residency and clearance."""
    key = key_behind(connection, ids, "item", public)
    statement = select(item.c.programme_id).where(item.c.id == key, visible_items(caller))
    enter(caller, connection.execute(statement).scalar(), may, _none("item", public))
    return key


def access_judgement(connection: Connection, ids: Ids, caller: Caller, public: str) -> int:
    """A judgement's key by public id, for who may read all that is said of its item."""
    key = key_behind(connection, ids, "judgement", public)
    of = connection.execute(select(judgement.c.item_id).where(judgement.c.id == key)).scalar()
    if of is None:
        raise _none("judgement", public)
    statement = select(item.c.programme_id).where(item.c.id == of, visible_items(caller))
    enter(caller, connection.execute(statement).scalar(), "read_items", _none("judgement", public))
    return key


def access_take_in(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """A take-in's key by public id."""
    key = key_behind(connection, ids, "take_in", public)
    owner = connection.execute(select(take_in.c.programme_id).where(take_in.c.id == key)).scalar()
    enter(caller, owner, may, _none("take_in", public))
    return key


def access_run(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """A training run's key by public id."""
    key = key_behind(connection, ids, "run", public)
    owner = connection.execute(select(training_run.c.programme_id).where(training_run.c.id == key)).scalar()
    enter(caller, owner, may, _none("training run", public))
    return key


def access_proposal(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "see") -> int:
    """A proposal's key by public id."""
    key = key_behind(connection, ids, "proposal", public)
    owner = connection.execute(select(proposal.c.programme_id).where(proposal.c.id == key)).scalar()
    enter(caller, owner, may, _none("proposal", public))
    return key


def access_brief(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "see") -> int:
    """A brief's key by public id. Its owner may do with it what `gate` allows, whatever their role."""
    key = key_behind(connection, ids, "brief", public)
    row = connection.execute(select(brief.c.programme_id, brief.c.owner_id).where(brief.c.id == key)).one_or_none()
    owns = row is not None and row.owner_id == caller.actor_id and may == "gate"
    if owns:
        caller.require_scope("write")
    enter(caller, row.programme_id if row else None, "see" if owns else may, _none("brief", public))
    return key


def access_plan(connection: Connection, ids: Ids, caller: Caller, public: str) -> PlanRow:
    """A plan by public id; one of a programme that was not there yet is an owner's."""
    row = plan_row(connection, key_behind(connection, ids, "plan", public))
    if row is None or (row.programme_id is None and not caller.owner):
        raise _none("plan", public)
    if row.programme_id is not None:
        enter(caller, row.programme_id, "see", _none("plan", public))
    return row


def access_job(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "see") -> int:
    """A job's key by public id; a job of no programme is an owner's."""
    key = ids.key("job", public)
    row = connection.execute(select(job.c.id, job.c.programme_id).where(job.c.id == key)).one_or_none()
    if row is None or (row.programme_id is None and not caller.owner):
        raise _none("job", public)
    if row.programme_id is not None:
        enter(caller, row.programme_id, may, _none("job", public))
    return key


def enter(caller: Caller, programme_id: int | None, may: Action, missing: GoldloopError) -> None:
    """Let a caller through a door, or raise: `missing` where they have no part in the programme at all."""
    if programme_id is None:
        raise missing
    if caller.may(programme_id, may):
        return
    if (because := caller.kept_out(programme_id, may)) is not None:
        raise because
    mine = caller.memberships.get(programme_id)
    if mine is None or not any("see" in DOORS[role] for role in mine.roles):
        raise missing
    if can(mine.roles, may):
        caller.require_scope(scope_of(may))
    raise Forbidden("your role does not allow this", expected=may, found=", ".join(sorted(mine.roles)))


def visible_items(caller: Caller) -> ColumnElement[bool]:
    """The condition under which an item may be shown: every list, count and search of items starts from it."""
    if caller.owner:
        return item.c.id == item.c.id
    newest = (
        select(func.max(item_attribute.c.number))
        .where(item_attribute.c.item_id == item.c.id)
        .correlate(item)
        .scalar_subquery()
    )
    closed_to = select(item_attribute.c.item_id).where(
        item_attribute.c.item_id == item.c.id,
        item_attribute.c.number == newest,
        or_(
            item_attribute.c.access.is_not(None) & item_attribute.c.access.not_in(sorted(caller.clearance)),
            item_attribute.c.residency.is_not(None) & (item_attribute.c.residency != (caller.residency or "")),
        ),
    )
    return ~closed_to.exists()


def access_question(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """The key of a question that was asked of an item, by the public id of its judgement."""
    key = key_behind(connection, ids, "judgement", public)
    statement = (
        select(batch.c.programme_id)
        .join(judgement, judgement.c.batch_id == batch.c.id)
        .join(item, item.c.id == judgement.c.item_id)
        .where(judgement.c.id == key, judgement.c.stance == STANCE["escalate"], visible_items(caller))
    )
    missing = NotFound("there is no such question", found=public[:60])
    enter(caller, connection.execute(statement).scalar(), may, missing)
    return key


def access_precedent(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """The key of a ruling that was released as a precedent, by the public id of its judgement."""
    key = key_behind(connection, ids, "judgement", public)
    found = one_precedent(connection, key)
    enter(caller, found[0] if found else None, may, NotFound("there is no such precedent", found=public[:60]))
    return key


def _works(caller: Caller, programme_id: int) -> bool:
    return caller.may(programme_id, "work")


def _none(noun: str, public: str) -> NotFound:
    return NotFound(f"there is no such {noun.replace('_', '-')}", found=public[:60])
