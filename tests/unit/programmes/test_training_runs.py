"""Training runs as MLflow and OpenLineage tell them: what is taken, and what is refused and why."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.programmes.lineage.training_runs import of_mlflow, of_openlineage

EVENT: dict[str, Any] = {
    "eventType": "COMPLETE",
    "eventTime": "2026-03-01T12:00:00Z",
    "producer": "https://example.invalid/trainer",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0190-7c"},
    "job": {
        "namespace": "training",
        "name": "intents",
        "facets": {"sourceCodeLocation": {"type": "git", "url": "https://example.invalid/x", "version": "3f1c2ab"}},
    },
    "inputs": [
        {"namespace": "goldloop:banking", "name": "intents@2"},
        {"namespace": "s3://elsewhere", "name": "stopwords"},
    ],
    "outputs": [{"namespace": "models", "name": "intents-7"}],
}
RUN: dict[str, Any] = {
    "run": {
        "info": {"run_id": "b6f1", "run_name": "brave-hen", "status": "FINISHED", "end_time": 1_772_366_400_000},
        "data": {
            "metrics": [{"key": "accuracy", "value": 0.9}],
            "params": [{"key": "epochs", "value": "3"}],
            "tags": [{"key": "mlflow.source.git.commit", "value": "3f1c2ab"}],
        },
        "inputs": {
            "dataset_inputs": [
                {"dataset": {"name": "intents@2", "digest": "9f86", "source_type": "local", "source": "{}"}},
                {"dataset": {"name": "train", "digest": "ab" * 32, "source_type": "local", "source": "{}"}},
            ]
        },
    }
}


def test_an_openlineage_event_names_release_code_and_model():
    said = of_openlineage(EVENT, "banking")
    assert (said.name, said.releases, said.code, said.model) == ("0190-7c", ("intents@2",), "3f1c2ab", "intents-7")
    assert said.trained_at == 1_772_366_400_000_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"eventType": "START"}, "eventType"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [{"namespace": "goldloop:other", "name": "intents@2"}]}, "inputs"),
        ({"inputs": ["intents@2"]}, "inputs"),
        ({"run": {}}, "runId"),
        ({"run": "0190"}, "run"),
        ({"job": None}, "job"),
        ({"eventTime": "noon"}, "eventTime"),
    ],
)
def test_an_event_that_says_nothing_of_us_is_refused_by_field(change: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refused:
        of_openlineage({**EVENT, **change}, "banking")
    assert refused.value.field == field


def test_a_run_of_mlflow_names_releases_by_name_or_digest():
    said = of_mlflow(RUN)
    assert said.releases == ("intents@2", "ab" * 32)
    assert (said.name, said.code, said.model, said.params) == ("b6f1", "3f1c2ab", "brave-hen", {"epochs": "3"})
    assert said.trained_at == 1_772_366_400_000_000
    assert of_mlflow(RUN["run"]) == said, "as the client's to_dictionary() gives it"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"info": {"run_id": "b6f1", "status": "RUNNING"}}, "status"),
        ({"info": {"status": "FINISHED"}}, "run_id"),
        ({"inputs": {}}, "inputs.dataset_inputs"),
        ({"info": None}, "info"),
    ],
)
def test_a_run_that_says_nothing_of_us_is_refused_by_field(change: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refused:
        of_mlflow({**RUN["run"], **change})
    assert refused.value.field == field
