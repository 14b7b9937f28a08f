"""Writes docs/reference/{settings,kinds,cli,errors}.md and openapi.json from the code: `make docs`."""

import json
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
import yaml
from pydantic.fields import FieldInfo

from goldloop import kinds
from goldloop.app import create_app
from goldloop.cli.root import EXIT, NOUNS
from goldloop.core import errors
from goldloop.core.registry import FAMILIES, Kind
from goldloop.core.settings import PREFIX, Settings
from goldloop.http.errors import STATUS
from goldloop.store.open import open_store

FOLDER = Path(__file__).parent / "reference"
WRITTEN = "Written by `make docs` from the code. Do not edit it by hand.\n"


def _settings() -> str:
    rows = (
        (f"`{PREFIX}{name.upper()}`", _typed(field), _default(field), field.description)
        for name, field in Settings.model_fields.items()
    )
    about = (
        "A setting comes from the environment, or from a line `key: value` of `settings.yaml` in the data folder.\n"
        "There the key is the name below in small letters without its prefix. The environment wins.\n"
        "A value that cannot be used stops the start. `GOLDLOOP_HOME` itself comes only from the environment.\n"
    )
    return _page("Settings", about, _table(("setting", "type", "default", "what it does"), rows))


def _kinds() -> str:
    kinds.load()
    parts = [f"## {title}\n\n" + "\n".join(_kind(kind) for kind in family) for title, family in FAMILIES.items()]
    about = (
        "A kind plugs into one of six families. Its name carries its version: a changed meaning is a changed name.\n"
        "A programme file names a kind as `name` or as `name: {parameter: value}`.\n"
    )
    return _page("Kinds", about, *parts)


def _kind(kind: type[Kind]) -> str:
    rows = [
        (f"`{field.alias or name}`", _typed(field), _default(field), field.description)
        for name, field in kind.model_fields.items()
    ]
    spec = kind.example().spec
    example = yaml.safe_dump({spec.name: spec.params} if spec.params else spec.name, sort_keys=False, width=100)
    table = _table(("parameter", "type", "default", "meaning"), rows) if rows else "No parameters.\n"
    lines = "\n".join(line.strip() for line in str(kind.__doc__).strip().splitlines())
    return f"### {kind.name}\n\n{lines}\n\n{table}\n```yaml\n{example.removesuffix('...' + chr(10))}```\n"


def _cli() -> str:
    codes = ", ".join(f"{code} {kind.code}" for kind, code in EXIT.items())
    about = (
        f"Exit codes of errors: {codes}. `gate run` exits 1 where the gate stays shut.\n"
        "`release verify` exits 0, 1 or 2 for verified, signer unknown, or tampered.\n"
        "The options `--home` and `--url` stand before the noun: `goldloop --home FOLDER programme list`.\n"
    )
    parts = []
    for name, text in NOUNS.items():
        command = typer.main.get_command(import_module(f"goldloop.cli.{name.replace('-', '_')}_commands").app)
        parts.append(f"## {name}\n\n{text}\n\n" + "\n".join(_command(command, f"goldloop {name}")))
    return _page("Command line", about, *parts)


def _command(command: Any, path: str) -> Iterator[str]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}")
        return
    own = [one for one in command.params if "--help" not in one.opts]
    arguments = [one for one in own if one.param_type_name == "argument"]
    words = " ".join(one.name.upper() if one.required else f"[{one.name.upper()}]" for one in arguments)
    rows = [
        (", ".join(f"`{word}`" for word in (*one.opts, *one.secondary_opts)), getattr(one, "help", None))
        for one in own
        if one.param_type_name != "argument"
    ]
    said = " ".join(str(command.help or "").split())
    yield f"### `{f'{path} {words}'.strip()}`\n\n{said}\n\n" + (_table(("option", "meaning"), rows) if rows else "")


def _errors() -> str:
    found = [getattr(errors, kind.__name__) for kind in EXIT]
    rows = ((f"`{kind.code}`", STATUS[kind], EXIT[kind], kind.__doc__) for kind in found)
    about = (
        "Every failure is one of five. The API answers them in one JSON shape: `code`, `message`, and where they\n"
        "help `field`, `expected`, `found`, `details`. Codes are stable, messages are for people.\n"
    )
    return _page("Errors", about, _table(("code", "HTTP status", "exit code", "meaning"), rows))


def _openapi() -> str:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(home=Path(folder)))
        try:
            return json.dumps(create_app(store).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        finally:
            store.close()


def _page(title: str, about: str, *parts: str) -> str:
    return "\n".join((f"# {title}\n", WRITTEN, about, *parts)).rstrip() + "\n"


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(_cell(part) for part in line) + " |\n" for line in lines)


def _cell(part: object) -> str:
    return " ".join(str("" if part is None else part).split()).replace("|", "\\|")


def _typed(field: FieldInfo) -> str:
    text = getattr(field.annotation, "__name__", "") if isinstance(field.annotation, type) else str(field.annotation)
    return "`" + (text or str(field.annotation)).replace("typing.", "") + "`"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return f"`{value}`" if str(value) not in ("", "None") else "none"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": _settings,
    "kinds.md": _kinds,
    "errors.md": _errors,
    "openapi.json": _openapi,
    "cli.md": _cli,
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), encoding="utf-8")
