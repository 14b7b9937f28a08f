"""Where a saving is not to be expected, in plain words: what has to hold for it, and does not."""

from collections.abc import Mapping, Sequence

from goldloop.core.assumptions import Assumptions, Number
from goldloop.core.policy import Policy, Tier
from goldloop.labelling.planning.cells import human_labels
from goldloop.labelling.planning.findings import Warned

COMMON = 0.7  # below it, rare cases decide what a programme costs
FEW_OBJECTS = 2.0  # below it, a person labels an item about as quickly as they check it
GAIN = 1.3  # times as long: below it, verifying saves little


def warnings(policies: Sequence[tuple[str, Policy]], assumed: Assumptions) -> list[Warned]:
    """Everything that a reader of the plan has to know before they believe in a saving."""
    out = []
    verify, annotate = assumed.times.verify, assumed.times.annotate
    if assumed.objects.mean.value < FEW_OBJECTS and _least(annotate) < GAIN * _most(verify):
        out.append(
            Warned(
                about="objects an item",
                because=f"an item holds {assumed.objects.mean.value:g} objects and takes {_least(annotate):g} s by "
                f"hand against {_most(verify):g} s to verify: pre-labels save little on such items. Boxes and long "
                "documents save more than short texts",
            )
        )
    if not assumed.taxonomy_settled:
        redone = assumed.people.reworked.value
        out.append(
            Warned(
                about="taxonomy",
                because="the labels still change: what was labelled before a change is labelled again, and a model "
                f"learns labels that go. Rework of {redone:.0%} is assumed; settle the taxonomy on a pilot first",
            )
        )
    if not assumed.in_domain:
        out.append(
            Warned(
                about="domain of the model",
                because="the model was not measured on items like these, so that how often it is right here is a "
                "guess: draw a calibration sample of this programme before thresholds are set",
            )
        )
    if assumed.common.value < COMMON:
        out.append(
            Warned(
                about="common cases",
                because=f"only {assumed.common.value:.0%} of the items are common cases: rare ones are where models "
                "are wrong and confident, and they need people in full",
            )
        )
    if assumed.model is not None and assumed.common.value < 1 and assumed.model.rare is None:
        out.append(
            Warned(
                about="rare cases",
                because="nothing is said of the model on rare cases; it is taken to be as right as on common ones",
            )
        )
    if not assumed.capacity:
        out.append(Warned(about="capacity", because="no crew is stated: how long it takes is unknown"))
    for name, policy in policies:
        out += _of_policy(name, policy, assumed)
    return list(dict.fromkeys(out))


def _of_policy(name: str, policy: Policy, assumed: Assumptions) -> list[Warned]:
    out = []
    whens = [(rule.rule, rule.when) for rule in policy.routing.rules if rule.when is not None]
    if policy.routing.model is not None and assumed.model is None:
        out.append(
            Warned(about=name, because="it routes by a model, and nothing is assumed of one: no rule about it matches")
        )
    for rule, when in whens:
        if when.margin is not None:
            out.append(
                Warned(about=name, because=f"rule {rule!r} asks for a margin, which is not simulated: it never matches")
            )
        if when.second_agrees is not None and assumed.second is None:
            out.append(
                Warned(
                    about=name,
                    because=f"rule {rule!r} asks a second model, and nothing is assumed of it: it never matches",
                )
            )
        known = assumed.model.labels if assumed.model is not None else {}
        if missing := sorted(set(when.labels or ()) - known.keys()):
            out.append(
                Warned(
                    about=name,
                    because=f"rule {rule!r} asks for {', '.join(missing)}; nothing says how often they are suggested",
                )
            )
        if missing := sorted(when.slice.keys() - assumed.slices.keys()):
            out.append(
                Warned(
                    about=name,
                    because=f"rule {rule!r} asks for the slice {', '.join(missing)}, of which nothing is assumed",
                )
            )
    for trigger in policy.human_only.rules:
        missing = sorted(trigger.slice.keys() - assumed.slices.keys())
        asks = f"human-only {trigger.rule!r} asks for the slice {', '.join(missing)}: nothing is assumed of it"
        out += [Warned(about=name, because=asks)] if missing else []
    if human_labels(policy) and assumed.model is not None and not assumed.model.suspects.value:
        out.append(
            Warned(
                about=name,
                because="it has human-only labels, and no item is assumed to be suspected of one (model.suspects)",
            )
        )
    if any(rule.to == "accept" for rule in policy.routing.rules):
        out.append(
            Warned(
                about=name, because="it accepts labels that nobody looks at: their errors stand as the model makes them"
            )
        )
    if policy.blind.share == 0 and any(rule.to == "verify" for rule in policy.routing.rules):
        out.append(
            Warned(
                about=name,
                because="its blind share is 0: what showing suggestions does, and the saving, will stay unknown",
            )
        )
    return out


def _least(times: Mapping[Tier, Number]) -> float:
    return min(one.value for one in times.values())


def _most(times: Mapping[Tier, Number]) -> float:
    return max(one.value for one in times.values())
