"""Lists: rows and the cursor to go on from, as JSON or as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import JSONResponse

After = Annotated[str | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000, description="rows of a page")]
Format = Annotated[str, Query(pattern="^(json|csv)$", description="json, or csv for a spreadsheet")]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def page(
    rows: Sequence[dict[str, Any]], *, format: str = "json", next_: str | None = None, name: str = "rows"
) -> Response:
    """One page of a list."""
    if format == "csv":
        return Response(
            as_csv(rows),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}.csv"'},
        )
    return JSONResponse({"rows": list(rows), "next": next_})


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as CSV; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    names: dict[str, None] = {}
    flat = [_flat(row) for row in rows]
    for row in flat:
        names |= dict.fromkeys(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names), restval="")
    writer.writerow({name: _cell(name) for name in names})
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in flat)
    return out.getvalue()


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
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
