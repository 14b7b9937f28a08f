"""The certificate: an in-toto Statement v1 about the manifest, signed in a DSSE envelope.

Sources: https://in-toto.io/Statement/v1 and the DSSE protocol 1.0 (pre-authentication encoding). The public key
travels beside the signature, as an extra field that other DSSE readers ignore; trust comes from its fingerprint.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.nouns import CheckResult, Verdict
from goldloop.programmes.sealed.authors import Authors
from goldloop.programmes.sealed.authorship import simulation
from goldloop.programmes.sealed.facts import ReleaseFacts
from goldloop.programmes.sealed.layout import FORMAT, MANIFEST
from goldloop.programmes.sealed.manifest import SHARED
from goldloop.programmes.sealed.signing import Signer, fingerprint_of

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://goldloop.dev/attestations/release/v1"
SCHEME = "SHA-256, RFC 6962 tree, leaves salted"


class Signature(NamedTuple):
    """One signature of an envelope: the raw public key it claims, that key's fingerprint, key id and signature."""

    public: bytes
    fingerprint: str
    keyid: str
    value: bytes


def encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that a DSSE signature covers: type and payload, each with its length, so neither can be mistaken."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def predicate(
    facts: ReleaseFacts,
    manifest: Mapping[str, Any],
    *,
    authors: Authors,
    authorship: Mapping[str, Mapping[str, int]],
    fingerprint: str,
) -> dict[str, Any]:
    """What the certificate says. All numbers come from the manifest, the facts, or the count of the rows."""
    listed = authors.as_json()
    cited = {key for verdict in facts.verdicts for line in verdict.results for key in line.evidence_ids}
    proof = facts.human_only
    return {
        "format": FORMAT,
        **{key: manifest[key] for key in SHARED},
        "rows": {"count": manifest["rows"]["count"], "root": manifest["rows"]["root"], "scheme": SCHEME},
        "judgements": {"count": manifest["judgements"]["count"]},
        "authorship": authorship,
        "authors": authors_by_kind(listed),
        "simulation": simulation(authorship, listed),
        "human_only": proof.model_dump(mode="json") | {"outcome": proof.outcome},
        "verdicts": [verdict_json(one, authors) for one in facts.verdicts],
        "evidence": [authors.hide_evidence(one) for one in facts.evidence if one.id in cited or not one.slice],
        "waivers": [one.model_dump(mode="json") for one in facts.waivers()],
        "client": [one.model_dump(mode="json") for one in facts.client],
        "signer": fingerprint,
    }


def statement(said: Mapping[str, Any], *, manifest_sha256: str) -> dict[str, Any]:
    """The in-toto Statement that says a predicate of the manifest with this digest."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": MANIFEST, "digest": {"sha256": manifest_sha256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": said,
    }


def verdict_json(verdict: Verdict, authors: Authors) -> dict[str, Any]:
    """A verdict as JSON. Owner and waiver stand in clear: they answer for it; authors of judgements do not."""
    results = [_result(line, authors) for line in verdict.results]
    return verdict.model_dump(mode="json") | {"results": results, "opens": verdict.opens}


def _result(line: CheckResult, authors: Authors) -> Any:
    return authors.hide(line.model_dump(mode="json"))


def authors_by_kind(listed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """People are counted, machines are named."""
    return {
        "people": sum(1 for one in listed if one["kind"] == "person"),
        "machines": [dict(one) for one in listed if one["kind"] != "person"],
    }


def seal(said: Mapping[str, Any], signer: Signer, *, payload_type: str = PAYLOAD_TYPE) -> dict[str, Any]:
    """A statement in its signed envelope."""
    payload = canonical(said).encode()
    return {
        "payloadType": payload_type,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [
            {
                "keyid": signer.fingerprint,
                "sig": base64.b64encode(signer.sign(encoding(payload_type, payload))).decode(),
                "public_key": base64.b64encode(signer.public).decode(),
            }
        ],
    }


def opened(envelope: Any, *, payload_type: str = PAYLOAD_TYPE) -> tuple[bytes, list[Signature]]:
    """Payload and signatures of an envelope, nothing of it believed yet. Raises Invalid where it has another shape."""
    if not isinstance(envelope, dict) or envelope.get("payloadType") != payload_type:
        found = envelope.get("payloadType") if isinstance(envelope, dict) else type(envelope).__name__
        raise Invalid("this is no certificate", field="payloadType", expected=payload_type, found=repr(found)[:80])
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= 8:
        raise Invalid("the certificate is not signed", field="signatures", expected="1 to 8", found="none usable")
    return _bytes(envelope, "payload"), [_signature(one) for one in signatures]


def _signature(entry: Any) -> Signature:
    if not isinstance(entry, dict):
        raise Invalid("this is no signature", field="signatures", expected="an object", found=type(entry).__name__)
    public = _bytes(entry, "public_key")
    return Signature(public, fingerprint_of(public), str(entry.get("keyid")), _bytes(entry, "sig"))


def _bytes(entry: dict[str, Any], key: str) -> bytes:
    text = entry.get(key)
    if not isinstance(text, str):
        raise Invalid("the certificate is incomplete", field=key, expected="base64 text", found=type(text).__name__)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("this is not base64", field=key, expected="base64 text", found=repr(text)[:40]) from error
