"""Merkle trees: RFC 6962's own vectors, then properties, against the definition written out."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core import merkle

# Inputs and roots of the test vectors of the certificate-transparency reference implementation of RFC 6962.
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
digests = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def defined(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962, section 2.1, defines it."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + defined(leaves[:split]) + defined(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert merkle.root(map(merkle.leaf, INPUTS[:size])).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_digest_of_nothing() -> None:
    assert merkle.Tree().root() == sha256().digest()


@given(digests)
def test_the_growing_tree_has_the_defined_root_at_every_size(leaves: list[bytes]) -> None:
    tree = merkle.Tree()
    for n, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        assert tree.root() == defined(leaves[:n])


@given(digests, st.data())
def test_a_path_proves_its_own_leaf_at_its_own_place(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps, root = merkle.path(leaves, index), merkle.root(leaves)
    assert merkle.includes(root, leaves[index], index=index, size=len(leaves), steps=steps)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=40, unique=True), st.data())
def test_a_path_proves_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    steps, root = merkle.path(leaves, index), merkle.root(leaves)
    assert not merkle.includes(root, leaves[other], index=index, size=size, steps=steps)
    assert not merkle.includes(root, leaves[index], index=other, size=size, steps=steps)
    assert not merkle.includes(root, leaves[index], index=index, size=size, steps=steps[:-1])
    assert not merkle.includes(root, leaves[index], index=index, size=size, steps=(*steps, steps[0]))
    assert not merkle.includes(root, leaves[index], index=size, size=size, steps=steps)
    assert not merkle.includes(leaves[index], leaves[index], index=index, size=size, steps=steps)


@given(digests, st.data())
def test_any_change_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda new: new != leaves[index]))
    assert merkle.root(leaves) != merkle.root([*leaves[:index], other, *leaves[index + 1 :]])
    assert merkle.root(leaves) != merkle.root([*leaves, other])


def test_a_node_never_passes_as_a_leaf() -> None:
    left, right = merkle.leaf(b"a"), merkle.leaf(b"b")
    assert merkle.node(left, right) != merkle.leaf(left + right)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_salted_leaf_is_the_leaf_of_salt_and_content(salt: bytes, content: bytes) -> None:
    assert merkle.salted(salt)(content) == merkle.leaf(salt + content)


def test_there_is_no_path_to_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        merkle.path([merkle.leaf(b"a")], 1)


@given(parts=st.lists(st.lists(st.binary(min_size=32, max_size=32), max_size=20), max_size=6))
def test_many_leaves_at_once_are_those_one_by_one(parts: list[list[bytes]]) -> None:
    many, one = merkle.Tree(), merkle.Tree()
    for part in parts:
        many.extend(part)
        for digest in part:
            one.add(digest)
        assert (many.size, many.root()) == (one.size, one.root())
