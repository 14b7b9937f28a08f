import pytest

from goldloop.core.errors import Forbidden, Invalid, NotFound, Unavailable
from goldloop.core.families import ModelRef
from goldloop.core.ontology import Label, Ontology
from goldloop.core.settings import Settings
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.models.connect import connect
from goldloop.store.blobs import open_blobs
from goldloop.tasks.choice import Choice

HERE = __name__ if "." in __name__ else "tests.unit.models.test_models"


def constant(items, *, label="a"):
    """A function that a judge may call."""
    return [{"answer": label, "confidence": 0.5} for _ in items]


def broken(items):
    raise KeyError("weights.bin")


def talkative(items):
    return "I think it is a cat"


@pytest.fixture
def blobs(tmp_path):
    return open_blobs(Settings(home=tmp_path))


def model(client, blobs, *, allow="", **params):
    return connect(ModelRef(client=client, params=params), blobs=blobs, settings=Settings(allow_entry_points=allow))


def test_an_allowed_function_answers_with_its_parameters(blobs):
    name = f"{HERE}:constant"
    said = model("python", blobs, allow=f"other, {name}", entry_point=name, params={"label": "b"})
    assert said.say([("1", {}), ("2", {})]) == [{"answer": "b", "confidence": 0.5}] * 2
    other = model("python", blobs, allow=name, entry_point=name, params={"label": "c"})
    assert said.fingerprint != other.fingerprint


def test_a_function_that_the_operator_does_not_allow_is_never_imported(blobs):
    with pytest.raises(Forbidden, match="ALLOW_ENTRY_POINTS"):
        model("python", blobs, allow="json:loads", entry_point="os:system")


@pytest.mark.parametrize(("name", "found"), [("broken", "KeyError"), ("talkative", "no list")])
def test_a_function_that_fails_is_unavailable_for_good(blobs, name, found):
    name = f"{HERE}:{name}"
    with pytest.raises(Unavailable, match=found) as raised:
        model("python", blobs, allow=name, entry_point=name).say([("1", {})])
    assert raised.value.permanent


def test_a_function_that_is_not_there_is_unavailable(blobs):
    with pytest.raises(Unavailable, match="ModuleNotFoundError"):
        model("python", blobs, allow="no.such:thing", entry_point="no.such:thing")


@pytest.mark.parametrize(
    ("format_", "content"),
    [
        ("jsonl", '\ufeff{"id": "1", "answer": "ä", "confidence": 0.5}\n\n{"id": "2", "answer": "b", "confidence": 1}'),
        ("csv", '\ufeffid,confidence,label,note\r\n1,0.5,ä,"two\nlines"\r\n2,1.0,b,\r\n'),
    ],
)
def test_predictions_are_found_by_external_id(blobs, format_, content):
    blobs.put([content.encode()], name="p")
    said = model("file", blobs, file="p", format=format_)
    one, gone, two, again = said.say([("1", {}), ("9", {}), ("2", {}), ("1", {})])
    assert one == again == {"id": "1", "answer": "ä", "confidence": 0.5}
    assert two == {"id": "2", "answer": "b", "confidence": 1}
    assert "does not name" in gone["refused"]
    assert len(said.fingerprint) == 64


@pytest.mark.parametrize(
    ("format_", "content", "field"),
    [
        ("jsonl", b'{"id": "1"}\n{"id": "1"}\n', "line 2.id"),
        ("jsonl", b'{"id": "1"}\n{"id": 2}\n', "line 2.id"),
        ("jsonl", b'{"id": "1"}\n{"id": "2"', "line 2"),
        ("jsonl", b'{"id": "\xff"}\n', "line 1"),
        ("csv", b"id,answer\n1,a\n", "line 1"),
        ("csv", b"", "line 1"),
        ("csv", b"id,answer,confidence\n1,a\n", "line 2"),
        ("csv", b"id,answer,confidence\n1,a,high\n", "line 2.confidence"),
        ("csv", b'id,answer,confidence\n1,a,1\n2,"a,1\n', "line 3"),
    ],
)
def test_a_prediction_file_that_is_broken_names_the_line(blobs, format_, content, field):
    blobs.put([content], name="p")
    with pytest.raises(Invalid) as raised:
        model("file", blobs, file="p", format=format_)
    assert raised.value.field == field


def test_a_line_without_end_is_refused(blobs, monkeypatch):
    monkeypatch.setattr("goldloop.models.file.MAX_LINE", 100)
    blobs.put([b'{"id": "1", "text": "', b"x" * 1000], name="p")
    with pytest.raises(Invalid, match="too long"):
        model("file", blobs, file="p")


def test_trained_weights_answer_from_a_blob_and_are_named_by_their_digest(blobs):
    rows = [({"text": f"{word} {n}"}, {"labels": [word]}) for n in range(20) for word in ("cat", "dog")]
    ontology = Ontology(labels=tuple(Label(id=word, name=word) for word in ("cat", "dog")))
    blob = blobs.put(ChoiceBaseline.train(rows, task=Choice(), ontology=ontology).chunks(), name="w/1")
    judge = ChoiceBaseline(weights="w/1")
    connected = connect(judge.needs(), blobs=blobs, settings=Settings())
    assert connected.fingerprint == blob.sha256.hex()
    said = judge.judge([("1", {"text": "a dog"}), ("2", {})], connected, task=Choice(), ontology=ontology)
    assert said[0].answer == {"labels": ["dog"]}
    assert said[1].because == "the item has no text"


def test_weights_that_are_not_there_are_not_found(blobs):
    with pytest.raises(NotFound):
        model("trained", blobs, weights="w/none")


@pytest.mark.parametrize(
    ("client", "params"),
    [
        ("http", {"url": "ftp://x"}),
        ("http", {"url": "https://user:secret@x"}),
        ("http", {"url": "https://x", "headers_env": "GOLDLOOP_BLOB_SECRET_KEY"}),
        ("file", {}),
        ("trained", {"weight": "x"}),
    ],
)
def test_parameters_that_cannot_work_are_refused(blobs, client, params):
    with pytest.raises(Invalid) as raised:
        model(client, blobs, **params)
    assert raised.value.field.startswith(client)
