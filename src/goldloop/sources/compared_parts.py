"""The parts of a Label Studio task that are put side by side, as a goldloop item holds them."""

from collections.abc import Callable
from typing import Any

from goldloop.sources.labelling_config import Config, Control
from goldloop.sources.rows import wrong

Data = dict[str, Any]


def comparing(control: Control, config: Config) -> Callable[[Data], Data] | None:
    """What makes a row with `responses` of a task's data; None where the control compares nothing.

    The one text of the configuration that is not compared is the `prompt`.
    """
    if control.type == "pairwise":
        keys = [config.keys.get(name.strip(), "") for name in control.about.split(",")]
        return lambda data: _pair(data, keys, _prompt(config, keys))
    if control.type == "ranker":
        key = config.keys.get(control.about, "")
        return lambda data: _list(data, key, _prompt(config, [key]))
    return None


def _prompt(config: Config, compared: list[str]) -> str | None:
    others = [key for name, key in config.keys.items() if name and key not in compared]
    return others[0] if len(others) == 1 else None


def _pair(data: Data, keys: list[str], prompt: str | None) -> Data:
    return _row(data, {*keys}, [{"text": data.get(key)} for key in keys], prompt)


def _list(data: Data, key: str, prompt: str | None) -> Data:
    listed = data.get(key)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise wrong(f"data.{key}", "a list of objects", listed)
    return _row(data, {key}, [{**one, "text": one.get("body") or one.get("title")} for one in listed], prompt)


def _row(data: Data, taken: set[str], responses: list[Data], prompt: str | None) -> Data:
    row = {key: value for key, value in data.items() if key not in taken and key != prompt}
    asked = {"prompt": data[prompt]} if prompt and isinstance(data.get(prompt), str) else {}
    return {**row, **asked, "responses": responses}
