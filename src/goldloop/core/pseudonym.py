"""The names of people outside the programme."""

import base64
import hashlib
import hmac


def pseudonym(secret: bytes, actor_id: str) -> str:
    """The name of a person outside the programme: the same for one secret, and nothing without it (HMAC, 80 bits)."""
    mac = hmac.digest(secret, b"goldloop.pseudonym.v1\0" + actor_id.encode(), hashlib.sha256)
    return "person-" + base64.b32encode(mac[:10]).decode().lower()
