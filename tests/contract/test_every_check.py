"""What every check promises, over the whole registry."""

import pytest

from goldloop import kinds
from goldloop.core.families import check, measure
from goldloop.core.nouns import Evidence

kinds.load()
EVERY = pytest.mark.parametrize("kind", list(check), ids=lambda kind: kind.name)


@EVERY
def test_a_spec_builds_the_check_that_it_came_from(kind):
    assert check.build(kind.example().spec) == kind.example()


@EVERY
def test_a_check_is_documented_and_has_a_form(kind):
    assert len(kind.__doc__) > 60
    assert kind.model_json_schema()["additionalProperties"] is False


@EVERY
def test_a_check_reads_measures_that_exist(kind):
    needs = kind.example().needs()
    assert needs
    for spec in needs:
        assert measure.build(spec).spec == spec


@EVERY
def test_no_evidence_is_unknown(kind):
    found = kind.example().check([])
    assert found.outcome == "unknown"
    assert found.because
    assert found.evidence_ids == ()


@EVERY
def test_evidence_without_a_value_is_unknown_and_its_reason_is_passed_on(kind):
    one = kind.example()
    evidence = [
        Evidence(
            id=f"evi_{n}", measure=spec, about="bat_1", value=None, n=0, eligible=9, method="m", because="nobody looked"
        )
        for n, spec in enumerate(one.needs())
    ]
    found = one.check(evidence)
    assert found.outcome == "unknown"
    assert "nobody looked" in found.because
    assert found.evidence_ids == ("evi_0",)


@EVERY
def test_evidence_of_something_else_is_no_evidence(kind):
    other = Evidence(
        measure=kind.example().needs()[0], about="bat_1", slice={"stratum": "x"}, value=1.0, n=9, eligible=9, method="m"
    )
    assert kind.example().check([other]).outcome == "unknown"
