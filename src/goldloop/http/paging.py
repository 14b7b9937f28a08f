"""Lists: rows and the cursor to go on from, as JSON or as CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from goldloop.core.formula import as_text

After = Annotated[str | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000, description="rows of a page")]
Format = Annotated[str, Query(pattern="^(json|csv)$", description="json, or csv for a spreadsheet")]
Fetch = Callable[[str | None, int], tuple[list[dict[str, Any]], str | None]]
"""(cursor, limit) -> rows, and the cursor to go on from; None behind the last."""
CSV = "text/csv; charset=utf-8"
CSV_PAGE = 1000


def page(
    rows: Sequence[dict[str, Any]],
    *,
    format: str = "json",
    next_: str | None = None,
    name: str = "rows",
    because: str | None = None,
) -> Response:
    """One page of a list; `because` says what it leaves out."""
    if format == "csv":
        return Response(as_csv(rows), media_type=CSV, headers=_file(name))
    left_out = {} if because is None else {"because": because}
    return JSONResponse({"rows": list(rows), "next": next_, **left_out})


def long_list(
    fetch: Fetch,
    *,
    after: str | None,
    limit: int,
    format: str = "json",
    name: str = "rows",
    because: str | None = None,
) -> Response:
    """A page of a long list; or all of it from the cursor on, as CSV that is sent while it is read."""
    if format != "csv":
        rows, next_ = fetch(after, limit)
        return page(rows, next_=next_, because=because)
    first = fetch(after, CSV_PAGE)  # before the answer begins, so that an error can still be said
    return StreamingResponse(_csv_pages(fetch, *first), media_type=CSV, headers=_file(name))


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as CSV; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    flat = [_flat(row) for row in rows]
    names = _names(flat)
    return _csv_line({name: name for name in names}, names) + "".join(_csv_line(row, names) for row in flat)


def _csv_pages(fetch: Fetch, rows: list[dict[str, Any]], next_: str | None) -> Iterator[str]:
    """The columns are those of the first page."""
    names = _names([_flat(row) for row in rows])
    yield as_csv(rows)
    while next_ is not None:
        rows, next_ = fetch(next_, CSV_PAGE)
        yield "".join(_csv_line(_flat(row), names) for row in rows)


def _names(flat: Sequence[dict[str, Any]]) -> list[str]:
    names: dict[str, None] = {}
    for row in flat:
        names |= dict.fromkeys(row)
    return list(names)


def _csv_line(row: dict[str, Any], names: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(row.get(name)) for name in names])
    return out.getvalue()


def _file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}.csv"'}


def _flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            out |= _flat(value, f"{prefix}{key}.")
        else:
            out[f"{prefix}{key}"] = value
    return out


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return as_text(value)
    return "" if value is None else value
