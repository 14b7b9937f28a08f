"""Erasing: what a person asks to be forgotten, and what a programme keeps only for so long."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from goldloop.core.clock import DAY, now
from goldloop.core.protection import Retention
from goldloop.jobs.running import Running
from goldloop.loop.forget import erased_of_release, forget_archives, forget_release, forget_upload
from goldloop.store import ledger
from goldloop.store.erased import (
    begin_tidying,
    erased_of_age,
    forget,
    forget_values,
    forget_words,
    hide_values,
    tidy,
    words_of_age,
)
from goldloop.store.marks import mark, marked
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import ReleaseRow, releases
from goldloop.store.schema import item, release, release_row
from goldloop.store.take_ins import source_keys
from goldloop.store.vault import forget_older

CHUNK = 50  # items of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.001  # seconds between chunks in which a waiting submit gets its turn
AGE = "retention"


def erase(job: Running) -> dict[str, Any]:
    """The job: args {"item", "derived", "because"}. Forgets an item, the files and the releases that hold it.

    `derived` are keys of what was made from it, which are forgotten like it, and before it.
    """
    store, because = job.store, str(job.args["because"])
    keys = [*(int(key) for key in job.args.get("derived", ())), int(job.args["item"])]
    with store.read() as connection:
        rows = connection.execute(select(item.c.programme_id, item.c.take_in_id).where(item.c.id.in_(keys))).all()
        programme_id = rows[0].programme_id
        holding = holding_any(connection, programme_id, keys)
    sealed = [one for one in holding if forget_release(store, one.id, because=because, by=job.asked_by)]
    came_in = sorted({row.take_in_id for row in rows})
    uploads = [forget_upload(store, one, because=because, by=job.asked_by) for one in came_in]
    tally: Counter[str] = Counter()
    for start in range(0, len(keys), CHUNK):
        with store.write() as connection:
            part = keys[start : start + CHUNK]
            gone = forget(connection, programme_id, part, because=because, by=job.asked_by, at=now())
            hide_values(connection, gone.values)
            done, values = start + len(part), [*_values(job), *gone.values]
            job.save(connection, done, total=len(keys), unit="items", resume={"values": values})
        tally.update(items=gone.items, words=gone.words, works=gone.works, tokens=gone.tokens)
        time.sleep(BREATH)
    _forget_values(job)
    forget_archives(store, programme_id)
    _tidy(store)
    return {
        **tally,
        "upload": any(uploads),
        "releases": [f"{one.name} #{one.number}" for one in sealed],
    }


def retain(job: Running) -> dict[str, Any]:
    """The job: args {"programme"}. Erases what is older than the programme file in force keeps it."""
    store, programme_id = job.store, int(job.args["programme"])
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id).policy
        keys = source_keys(connection, programme_id, list(policy.sources))
    kept, at = policy.protection.retention, now()
    items = _retain_bodies(job, programme_id, kept.bodies, at=at)
    for name, key in keys.items():
        items += _retain_bodies(job, programme_id, policy.sources[name].retention, at=at, source=(key, name))
    done = {
        "items": items,
        "words": _retain_words(job, programme_id, kept, at=at),
        "tokens": _retain_vault(job, programme_id, kept, at=at),
        "releases": _retain_releases(store, programme_id, kept, at=at),
    }
    _forget_values(job)
    if done["items"] or done["words"]:
        forget_archives(store, programme_id)
    if done["items"]:
        _tidy(store)
    return done


def holding_any(connection: Connection, programme_id: int, keys: Sequence[int]) -> list[ReleaseRow]:
    """The releases of data that hold any of these items and whose folder was not erased, newest first."""
    found = {row.id: row for key in keys for row in releases_with(connection, programme_id, key)}
    return [found[key] for key in sorted(found, reverse=True)]


def releases_with(connection: Connection, programme_id: int, item_id: int) -> list[ReleaseRow]:
    """The releases of data that hold an item and whose folder was not erased."""
    holds = (
        select(release.c.id)
        .join(
            release_row,
            (release_row.c.programme_id == release.c.programme_id)
            & (release_row.c.name == release.c.name)
            & (release_row.c.valid_from <= release.c.number)
            & (release_row.c.valid_to.is_(None) | (release_row.c.valid_to > release.c.number)),
        )
        .where(release_row.c.item_id == item_id, release.c.kind == "dataset")
    )
    keys = set(connection.execute(holds).scalars())
    rows = releases(connection, programme_id, "dataset")
    return [row for row in rows if row.id in keys and erased_of_release(row) is None]


def _retain_bodies(
    job: Running, programme_id: int, days: float | None, *, at: int, source: tuple[int, str] | None = None
) -> int:
    """Erase the items of a programme, or of one source of it (key and name), that are older; how many were."""
    if days is None:
        return 0
    store, before, count = job.store, at - round(days * DAY), 0
    source_id, of = (source[0], f" of {source[1]}") if source is not None else (None, "")
    because = f"{AGE}: items{of} are kept for {days:g} days"
    name = f"retained:bodies:{programme_id}" + (f":{source_id}" if source_id is not None else "")
    uploads: set[int] = set()
    while True:
        with store.read() as connection:
            after = marked(connection, name)
            found = erased_of_age(
                connection, programme_id, after=after, before=before, limit=CHUNK, source_id=source_id
            )
        if not found:
            break
        with store.write() as connection:
            keys = [key for key, _ in found]
            gone = forget(connection, programme_id, keys, because=because, by=None, at=now())
            hide_values(connection, gone.values)
            mark(connection, name, keys[-1])
            count += gone.items
            job.save(connection, count, unit="items", resume={"values": [*_values(job), *gone.values]})
        for take_in_id in sorted({take_in_id for _, take_in_id in found} - uploads):
            uploads.add(take_in_id)
            forget_upload(store, take_in_id, because=because, by=None)
        time.sleep(BREATH)
    return count


def _retain_words(job: Running, programme_id: int, kept: Retention, *, at: int) -> int:
    if kept.words is None:
        return 0
    store, before, count = job.store, at - round(kept.words * DAY), 0
    name = f"retained:words:{programme_id}"
    while True:
        with store.read() as connection:
            found = words_of_age(
                connection, programme_id, after=marked(connection, name), before=before, limit=CHUNK * 10
            )
        if found.last is None:
            break
        with store.write() as connection:
            words, values = (
                forget_words(connection, found.items, judgements=found.judgements) if found.items else (0, [])
            )
            hide_values(connection, values)
            mark(connection, name, found.last)
            count += words
            job.save(connection, resume={"values": [*_values(job), *values]})
        time.sleep(BREATH)
    if count:
        _say(store, programme_id, "words.erased", {"judgements": count, "days": kept.words})
    return count


def _retain_vault(job: Running, programme_id: int, kept: Retention, *, at: int) -> int:
    if kept.vault is None:
        return 0
    count = 0
    while True:
        with job.store.write() as connection:
            gone = forget_older(connection, programme_id, at - round(kept.vault * DAY), limit=CHUNK * 10)
        count += gone
        if not gone:
            break
        time.sleep(BREATH)
    if count:
        _say(job.store, programme_id, "vault.erased", {"tokens": count, "days": kept.vault})
    return count


def _retain_releases(store: Store, programme_id: int, kept: Retention, *, at: int) -> int:
    if kept.releases is None:
        return 0
    before = at - round(kept.releases * DAY)
    with store.read() as connection:
        old = [row for row in releases(connection, programme_id, "dataset") if row.sealed_at < before]
    because = f"{AGE}: releases are kept for {kept.releases:g} days"
    return sum(forget_release(store, row.id, because=because, by=None) for row in old)


def _say(store: Store, programme_id: int, kind: str, data: dict[str, Any]) -> None:
    with store.write() as connection:
        ledger.record(
            connection, kind, programme=programme_id, actor=None, subject=str(programme_id), data=data, at=now()
        )


def _values(job: Running) -> Sequence[int]:
    """Values whose words have still to be looked at."""
    return list((job.resume or {}).get("values", ()))


def _forget_values(job: Running) -> None:
    values = sorted(set(_values(job)))
    for start in range(0, len(values), 500):
        with job.store.write() as connection:
            forget_values(connection, values[start : start + 500])
    job.progress(resume={"values": []})


def _tidy(store: Store) -> None:
    with store.write() as connection:
        begin_tidying(connection)
    more = True
    while more:
        with store.write() as connection:
            more = tidy(connection)
        time.sleep(BREATH)
