"""Whatever bytes stand in a release folder, verifying it answers, and never with a good word for a changed one."""

import base64
import json
import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.programmes.releases import seal

from goldloop.core.errors import Invalid
from goldloop.programmes.sealed import Signer, layout, verify_release
from goldloop.programmes.sealed.certificate import opened
from goldloop.programmes.sealed.certificate import seal as sign
from goldloop.programmes.sealed.manifest import pretty

SIGNER = Signer(bytes(32))
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),  # with NUL nothing can be signed
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just("../x"),
)


@pytest.fixture(scope="module")
def sealed() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as home:
        yield seal(Path(home) / "release", signer=SIGNER).folder


def same_envelope(sound: bytes, changed: bytes) -> bool:
    """True where two texts say the same envelope: white space, or the unused last bits of base64."""
    try:
        return opened(json.loads(sound)) == opened(json.loads(changed))
    except (ValueError, Invalid):
        return False


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_changed_byte_of_any_file_shows(sealed: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(one for one in sealed.rglob("*") if one.is_file())))
    sound = path.read_bytes()
    at = data.draw(st.integers(0, len(sound) - 1))
    flipped = data.draw(st.integers(1, 255))
    changed = sound[:at] + bytes([sound[at] ^ flipped]) + sound[at + 1 :]
    path.write_bytes(changed)
    try:
        found = verify_release(sealed, key=SIGNER.fingerprint)
    finally:
        path.write_bytes(sound)
    assert found.exit_code == 2 or same_envelope(sound, changed)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*at, key))


def planted(value: Any, at: tuple[Any, ...], junk: Any) -> Any:
    """The value with junk at a place."""
    if not at:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = planted(copy[at[0]], at[1:], junk)
    return copy


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_junk_anywhere_under_a_good_signature_is_a_result_and_never_a_crash(sealed: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(sealed, Path(home) / "release"))
        envelope = json.loads((folder / layout.CERTIFICATE).read_bytes())
        documents = {
            "certificate": json.loads(base64.b64decode(envelope["payload"])),
            layout.MANIFEST: json.loads((folder / layout.MANIFEST).read_bytes()),
            layout.AUTHORS: json.loads((folder / layout.AUTHORS).read_bytes()),
        }
        name = data.draw(st.sampled_from(sorted(documents)))
        junk = data.draw(JUNK)
        document = planted(documents[name], data.draw(st.sampled_from(list(places(documents[name])))), junk)
        if name != "certificate":
            (folder / name).write_bytes(pretty(document))
        statement = document if name == "certificate" else documents["certificate"]
        if name == layout.MANIFEST:
            statement["subject"][0]["digest"]["sha256"] = sha256(pretty(document)).hexdigest()
        (folder / layout.CERTIFICATE).write_bytes(pretty(sign(statement, SIGNER)))
        found = verify_release(folder, key=SIGNER.fingerprint)
        assert found.because
        found.model_dump_json()
