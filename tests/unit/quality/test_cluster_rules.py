"""Confusions among judged labels: what counts once, what is named, and what nobody can look for."""

from goldloop.core.ontology import Label, Ontology
from goldloop.kinds import load
from goldloop.quality.clusters.rules import Line, clusters, shares
from goldloop.tasks.choice import Choice
from goldloop.tasks.spans import Spans

load()
ONTOLOGY = Ontology(labels=tuple(Label(id=one, name=one.title()) for one in ("loc", "org", "per")))
CHOICE = Choice()


def line(accepted: str, true: str, *, suggested: str | None = None, **facts: str) -> Line:
    said = {"labels": [suggested]} if suggested else None
    return Line({"labels": [accepted]}, {"labels": [true]}, said, {}, facts)


def test_a_confusion_is_named_where_it_is_and_says_how_often_the_model_had_suggested_it() -> None:
    lines = [line("loc", "org", suggested="loc", rule="sport") for _ in range(12)]
    lines += [line("loc", "loc", suggested="org", rule="news") for _ in range(40)]
    lines += [line("per", "per", rule="sport") for _ in range(20)] + [line("loc", "org", rule="sport")]
    found = {one.key: one for one in clusters(lines, CHOICE, ONTOLOGY)}
    whole, sport = found["loc>org"], found["loc>org@rule=sport"]
    assert (whole.wrong, whole.judged, whole.suggested_so, whole.found) == (13, 53, 12, True)
    assert (sport.wrong, sport.judged, sport.found) == (13, 13, True)
    assert sport.title == "Loc is accepted where Org is true, where rule is sport"
    assert shares(sport, {"rule": "sport"})
    assert not shares(sport, {"rule": "news"})
    assert shares(whole, {})


def test_the_tokens_of_one_text_count_once() -> None:
    body = {"text": "New York City won"}
    spans = {
        label: {"spans": [{"label": label, "start": 0, "end": 13}]} for label in ("loc", "org")
    }  # three tokens each
    lines = [Line(spans["loc"], spans["org"], spans["loc"], body, {}) for _ in range(5)]
    lines += [Line(spans["loc"], spans["loc"], None, body, {}) for _ in range(5)]
    (first,) = clusters(lines, Spans(), ONTOLOGY)
    assert (first.key, first.wrong, first.judged, first.suggested_so) == ("loc>org", 5, 10, 5)


def test_labels_of_no_ontology_and_right_ones_make_no_cluster() -> None:
    assert clusters([], CHOICE, ONTOLOGY) == []
    assert clusters([line("loc", "loc")] * 5, CHOICE, ONTOLOGY) == []
    assert clusters([line("gone", "org")] * 5, CHOICE, ONTOLOGY) == []
    assert clusters([line("loc", "org")], CHOICE, ONTOLOGY) == [], "once is no kind"
