"""From a reference to a connected model."""

import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from goldloop.core.blobs import Readable
from goldloop.core.errors import Invalid
from goldloop.core.families import Model, ModelRef
from goldloop.core.nouns import Noun
from goldloop.core.settings import Settings
from goldloop.models.file import FileModel, FileParams
from goldloop.models.python import PythonModel, PythonParams
from goldloop.models.trained import TrainedModel, TrainedParams

Params = TypeVar("Params", bound=Noun)


def connect(ref: ModelRef, *, blobs: Readable, settings: Settings, wait: Callable[[float], None] = time.sleep) -> Model:
    """The model that a judge's `needs()` names; it waits for its endpoint by `wait`.

    Raises Invalid for unknown parameters or a broken file, NotFound for a missing blob, Forbidden for an entry point
    that the operator does not allow, Unavailable where the model cannot be loaded.
    """
    if ref.client == "python":
        return PythonModel(_params(ref, PythonParams), allowed=settings.allow_entry_points)
    if ref.client == "http":
        from goldloop.models.http import HttpModel, HttpParams  # brings an HTTP client: a server may never need one

        return HttpModel(_params(ref, HttpParams), allow_private=settings.allow_private_urls, wait=wait)
    if ref.client == "openai":
        from goldloop.models.openai import OpenAIModel, OpenAIParams

        return OpenAIModel(_params(ref, OpenAIParams), allow_private=settings.allow_private_urls, wait=wait)
    if ref.client == "file":
        return FileModel(_params(ref, FileParams), blobs=blobs)
    return TrainedModel(_params(ref, TrainedParams), blobs=blobs)


def _params(ref: ModelRef, shape: type[Params]) -> Params:
    try:
        return shape.model_validate(ref.params)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            "this parameter of a model cannot be used",
            field=f"{ref.client}.{where}",
            expected=first["msg"].removeprefix("Input should be "),
            found=repr(first.get("input"))[:80],
        ) from error
