import io
import pickle
import zipfile

import numpy as np
import pytest

from goldloop.core.errors import Invalid
from goldloop.judges.weights import Weights, read_weights

WEIGHTS = Weights(judge="choice_baseline.v1", facts={"labels": ["a"]}, arrays={"slope": np.eye(3, dtype=np.float32)})


def archive(path, entries):
    with zipfile.ZipFile(path, "w") as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return path


def entries_of(weights):
    with zipfile.ZipFile(io.BytesIO(weights.packed)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_weights_survive_the_file(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"".join(WEIGHTS.chunks()))
    read = read_weights(path)
    assert (read.judge, dict(read.facts)) == (WEIGHTS.judge, dict(WEIGHTS.facts))
    assert (read.arrays["slope"] == np.eye(3)).all()
    assert read.packed == WEIGHTS.packed


def test_a_pickle_is_never_loaded(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle ran",))

    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    content.write(pickle.dumps(Bomb()))
    path = archive(tmp_path / "w", entries_of(WEIGHTS) | {"bomb.npy": content.getvalue()})
    with pytest.raises(Invalid, match="trained weights"):
        read_weights(path)


def test_an_array_that_claims_more_than_it_holds_is_refused(tmp_path):
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    path = archive(tmp_path / "w", entries_of(WEIGHTS) | {"huge.npy": content.getvalue()})
    with pytest.raises(Invalid, match="bytes in huge"):
        read_weights(path)


def test_a_bomb_of_a_zip_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("goldloop.judges.weights.LIMIT", 1000)
    with zipfile.ZipFile(tmp_path / "w", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("facts.json", b" " * 5000)
    with pytest.raises(Invalid, match="5000 bytes"):
        read_weights(tmp_path / "w")


@pytest.mark.parametrize("content", [b"", b"PK", WEIGHTS.packed[:-40], b"{}"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "w"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="trained weights"):
        read_weights(path)
