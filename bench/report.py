"""What a bench found: lines with their bars, kept as JSON, and the table that people read."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
OUT, TABLE = HERE / "out", HERE / "RESULTS.md"
ORDER = (
    "cycles", "intake", "export", "gate", "moving", "audits", "people", "impact", "bound", "plan", "saving", "learning",
    "lineage", "everything", "sealing", "beside", "desk", "start", "doubles", "doubles-postgresql", "kill9",
)  # fmt: skip
HEAD = """# Results

Every line is made by the command beside it and holds what that run found; `bench/out/*.json` holds the same with
everything that was counted. `bench/README.md` says how each is measured. Times depend on what else the machine does;
the server's processor time per operation hardly does, and zero is zero everywhere.
"""


class Line(NamedTuple):
    """One measured value; a `bar` of None is reported and not judged. `least`: the bar is a floor, not a ceiling."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """True where the bar is met, None where there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.least else self.value <= self.bar


def keep(name: str, command: str, lines: Sequence[Line], *, small: bool, folder: Path = OUT) -> Path:
    """Write down what a bench found."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "bench": name,
        "command": command,
        "small": small,
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": commit(),
        "machine": _machine(),
        "load_1m": round(os.getloadavg()[0], 1),
        "lines": [{**one._asdict(), "met": one.met} for one in lines],
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(found, indent=1) + "\n")
    return path


def write_table(*, folder: Path = OUT, to: Path = TABLE) -> None:
    """The table of what was found last: here, or where the table was written before."""
    sections = _sections(to.read_text()) if to.exists() else {}
    kept = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    sections |= {one["bench"]: _section(one) for one in kept if not one["small"]}
    known = [name for name in ORDER if name in sections]
    to.write_text(HEAD + "".join(sections[name] for name in known + sorted(sections.keys() - set(known))))


def _sections(table: str) -> dict[str, str]:
    """A table's sections by the name of their bench."""
    parts = table.split("\n## ")[1:]
    return {part.partition("\n")[0]: f"\n## {part}" for part in parts}


def _section(found: dict[str, Any]) -> str:
    about = f"`{found['command']}` · {found['at']} · {found['machine']} · load {found['load_1m']} · {found['commit']}"
    rows = "".join(_row(one) for one in found["lines"])
    return f"\n## {found['bench']}\n{about}\n\n| what | measured | bar | met |\n|---|---|---|---|\n{rows}"


def _row(line: dict[str, Any]) -> str:
    bar = "" if line["bar"] is None else f"{'≥' if line['least'] else '≤'} {line['bar']:g} {line['unit']}"
    met = {True: "yes", False: "**no**", None: ""}[line["met"]]
    what = f"{line['what']} ({line['note']})" if line["note"] else line["what"]
    return f"| {what} | {_shown(line['value'])} {line['unit']} | {bar} | {met} |\n"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.3g}"


def say(name: str, lines: Iterable[Line]) -> None:
    """Print what was found."""
    for one in lines:
        met = {True: "met", False: "NOT MET", None: ""}[one.met]
        print(f"{name:8} {one.what:60} {_shown(one.value):>10} {one.unit:10} {met} {one.note}", flush=True)


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()} {platform.system()}, Python {platform.python_version()}"


def commit() -> str:
    """The commit that is checked out, and whether something was changed since."""
    asked = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"
