"""A whole project of Label Studio comes in: looked through, its people answered for, its labels settled."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.forks import Forks
from tests.story.house import ENTERPRISE, done, house
from tests.story.test_cli import PASSWORD, Shell

from goldloop.client import Client
from goldloop.core.errors import Conflict, Invalid, NotFound

CONFIG = """<View><Text name="text" value="$message"/>
<Choices name="intent" toName="text"><Choice value="card"/><Choice value="rate" hint="Exchange rates"/></Choices>
<TextArea name="note" toName="text"/></View>"""


def chosen(word: str) -> list[dict[str, Any]]:
    value = {"choices": [word]}
    return [{"from_name": "intent", "to_name": "text", "type": "choices", "value": value}]


def annotation(word: str, by: int, **more: Any) -> dict[str, Any]:
    return {"completed_by": by, "result": chosen(word), "updated_at": "2024-01-01T00:00:10Z", "lead_time": 2, **more}


def review(accepted: bool, by: int) -> dict[str, Any]:
    return {"accepted": accepted, "created_by": by, "created_at": "2024-01-01T00:00:20Z"}


TASKS: list[dict[str, Any]] = [
    {"id": 1, "data": {"message": "Where is it?"}, "annotations": [annotation("card", 1), annotation("card", 2)]},
    {"id": 2, "data": {"message": "How much?"}, "annotations": [annotation("card", 1), annotation("rate", 2)]},
    {"id": 3, "data": {"message": "Lost it"}, "annotations": [annotation("card", 1, reviews=[review(True, 3)])]},
    {"id": 4, "data": {"message": "In euros?"}, "annotations": [annotation("card", 1, reviews=[review(False, 3)])]},
    {"id": 5, "data": {"message": "Well"}, "annotations": [annotation("rate", 2, was_cancelled=True)], "drafts": [{}]},
    {
        "id": 6,
        "data": {"message": "Dollars?"},
        "annotations": [annotation("rate", 1, ground_truth=True)],
        "predictions": [{"id": 8, "model_version": "m1", "score": 0.7, "result": chosen("rate")}],
    },
    {"id": 7, "data": {"message": "Hm"}, "annotations": [annotation("nonsense", 1)]},
]
USERS = [{"id": 1, "email": "mona@example.org"}, {"id": 2, "email": "two@example.org"}]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with house(tmp_path_factory.mktemp("projects")) as one:
        yield one


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a folder."""
    folder = tmp_path_factory.mktemp("export") / "intents"
    folder.mkdir()
    (folder / "export.json").write_text(json.dumps(TASKS))
    (folder / "label_config.xml").write_text(CONFIG)
    (folder / "users.json").write_text(json.dumps(USERS))
    return folder


def looked(client: Client, files: Path, programme: str) -> Any:
    job = client.projects.look([files], programme, organisation=ENTERPRISE, title="Intents")
    return client.projects.surveyed(client.jobs.wait(job))


def test_a_project_is_looked_through_and_nothing_of_it_comes_in(client: Client, project: Path) -> None:
    found = looked(client, project, "looked-at")
    assert found.counts == {
        "items": 7,
        "answers": 7,
        "rulings": 1,
        "sent back": 1,
        "skips": 1,
        "gold": 1,
        "suggestions": 1,
        "rejects": 1,
    }
    assert [(one.what, one.times) for one in found.lost] == [("drafts", 1)]
    assert [(one.field, one.line) for one in found.rejects] == [("labels.N", 7)]
    first = found.authors[0]
    assert (first.author, first.address, first.said, first.may_be) == ("1", "mona@example.org", 5, ("mona",))
    assert [(one.model, one.version, one.said) for one in found.models] == [("m1", "m1", 1)]
    assert "looked-at" not in {row.name for row in client.programmes.all()}
    client.projects.forget(found)
    with pytest.raises(NotFound):
        client.projects.bring_in(found)


def test_the_project_becomes_a_programme_with_everything_that_was_said(client: Client, project: Path) -> None:
    found = looked(client, project, "intents")
    begun = client.projects.bring_in(found, accounts={"1": "mona"}, names={"2": "team-two"})
    tally = done(client, begun)
    assert (tally["items"], tally["rejects"], tally["judgements"]) == (7, 1, 12)
    assert tally["lost"] == {"drafts": 1}
    policy = client.programmes.get("intents").policy
    assert policy["task"]["name"] == "choice.v1"
    assert [(one["id"], one["definition"]) for one in policy["ontology"]["labels"]] == [
        ("card", ""),
        ("rate", "Exchange rates"),
    ]
    done(client, client.work.open("intents"))
    items = {row.external_id: row for row in client.items.all("intents")}
    states = {id_: row.state for id_, row in items.items()}
    assert (states["1"], states["2"], states["3"], states["4"]) == ("decided", "disputed", "decided", "open")
    view = client.items.get(items["3"].id)
    answer, ruling = view.judgements
    assert (answer.actor.name, answer.active_ms, answer.said_at) == ("Mona", 2000, 1_704_067_210_000_000)
    assert (ruling.actor.name, ruling.stance, ruling.saw.others) == ("3", "adjudicate", (answer.id,))
    people = {one.actor.name for one in client.items.get(items["1"].id).judgements}
    assert people == {"Mona", "team-two"}


