"""The owner's side of a bench: set up, people, a programme, imports and routing, all through the public client."""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from bench.desk import Desk
from bench.server import Server
from bench.texts import LABELS, File
from bench.watch import Peak

from goldloop.client import Client
from goldloop.client.jobs import Job
from goldloop.core.nouns import Spec

PASSWORD = "a long sentence for a bench"
ORGANISATION = "Bench"
JOB_S = 3600
CONFIDENT = 0.6


class Taken(NamedTuple):
    """A job from asking for it to its end: seconds, processor seconds of the server's processes, most memory in MiB."""

    wall_s: float
    cpu_s: float
    rss_mb: float
    own_mb: float
    result: dict[str, Any]


class House:
    """A set-up installation with one owner and, after `hire`, people who work."""

    def __init__(self, server: Server) -> None:
        assert server.set_up_token is not None, "a bench begins with an empty data folder"
        self.server = server
        self._open = ExitStack()
        self.client = self._open.enter_context(Client(server.url, timeout=600))
        self.client.set_up(
            server.set_up_token, name="mona", password=PASSWORD, organisation=ORGANISATION, display_name="Mona"
        )

    def close(self) -> None:
        """End every connection."""
        self._open.close()

    def hire(self, programme: str, count: int, *, prefix: str = "p", residency: str | None = None) -> list[Desk]:
        """People who annotate in a programme, each signed in as a browser is."""
        desks = []
        for number in range(count):
            name = f"{prefix}{number}-{secrets.token_hex(3)}"
            invited = self.client.people.add(name, name, ORGANISATION, tiers=(1, 2), residency=residency)
            self.client.programmes.staff(programme, invited.person.id, "annotator", tiers=(1, 2))
            desk = Desk(self.server.port, programme)
            desk.take_up(invited.secret, PASSWORD)
            self._open.callback(desk.close)
            desks.append(desk)
        return desks

    def programme(self, name: str, **more: Any) -> str:
        """A programme with one judgement an item; its id. Predictions that are sure enough are only verified."""
        applied = self.client.programmes.apply(json.dumps(_document(name) | more))  # JSON is YAML
        assert applied.programme is not None
        return applied.programme.id

    def take_in(self, programme: str, file: File) -> Taken:
        """Upload and import a file; the upload counts."""
        spec = Spec.model_validate(file.source)
        return self.run(lambda: self.client.imports.add(programme, file.path, spec))

    def route(self, programme: str) -> Taken:
        """Form batches and open work."""
        return self.run(lambda: self.client.work.open(programme))

    def rest(self, programme: str) -> None:
        """Wait until no job of the programme waits or runs."""
        for job in self.client.jobs.all(programme):
            self.client.jobs.wait(job, timeout=JOB_S)

    def open_gates(self, programme: str) -> None:
        """Run the gate of every batch."""
        for row in self.client.batches.all(programme):
            self.run(lambda row=row: self.client.batches.gate(row.batch.id))  # type: ignore[misc]  # bound now

    def cut(self, programme: str, name: str) -> Taken:
        """Seal a release of all whose gate is open."""
        return self.run(lambda: self.client.releases.cut(programme, name))

    def labels(self, programme: str, to: Path) -> int:
        """Write the accepted labels as they stand to a file; how many."""
        return self.client.programmes.labels(programme, to).rows

    def download(self, programme: str, to: Path) -> int:
        """Download the newest release; its size in bytes."""
        self.client.releases.download(self.client.releases.all(programme)[0].id, to)
        return to.stat().st_size

    def run(self, ask: Callable[[], Job]) -> Taken:
        """Ask for a job and see it to its end; timed by the clock of this machine, not by when we looked."""
        before, began = self.server.cpu_s(), time.time()
        with Peak(self.server) as peak:
            job = self.client.jobs.wait(ask(), timeout=JOB_S)
        assert job.finished_at is not None
        wall_s, cpu_s = job.finished_at / 1e6 - began, self.server.cpu_s() - before
        return Taken(wall_s, cpu_s, peak.rss_mb, peak.own_mb, job.result)


def _document(name: str) -> dict[str, Any]:
    return {
        "programme": name,
        "title": name,
        "organisation": ORGANISATION,
        "raci": {"accountable": "mona"},
        "task": "choice.v1",
        "ontology": {"labels": [{"id": one, "name": one, "definition": one} for one in LABELS]},
        "models": {"imported": {"judge": {"predictions.v1": {"file": "imported"}}}},
        "routing": {
            "model": "imported",
            "rules": [
                {"rule": "sure", "when": {"confidence": {"from": CONFIDENT}}, "to": "verify", "tier": 1},
                {"rule": "the rest", "to": "annotate", "tier": 1},
            ],
        },
        "batches": {"size": 100_000, "gate": "delivery"},
        "gates": {"delivery": {"owner": "mona", "checks": ["completeness.v1"]}},
    }
