"""A lost signing key is never replaced in silence, and the old key vouches for the new one where it can."""

import pytest
from tests.contract.kernel import Kernel, kernel

from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.programmes.ledger.keys import FIRST, chain, new_key, put_in_place, signed_list, signer_of, vouching
from goldloop.programmes.sealed.signing import Signer, signed
from goldloop.store.open import Store
from goldloop.store.programmes import programme_row
from goldloop.store.signing_keys import SigningKey, keys

REASON = "the disk it was on is gone"


def signer(made: Kernel) -> Signer:
    with made.store.write() as connection:
        return signer_of(made.store, connection, programme_row(connection, made.programme), by=made.mona, at=now())


def changed(made: Kernel, *, put: bool = True) -> SigningKey:
    with made.store.write() as connection:
        row = programme_row(connection, made.programme)
        key = new_key(made.store, connection, row, by=made.mona, because=REASON, at=now())
    if put:
        put_in_place(made.store, row)
    return key


def test_the_first_key_is_made_once(store: Store) -> None:
    made = kernel(store, items=1)
    first = signer(made)
    assert signer(made).fingerprint == first.fingerprint
    with store.read() as connection:
        (known,) = keys(connection, made.programme)
    assert (known.fingerprint, known.because, known.made_by, known.vouched) == (first.fingerprint, FIRST, "Mona", None)


def test_a_lost_key_stops_signing_until_somebody_makes_a_new_one(store: Store) -> None:
    made = kernel(store, items=1)
    first = signer(made)
    (store.home / "keys" / "desk.ed25519").unlink()
    with pytest.raises(Conflict, match="lost") as caught:
        signer(made)
    assert first.fingerprint in str(caught.value.expected)
    key = changed(made)
    assert signer(made).fingerprint == key.fingerprint != first.fingerprint
    assert (key.because, key.vouched) == (REASON, None), "nobody is there to vouch for it"


def test_another_key_in_its_place_is_noticed(store: Store) -> None:
    made = kernel(store, items=1)
    signer(made)
    file = store.home / "keys" / "desk.ed25519"
    file.unlink()
    stranger = Signer.create(file)
    with pytest.raises(Conflict, match="silence") as caught:
        signer(made)
    assert stranger.fingerprint in str(caught.value.found)


def test_the_old_key_vouches_for_the_new_one(store: Store) -> None:
    made = kernel(store, items=1)
    first = signer(made)
    key = changed(made)
    assert key.vouched is not None
    assert signed(first.public, vouching(first.fingerprint, key.fingerprint, REASON), key.vouched)
    with store.read() as connection:
        assert [one.fingerprint for one in keys(connection, made.programme)] == [key.fingerprint, first.fingerprint]


def test_a_key_that_somebody_else_may_hold_vouches_for_nothing(store: Store) -> None:
    made = kernel(store, items=1)
    with store.write() as connection, pytest.raises(Conflict, match="no key to withdraw"):
        row = programme_row(connection, made.programme)
        new_key(made.store, connection, row, by=made.mona, because=REASON, at=now(), distrust=True)
    first = signer(made)
    with store.write() as connection:
        row = programme_row(connection, made.programme)
        key = new_key(made.store, connection, row, by=made.mona, because=REASON, at=now(), distrust=True)
    put_in_place(made.store, row)
    assert key.vouched is None
    with store.read() as connection:
        listed = chain(connection, made.programme)
        signed_by_newest = signed_list(made.store, connection, row)
    assert [(one.fingerprint, one.withdrawn and one.withdrawn.because) for one in listed] == [
        (first.fingerprint, REASON),
        (key.fingerprint, None),
    ]
    assert signed_by_newest["signatures"][0]["keyid"] == key.fingerprint


def test_a_server_that_stopped_between_noting_and_putting_a_key_finds_it(store: Store) -> None:
    made = kernel(store, items=1)
    signer(made)
    key = changed(made, put=False)
    assert signer(made).fingerprint == key.fingerprint