def test_the_same_project_again_adds_nothing(client: Client, project: Path) -> None:
    found = looked(client, project, "intents")
    assert found.exists and found.yaml is None
    again = client.projects.bring_in(found, accounts={"1": "mona"}, names={"2": "team-two"})
    tally = done(client, again)
    assert (tally["items"], tally["duplicates"], tally["judgements"]) == (0, 7, 0)
    (first, second) = [row for row in client.imports.all("intents")][::-1]
    assert first.items == 7 and second.items == 0
    assert [(one.what, one.times) for one in client.imports.lost(first.id)] == [("drafts", 1)]


def test_who_has_a_taken_name_is_asked_about_and_never_guessed(client: Client, tmp_path: Path) -> None:
    named = [{"id": 1, "data": {"message": "Hi"}, "annotations": [{**annotation("card", 1), "completed_by": "Mona"}]}]
    (tmp_path / "export.json").write_text(json.dumps(named))
    (tmp_path / "label_config.xml").write_text(CONFIG)
    found = looked(client, tmp_path, "asked")
    assert found.authors[0].taken == "mona signs in here"
    with pytest.raises(Conflict) as caught:
        client.projects.bring_in(found)
    assert caught.value.field == "authors.Mona"
    with pytest.raises(NotFound):
        client.projects.bring_in(found, accounts={"Mona": "nobody"})
    with pytest.raises(Invalid):
        client.projects.bring_in(found, accounts={"Bob": "mona"})
    assert "asked" not in {row.name for row in client.programmes.all()}
    done(client, client.projects.bring_in(found, names={"Mona": "their-mona"}))
    (row,) = client.items.all("asked")
    assert [one.actor.name for one in client.items.get(row.id).judgements] == ["their-mona"]


@pytest.mark.parametrize(
    ("files", "field"),
    [
        ({}, "project.zip"),
        ({"a.json": "[]", "b.json": "[{}]"}, "project.zip"),
        ({"a.json": "[{}]", "a.xml": CONFIG, "b.xml": CONFIG}, "project.zip"),
        ({"a.json": '[{"data": {"message": "x"}}]', "a.xml": "<View>"}, "label_config:1"),
        ({"a.json": '[{"data": {"message": "x"}}]'}, "a.json"),
    ],
)
def test_half_a_project_is_refused_by_name(client: Client, files: dict[str, str], field: str, tmp_path: Path) -> None:
    path = tmp_path / "project.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with pytest.raises(Invalid) as caught:
        looked(client, path, "half")
    assert caught.value.field == field


def test_the_command_only_looks_with_dry_run_and_brings_in_without(project: Path, tmp_path: Path, forks: Forks) -> None:
    shell = Shell(tmp_path, forks)
    shell.run("setup", "mona", "--organisation", ENTERPRISE, "--password-stdin", text=PASSWORD)
    report, draft = tmp_path / "report.json", tmp_path / "intents.yaml"
    words = ("programme", "import-project", str(project), "--to", "intents")
    looked = shell.run(*words, "--dry-run", "--report", str(report), "--draft", str(draft))
    assert "drafts" in looked.stdout and "mona@example.org" in looked.stdout
    assert json.loads(report.read_text())["counts"]["items"] == 7
    assert shell.json("programme", "list") == []
    draft.write_text(draft.read_text().replace("title: intents", "title: What they ask"))
    done = shell.json(*words, "--yaml", str(draft), "--is", "1=mona", "--as", "2=team-two")
    assert (done["import"]["items"], done["import"]["lost"]) == (7, {"drafts": 1})
    (programme,) = shell.json("programme", "list")
    assert (programme["name"], programme["title"]) == ("intents", "What they ask")
    (taken,) = shell.json("import", "list", "intents")
    assert shell.json("import", "lost", taken["id"]) == [{"what": "drafts", "times": 1}]
    assert "AUTHOR=NAME" in shell.run(*words, "--is", "nobody", code=2).stderr
