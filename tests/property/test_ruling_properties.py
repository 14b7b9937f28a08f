"""Whatever people say in whatever order, the rule answers, and never against the policy."""

from hypothesis import given
from hypothesis import strategies as st

from goldloop.loop.ruling import SKIPS_BEFORE_RULING, Plan, Word, next_step

VALUES = st.integers(1, 3)
TIERS = st.integers(1, 3)
QUEUES = st.sampled_from(("verify", "annotate", "review"))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Every plan that a policy can make."""
    human_only = draw(st.booleans())
    wanted = draw(st.integers(1, 4))
    return Plan(
        queue="annotate" if human_only else draw(QUEUES),
        tier=draw(TIERS),
        wanted=wanted,
        limit=wanted + draw(st.integers(0, 3)),
        ruling_tier=draw(TIERS),
        second_tier=draw(TIERS),
        blind=human_only or draw(st.booleans()),
        corrections=draw(st.booleans()),
        human_only=human_only,
        ruling_always=human_only and draw(st.booleans()),
    )


@st.composite
def words(draw: st.DrawFn, *, most: int = 6) -> list[Word]:
    """What different people say: each stance with what it carries, in the queue that takes it."""
    out = []
    for n in range(1, draw(st.integers(0, most)) + 1):
        queue = draw(QUEUES)
        stances = {
            "verify": ("accept", "reject", "answer", "skip", "escalate"),
            "annotate": ("answer", "skip", "escalate"),
            "review": ("adjudicate", "skip", "escalate"),
        }[queue]
        stance = draw(st.sampled_from(stances))
        suggested = draw(VALUES) if queue == "verify" else None
        value = suggested if stance == "accept" else draw(VALUES) if stance in ("answer", "adjudicate") else None
        out.append(Word(n, 100 + n, stance, queue, value, suggested))
    return out


def annotations(*, least: int = 0, most: int = 6) -> st.SearchStrategy[list[Word]]:
    """Independent answers and nothing else."""
    values = st.lists(VALUES, min_size=least, max_size=most)
    return values.map(lambda all_: [Word(n, 100 + n, "answer", "annotate", v, None) for n, v in enumerate(all_, 1)])


@given(plans(), words())
def test_the_rule_always_has_an_answer_and_a_reason(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    assert step.because
    assert (step.value is not None) == (step.state == "decided")
    assert (step.slot is None) == (step.state == "decided"), "what is not decided always has somebody to ask"
    if step.slot is not None:
        assert step.slot.because
        assert 1 <= step.slot.tier <= 3


@given(plans(), words())
def test_a_decision_rests_on_what_was_said_and_says_what_somebody_said(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    by_id = {word.id: word for word in said}
    assert set(step.rests_on) <= by_id.keys()
    if step.state == "decided":
        assert step.value in {by_id[key].value for key in step.rests_on}


@given(plans(), words())
def test_the_rule_has_no_memory(plan: Plan, said: list[Word]) -> None:
    assert next_step(plan, said) == next_step(plan, list(said))


@given(plans(), words())
def test_different_independent_answers_are_never_settled_without_a_ruling(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    ruled = any(word.stance == "adjudicate" for word in said)
    answers = {word.value for word in said if word.stance == "answer" and word.queue == "annotate"}
    if len(answers) > 1 and not ruled and (plan.queue == "annotate" or plan.blind):
        assert step.state != "decided"


@given(plans().filter(lambda plan: plan.queue == "annotate"), annotations())
def test_never_fewer_answers_than_the_policy_wants(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    if step.state == "decided":
        assert len(step.rests_on) >= plan.wanted
        assert {word.value for word in said} == {step.value}


@given(plans().filter(lambda plan: plan.queue == "annotate"), annotations())
def test_the_number_of_people_asked_has_an_end(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    if len(said) >= max(plan.wanted, plan.limit) and step.slot is not None:
        assert step.slot.queue == "review"


@given(plans().filter(lambda plan: plan.queue == "annotate"), annotations(), st.randoms())
def test_independent_answers_count_the_same_in_any_order(plan: Plan, said: list[Word], random: object) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    one, other = next_step(plan, said), next_step(plan, shuffled)
    assert (one.state, one.value, one.because, set(one.rests_on)) == (
        other.state,
        other.value,
        other.because,
        set(other.rests_on),
    )
    assert (one.slot is None) == (other.slot is None)
    if one.slot is not None and other.slot is not None:
        assert one.slot[:5] == other.slot[:5]


@given(plans(), words())
def test_only_a_reviewer_of_the_tier_that_rules_or_answers_settles_a_dispute(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    if step.state == "disputed":
        assert step.slot is not None
        asked = step.because == "escalated with a question"
        tier, purpose = (plan.escalation_tier, "escalation") if asked else (plan.ruling_tier, "ruling")
        assert (step.slot.queue, step.slot.tier, step.slot.purpose) == ("review", tier, purpose)
        assert step.slot.others == step.rests_on


@given(plans(), words())
def test_questions_and_skips_never_decide(plan: Plan, said: list[Word]) -> None:
    silent = [word for word in said if word.stance in ("skip", "escalate")]
    step = next_step(plan, silent)
    assert step.state != "decided"
    asked = any(word.stance == "escalate" for word in silent) or len(silent) >= SKIPS_BEFORE_RULING
    assert (step.state == "disputed") == asked


@given(plans().filter(lambda plan: plan.blind or plan.wanted > 1), words())
def test_the_blind_arm_stays_blind(plan: Plan, said: list[Word]) -> None:
    slot = next_step(plan, said).slot
    if slot is not None and slot.queue != "review":
        assert slot.queue == "annotate"
        assert slot.blind
        assert slot.others == ()


@given(plans(), words())
def test_nobody_but_a_reviewer_sees_what_others_said(plan: Plan, said: list[Word]) -> None:
    slot = next_step(plan, said).slot
    if slot is not None and slot.queue != "review":
        assert slot.others == ()


@given(plans().filter(lambda plan: plan.human_only), words())
def test_a_human_only_item_rests_only_on_people_who_saw_no_suggestion(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    by_id = {word.id: word for word in said}
    if step.state == "decided":
        assert all(by_id[key].suggested is None for key in step.rests_on)
        assert all(by_id[key].stance in ("answer", "adjudicate") for key in step.rests_on)
    if step.slot is not None:
        assert step.slot.queue != "verify"


@given(plans().filter(lambda plan: plan.ruling_always), words())
def test_where_a_senior_always_rules_nothing_else_decides(plan: Plan, said: list[Word]) -> None:
    step = next_step(plan, said)
    if step.state == "decided":
        assert [word for word in said if word.id in step.rests_on][-1].stance == "adjudicate"


@given(plans(), words(most=4), VALUES)
def test_a_ruling_ends_it_whatever_was_said(plan: Plan, said: list[Word], value: int) -> None:
    step = next_step(plan, [*said, Word(99, 999, "adjudicate", "review", value, None)])
    assert (step.state, step.value, step.rests_on) == ("decided", value, (99,))
