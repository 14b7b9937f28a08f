"""The files of an archive put in their places: weights of models among the blobs, and the folders of releases."""

import shutil
from collections.abc import Iterator, Mapping

from goldloop.core.errors import Invalid
from goldloop.programmes.archive.reading import Archive
from goldloop.store.open import Store
from goldloop.store.releases import folder_of


def unpack(store: Store, archive: Archive, programme: str, sealed: Mapping[int, tuple[str, int]]) -> Iterator[str]:
    """Put them there; says each release. `sealed`: (name, number) of the releases of data, by their keys there."""
    for name in archive.files("blobs"):
        kept = store.blobs.put(archive.chunks(name))
        if f"blobs/{kept.name}" != name:
            raise Invalid(
                "this archive cannot be opened: a blob is not what its name says",
                field="file",
                expected=name,
                found=kept.name,
            )
    for key, (name, number) in sealed.items():
        inside = archive.files(f"releases/{key}")
        if not inside:
            continue
        target = folder_of(store.home, programme, name, number)
        shutil.rmtree(target, ignore_errors=True)  # of an opening that came to nothing: the name is free
        for member in inside:
            file = target / member.removeprefix(f"releases/{key}/")
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with file.open("wb") as out:
                out.writelines(archive.chunks(member))
        yield f"release {name} #{number}"
