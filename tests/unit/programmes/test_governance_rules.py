"""Which plans a task can follow."""

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.migration import Step
from goldloop.programmes.governance.rules import check_readable
from goldloop.tasks.choice import Choice
from goldloop.tasks.coreference import Coreference

PLAN = [Step(label="fee", review=True), Step(label="lost", to="missing")]


def test_a_plan_may_read_labels_as_others_where_the_task_can():
    check_readable(Choice(), PLAN)


def test_a_task_whose_answers_would_drop_out_asks_people_to_look_again():
    check_readable(Coreference(), PLAN[:1])
    with pytest.raises(Invalid) as refused:
        check_readable(Coreference(), PLAN)
    assert refused.value.field == "migration.1"
    assert refused.value.expected == "{from: lost, review: true}"
