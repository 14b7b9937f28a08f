"""Settings: what is mistyped is refused by name, and never ignored."""

from pathlib import Path

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.settings import Settings, changed, read_settings


def test_a_mistyped_setting_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read_settings({"GOLDLOOP_HOME": str(tmp_path), "GOLDLOOP_LEASE_SECOND": "30"})
    assert (caught.value.field, caught.value.expected) == ("GOLDLOOP_LEASE_SECOND", "GOLDLOOP_LEASE_SECONDS")


@pytest.mark.parametrize("name", ["GOLDLOOP_URL", "GOLDLOOP_TOKEN", "GOLDLOOP_MODEL_KEY"])
def test_what_the_environment_tells_somebody_else_is_no_setting(tmp_path: Path, name: str) -> None:
    assert read_settings({"GOLDLOOP_HOME": str(tmp_path), name: "x"}) == Settings(home=tmp_path)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("port: 1000\nprefetch: 2\n")
    found = read_settings({"GOLDLOOP_HOME": str(tmp_path), "GOLDLOOP_PORT": "2000"})
    assert (found.port, found.prefetch) == (2000, 2)


def test_an_impossible_value_names_its_setting() -> None:
    with pytest.raises(Invalid) as caught:
        changed(Settings(), port=99_999)
    assert (caught.value.field, caught.value.found) == ("GOLDLOOP_PORT", "99999")


def test_a_secret_is_not_repeated() -> None:
    with pytest.raises(Invalid) as caught:
        changed(Settings(), blob_secret_key=["s3cret"])
    assert "s3cret" not in str(caught.value)
