"""Under which terms items come in: what the programme file says of the source that an import names."""

from sqlalchemy import Connection

from goldloop.core.errors import Invalid
from goldloop.core.licence import read_licence
from goldloop.core.policy import Policy
from goldloop.core.rights import SourceDoc
from goldloop.store.items import NewItem
from goldloop.store.programmes import PolicyRow
from goldloop.store.take_ins import source_keys


def terms_of(policy: Policy, source: str) -> SourceDoc:
    """What a programme file says of a source, by the name that an import gives.

    Raises Invalid where nothing may be taken in from it: it was withdrawn, or the file demands what it does not state.
    """
    terms = policy.sources.get(source)
    if terms is None and policy.rights.demand:
        raise Invalid(
            f"this programme asks where items come from, with {' and '.join(policy.rights.demand)}",
            field="name",
            expected=f"one that the programme file states ({', '.join(policy.sources) or 'none yet'}), or in it "
            f"sources: {{{source}: {{{': ..., '.join(policy.rights.demand)}: ...}}}}",
            found=source,
        )
    if terms is not None and terms.withdrawn is not None:
        raise Invalid(
            f"the source {source!r} was withdrawn",
            field="name",
            expected="a source that stands",
            found=terms.withdrawn[:200],
        )
    return terms or SourceDoc()


def withdrawn_sources(connection: Connection, policy: PolicyRow) -> dict[int, str]:
    """The sources of a programme of which nothing may leave any longer, and why."""
    gone = {name: one.withdrawn for name, one in policy.policy.sources.items() if one.withdrawn is not None}
    return {key: gone[name] for name, key in source_keys(connection, policy.programme_id, list(gone)).items()}


def under_terms(new: NewItem, policy: Policy, terms: SourceDoc) -> NewItem:
    """An item under the terms of its source. Raises Invalid where they do not go together."""
    own = new.licence
    if own is not None and "licence" in policy.rights.demand:
        try:
            new = new._replace(licence=read_licence(own))
        except ValueError as error:
            raise Invalid("this is no licence", field="licence", expected=str(error), found=own[:80]) from error
    stays = terms.residency
    if stays is not None and new.residency not in (None, stays):
        raise Invalid("its source stays elsewhere", field="residency", expected=stays, found=str(new.residency))
    return new._replace(residency=stays) if stays is not None else new
