"""Sign-ins and running servers, as they are written down."""

import os
from pathlib import Path

import pytest

from goldloop.cli import running_server, signins
from goldloop.core.errors import Invalid
from goldloop.core.settings import Settings


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_a_sign_in_is_kept_for_its_place_alone_and_readable_by_its_owner_alone():
    file = signins.keep("http://one", signins.SignIn("mona", "tok_1", "glt_1"))
    signins.keep("/data/two", signins.SignIn("dev", "tok_2", "glt_2"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert signins.kept("http://one") == signins.SignIn("mona", "tok_1", "glt_1")
    signins.forget("http://one")
    assert signins.kept("http://one") is None
    assert signins.kept("/data/two") == signins.SignIn("dev", "tok_2", "glt_2")


def test_sign_ins_that_somebody_broke_are_named_and_not_replaced():
    file = signins.keep("http://one", signins.SignIn("mona", "tok_1", "glt_1"))
    file.write_text("{broken")
    with pytest.raises(Invalid, match="cannot be read"):
        signins.keep("http://two", signins.SignIn("dev", "tok_2", "glt_2"))
    assert file.read_text() == "{broken"


def test_a_server_announces_itself_for_its_owner_alone_and_withdraws(tmp_path: Path):
    assert running_server.announced(tmp_path) is None
    running_server.announce(tmp_path, "http://127.0.0.1:8800")
    assert (tmp_path / "server.json").stat().st_mode & 0o777 == 0o600
    assert running_server.announced(tmp_path) == running_server.RunningServer("http://127.0.0.1:8800", os.getpid())
    running_server.withdraw(tmp_path)
    assert running_server.announced(tmp_path) is None


def test_the_settings_name_the_command_that_runs_jobs_elsewhere():
    assert "goldloop job run" in str(Settings.model_fields["jobs"].description)
