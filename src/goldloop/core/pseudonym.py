"""The names of people outside the programme."""

import base64
import hashlib
import hmac

MARK = 8  # letters: 40 bits, for the few thousand people that a photograph may have to be told apart from


def pseudonym(secret: bytes, actor_id: str) -> str:
    """The name of a person outside the programme: the same for one secret, and nothing without it (HMAC, 80 bits)."""
    mac = hmac.digest(secret, b"goldloop.pseudonym.v1\0" + actor_id.encode(), hashlib.sha256)
    return "person-" + base64.b32encode(mac[:10]).decode().lower()


def mark(secret: bytes, programme_id: str, actor_id: str) -> str:
    """The name of a person on what they read in a programme: it leads to them, and not to their name in a release."""
    own = hmac.digest(secret, b"goldloop.mark.v1\0" + programme_id.encode(), hashlib.sha256)
    return pseudonym(own, actor_id)[: len("person-") + MARK]
