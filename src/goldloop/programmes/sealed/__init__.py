"""Sealed releases as folders of plain files: written, signed, and verified without a server.

Pure file work: it knows the nouns and families of the core and no database. `write_release` seals,
`verify_release` checks; `docs/reference/release-format.md` is the format.
"""

from goldloop.programmes.sealed.facts import ReleaseFacts
from goldloop.programmes.sealed.rows import read_rows
from goldloop.programmes.sealed.signing import Signer
from goldloop.programmes.sealed.verify import Problem, Verification, verify_release
from goldloop.programmes.sealed.write import Sealed, write_release

__all__ = [
    "Problem",
    "ReleaseFacts",
    "Sealed",
    "Signer",
    "Verification",
    "read_rows",
    "verify_release",
    "write_release",
]
