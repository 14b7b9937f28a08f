"""How many human-only items no trigger suspects: exact limits, weighted by how items were drawn, never a made-up 0."""

import pytest

from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label
from goldloop.core.policy import HumanOnlyDoc, HumanOnlyRule, OntologyDoc, Policy, Raci, RouteRule, Routing
from goldloop.labelling.human_only.rules import BY_LABEL, Line, judge, misses, thresholds


def policy(*, above: float = 0.3, line: float | None = None) -> Policy:
    return Policy(
        programme="p",
        title="p",
        organisation="o",
        raci=Raci(accountable="m"),
        task=Spec(name="choice.v1"),
        ontology=OntologyDoc(
            labels=(Label(id="a", name="a"), Label(id="fraud", name="Fraud", human_only=True), Label(id="b", name="b"))
        ),
        human_only=HumanOnlyDoc(rules=(HumanOnlyRule(rule="fraud", suspects=("fraud",), above=above),), misses=line),
        routing=Routing(rules=(RouteRule(rule="all", to="annotate", tier=1),)),
    )


def line(truth: str | None, *, stratum: str = "verify", suspected: bool = False, share: float = 0.0) -> Line:
    said = {"fraud": share} if share else {}
    return Line(
        stratum=stratum,
        whole=stratum == "annotate",
        suspected=suspected,
        model="m 1",
        truth=None if truth is None else frozenset({truth}),
        shares=said,
    )


SHOWN = [line(None)] * 80  # verified with the suggestion in view: nothing is known
CAUGHT = [line("fraud", suspected=True)] * 10


def test_a_label_found_in_the_blind_share_stands_for_as_many_as_it_was_drawn_from() -> None:
    lines = [*SHOWN, *[line("a")] * 18, *[line("fraud")] * 2, *CAUGHT]
    whole = misses(lines, policy())[0]
    assert (whole.n, whole.eligible, whole.missed, whole.caught) == (20, 100, 2, 10)
    assert whole.omitted == pytest.approx(0.1)
    assert whole.value == pytest.approx(10 / 20)
    assert whole.omitted_low is not None and whole.omitted_high is not None and whole.high is not None
    assert whole.omitted_low >= 0.02, "two were found, whatever the sample says"
    assert whole.omitted_high == pytest.approx(0.3170, abs=1e-3)  # Clopper-Pearson of 2 of 20
    assert whole.high == pytest.approx(31.70 / 41.70, abs=1e-3)


def test_what_was_labelled_in_full_is_known_and_widens_nothing() -> None:
    sampled = [*SHOWN, *[line("a")] * 20]
    full = [line("a", stratum="annotate")] * 49 + [line("fraud", stratum="annotate")]
    alone, both = misses([*sampled, *CAUGHT], policy())[0], misses([*sampled, *full, *CAUGHT], policy())[0]
    assert (both.missed, both.eligible) == (1, 150)
    assert alone.omitted_high is not None and both.omitted_high is not None
    assert both.omitted_high * 150 == pytest.approx(alone.omitted_high * 100 + 1)
    assert both.value == pytest.approx(1 / 11)


def test_two_sampled_strata_hold_together() -> None:
    first, second = [line("a")] * 20 + SHOWN, [line("a", stratum="other")] * 20 + [line(None, stratum="other")] * 80
    one, two = misses([*first, *CAUGHT], policy())[0], misses([*first, *second, *CAUGHT], policy())[0]
    assert one.omitted_high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert two.omitted_high == pytest.approx(1 - 0.0125 ** (1 / 20))


def test_where_nobody_looked_unassisted_it_is_unknown() -> None:
    whole = misses([*SHOWN, *CAUGHT], policy())[0]
    assert (whole.value, whole.omitted) == (None, None)
    assert "without the suggestion" in (whole.because or "")
    part = misses([*SHOWN, *[line("a", stratum="annotate")] * 5, *CAUGHT], policy())[0]
    assert part.because == "speaks for 5 of 85 unsuspected items: of the rest none was seen"


def test_where_nothing_is_human_only_by_a_label_there_is_nothing_to_miss() -> None:
    plain = policy().model_copy(
        update={"human_only": HumanOnlyDoc(), "ontology": OntologyDoc(labels=(Label(id="a", name="a"),))}
    )
    (whole,) = misses([line("a", stratum="annotate")], plain)
    assert whole.value is None


def test_every_trigger_label_and_model_has_its_own() -> None:
    lines = [*[line("a")] * 18, *[line("fraud")] * 2, *CAUGHT]
    found = {(one.by, one.name): one for one in misses(lines, policy())}
    assert set(found) == {("all", ""), ("rule", "fraud"), ("rule", BY_LABEL), ("label", "fraud"), ("model", "m 1")}
    assert {one.missed for one in found.values()} == {2}


def test_the_threshold_that_would_have_caught_them_and_what_it_costs() -> None:
    lines = [
        *SHOWN,
        *[line("a")] * 15,
        *[line("a", share=0.2)] * 3,
        line("fraud", share=0.12),
        line("fraud"),
        *CAUGHT,
    ]
    (found,) = thresholds(lines, policy())
    assert (found.above, found.now, found.caught, found.missed) == (0.11, 0.3, 1, 2)
    assert found.more == pytest.approx(4 * 100 / 20)
    (none,) = thresholds([*[line("a")] * 5, line("fraud"), *CAUGHT], policy())
    assert none.above is None
    assert "another model" in none.because


@pytest.mark.parametrize(
    ("seen", "missed", "allowed", "healthy"),
    [(2000, 0, 0.05, True), (20, 0, 0.02, None), (20, 3, 0.05, False), (20, 3, None, None)],
)
def test_the_line_is_passed_kept_or_not_settled(seen: int, missed: int, allowed: float | None, healthy: object) -> None:
    lines = [*[line("a")] * (seen - missed), *[line("fraud")] * missed, *[line(None)] * 10, *CAUGHT * 10]
    whole = misses(lines, policy())[0]
    assert judge(whole, thresholds(lines, policy()), line=allowed).healthy is healthy
