"""goldloop for the load driver that the other labelling servers were measured with; `bench.peers` runs it.

The driver starts the server and counts; what it calls is async, so that requests are made in threads.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from bench.desk import Desk, Work
from bench.house import House
from bench.server import COMMAND, Server
from bench.texts import File

from goldloop import __version__

Task = tuple[str, Work]
PG_WORKERS = 4


class Goldloop:
    """What the driver asks of a system. A task is (item id, work); an annotation id is (item id, judgement id)."""

    name = "goldloop"
    ready_status = (200,)

    def __init__(self, base_url: str) -> None:
        self._url = base_url
        self._workdir = Path()
        self._house: House | None = None
        self._users = 0
        self._desks: list[Desk] = []
        self._programme = ""
        self._items: set[str] = set()
        self._cuts = 0

    def server_spec(self, workdir: str, port: int, backend: str) -> dict[str, Any]:
        """How to start it. For `postgres` the driver's PG* variables say where that is."""
        self._workdir = Path(workdir)
        environment = {"GOLDLOOP_HOME": f"{workdir}/home", "GOLDLOOP_PORT": str(port), "PYTHONUNBUFFERED": "1"}
        command = [*COMMAND, "serve", "--json"]
        if backend == "postgres":
            environment["GOLDLOOP_DATABASE"] = "postgresql://"
            command += ["--workers", str(PG_WORKERS)]
        return {"pre": [], "commands": [command], "env": environment, "ready": "/api/state", "version": __version__}

    def db_bytes(self, workdir: str, backend: str) -> int:
        """Everything in the data folder."""
        return sum(one.stat().st_size for one in Path(workdir, "home").rglob("*") if one.is_file())

    async def setup(self, n_users: int) -> None:
        """The owner, with the link that the first start printed; people are hired for each project."""
        self._users = n_users
        said = "".join(one.read_text() for one in sorted((self._workdir / "logs").glob("*.log")))
        server = Server(self._workdir / "home", port=int(self._url.rpartition(":")[2]))  # the driver started it
        server.set_up_token = re.findall(r"token=([\w-]+)", said)[-1]
        self._house = await asyncio.to_thread(House, server)

    async def create_project(self, title: str) -> None:
        """A programme with everybody in it."""
        self._programme = await asyncio.to_thread(self._owner.programme, title)
        self._desks = await asyncio.to_thread(self._owner.hire, self._programme, self._users)
        self._items = set()

    async def import_tasks(self, tasks: Sequence[dict[str, Any]], annotated: bool = False) -> int:
        """Import and route: after that people see them."""
        return await asyncio.to_thread(self._import, tasks, annotated)

    async def next_task(self, user: int) -> Task | None:
        """What the workbench asks for."""
        works = await asyncio.to_thread(self._desks[user].claim)
        return (works[0]["item_id"], works[0]) if works else None

    async def submit(self, user: int, task: Task, label: str) -> tuple[str, str]:
        """Say a label of it."""
        item, work = task
        done = await asyncio.to_thread(self._desks[user].submit, work, uuid4(), label)
        self._items.add(item)
        return item, done["judgement_id"]

    async def export(self) -> tuple[bytes, int]:
        """Cut a release and download it."""
        return await asyncio.to_thread(self._export)

    async def annotation_ids(self) -> set[tuple[str, str]]:
        """Everything that is stored of what was submitted."""
        return await asyncio.to_thread(self._stored)

    async def relogin_if_needed(self) -> None:
        """Sessions outlive the server; connections do not."""
        for desk in self._desks:
            desk.close()

    async def close(self) -> None:
        """End every connection."""
        if self._house is not None:
            self._house.close()

    @property
    def _owner(self) -> House:
        assert self._house is not None, "set up first"
        return self._house

    def _import(self, tasks: Sequence[dict[str, Any]], annotated: bool) -> int:
        params = {"annotation": "said", "annotator": "by"} if annotated else {}
        with TemporaryDirectory() as folder:
            path = Path(folder) / "tasks.jsonl"
            with path.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(_row(one, annotated)) + "\n" for one in tasks)
            file = File(path, {"name": "jsonl.v1", "params": params}, len(tasks))
            taken = self._owner.take_in(self._programme, file)
        self._owner.route(self._programme)
        if annotated:
            self._owner.open_gates(self._programme)
        return int(taken.result["items"])

    def _export(self) -> tuple[bytes, int]:
        self._cuts += 1
        rows = int(self._owner.cut(self._programme, f"cut-{self._cuts}").result["rows"])
        with TemporaryDirectory() as folder:
            path = Path(folder) / "release.zip"
            self._owner.download(self._programme, path)
            with ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.endswith(".jsonl")]
                return b"".join(archive.read(name) for name in names), rows

    def _stored(self) -> set[tuple[str, str]]:
        views = {item: self._owner.client.items.get(item) for item in self._items}
        return {(item, judgement.id) for item, view in views.items() for judgement in view.judgements}


def _row(task: dict[str, Any], annotated: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"id": task["ext_id"], "text": task["text"]}
    if annotated:
        return row | {"said": "other", "by": "ana"}
    if task["pred"]:
        row |= {"prediction": task["pred"]["label"], "confidence": task["pred"]["score"]}
    return row
