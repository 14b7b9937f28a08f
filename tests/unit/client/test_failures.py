"""Errors on their way back."""

import httpx2
import pytest

from goldloop.client.failures import failure, from_shape
from goldloop.core.errors import Conflict, Forbidden, GoldloopError, Invalid, NotFound, Unavailable
from goldloop.http.errors import STATUS


@pytest.mark.parametrize("kind", [Invalid, Forbidden, NotFound, Conflict, Unavailable])
def test_each_of_the_five_errors_comes_back_as_itself(kind: type[GoldloopError]):
    sent = kind("it is so", field="labels.0", expected="one label", found="two", line=7)
    shape = {**sent.as_json(), "request_id": "abc"}
    back = failure(httpx2.Response(STATUS[kind], json=shape))
    assert type(back) is kind
    assert (back.message, back.field, back.expected, back.found) == ("it is so", "labels.0", "one label", "two")
    assert back.details == {"line": 7, "code": kind.code, "request_id": "abc"}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthenticated", Forbidden),
        (413, "too_large", Invalid),
        (421, "wrong_host", Invalid),
        (429, "too_many", Unavailable),
        (500, "internal", Unavailable),
        (405, "not_allowed", NotFound),
    ],
)
def test_what_only_http_knows_becomes_the_nearest_of_the_five(status: int, code: str, kind: type[GoldloopError]):
    assert type(failure(httpx2.Response(status, json={"code": code, "message": "no"}))) is kind


def test_an_answer_of_something_else_is_unavailable_and_shows_what_it_said():
    error = failure(httpx2.Response(502, text="<html>bad gateway</html>"))
    assert isinstance(error, Unavailable)
    assert error.found == "<html>bad gateway</html>"


def test_details_named_like_an_argument_of_the_error_do_not_replace_it():
    error = from_shape({"code": "invalid", "message": "no", "details": {"found": 3, "field": "x"}}, status=422)
    assert error.found is None
    assert error.details == {"found_": 3, "field_": "x", "code": "invalid"}
