"""What an imported statement is about is kept with it, on both databases."""

import json

from sqlalchemy import select
from tests.contract.world import build

from goldloop.kinds import load
from goldloop.store.codes import QUEUE, SHOWN, STANCE
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.open import Store
from goldloop.store.phrases import phrase_key
from goldloop.store.schema import judgement
from goldloop.store.take_ins import Tally, advance, take_in_row

load()


def test_an_answer_knows_its_suggestion_and_a_ruling_what_it_is_about(store: Store) -> None:
    world = build(store)
    item, actor = world.here.keys["item"], world.actors["annotator"]
    with store.write() as connection:
        task = phrase_key(connection, '{"name":"choice.v1","params":{}}')

        def said(stance: str, queue: str | None = None) -> NewJudgement:
            code = QUEUE[queue] if queue else None  # type: ignore[index]
            return NewJudgement(item, actor, task, STANCE[stance], 1, queue=code)

        rows = [said("answer"), said("answer", "annotate"), said("reject", "verify"), said("adjudicate", "review")]
        rows.append(said("reject"))
        keys = add_judgements(connection, rows, about={1: 0, 2: 0, 3: 1, 4: 1})
        found = {row.id: row for row in connection.execute(select(judgement).where(judgement.c.id.in_(keys)))}
    suggestion, answer, no, ruling, back = (found[key] for key in keys)
    assert [one.suggestion_id for one in (suggestion, answer, no, ruling, back)] == [None, keys[0], keys[0], None, None]
    assert [one.shown for one in (answer, no)] == [SHOWN["before"]] * 2
    assert [json.loads(one.others) for one in (ruling, back)] == [[keys[1]], [keys[1]]]


def test_what_an_import_lost_is_kept_with_it(store: Store) -> None:
    key = build(store).here.keys["take_in"]
    with store.write() as connection:
        advance(connection, key, Tally(1), "7:2", [], lost='{"drafts":2}')
        assert (take_in_row(connection, key).lost, take_in_row(connection, key).people) == ('{"drafts":2}', None)
