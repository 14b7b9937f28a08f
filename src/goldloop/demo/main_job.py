"""The main job: a raw file becomes human work, and the work becomes a proved release."""

import secrets
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from goldloop.client import Client, Job
from goldloop.client.batches import BatchView
from goldloop.core.errors import Conflict
from goldloop.core.nouns import Role, Spec, Verdict
from goldloop.demo.files import NEW, Files, write_files
from goldloop.demo.lessons import learn
from goldloop.demo.messages import Message
from goldloop.demo.narrator import Narrator
from goldloop.demo.practice import practise, seal_gold
from goldloop.programmes.sealed import Verification, verify_release
from goldloop.simulate import Worker, crew, hire, truth_of, work_off

INTENTS, DETAILS = "support-intents", "support-details"
ENTERPRISE, PROVIDER = "Harbour Bank", "Fieldwork (simulated)"
SEED, CREW = 11, 12
KEYS = {name: sha256(f"goldloop demo, {name}".encode()).digest() for name in ("ids", "secret")}
"""What is drawn in the demo is the same in every run, so that its proofs hold in every run."""

JSONL = Spec(name="jsonl.v1")
BECAUSE = "A demonstration: its people are simulated, and its labels train nothing that anybody uses."
STAFF: tuple[tuple[str, str, Role, tuple[int, ...]], ...] = (
    ("tia", "Tia, verifier", "annotator", (1,)),
    ("dev", "Dev, annotator", "annotator", (2,)),
    ("sen", "Sen, reviewer", "expert", (3,)),
)


class SignIn(NamedTuple):
    """A random sign-in of this run, and what it is good for."""

    name: str
    password: str
    about: str


class Shown(NamedTuple):
    """What the main job made."""

    sign_ins: tuple[SignIn, ...]
    verdict: Verdict
    verification: Verification
    release: Path
    fingerprint: str


def main_job(client: Client, set_up_token: str, folder: Path, narrator: Narrator) -> Shown:
    """Run it on an empty installation; files and the release go into `folder`. Raises Conflict where a proof fails."""
    narrator.stage("People and programmes")
    sign_ins, people = _people(client, set_up_token)
    workers = _crew(client)
    narrator.fact(f"{len(sign_ins)} people to sign in as, {len(workers)} simulated people who do the work now")
    made = write_files(folder / "files")
    _import(client, made, narrator)
    _models(client, narrator)
    batch = _route(client, narrator)
    _work(client, workers, made, batch, narrator)
    verdict = _gate(client, workers, made, batch, narrator)
    release, fingerprint, found = _release(client, batch, folder, narrator)
    _leave_work(client, made, narrator)
    practise(client, people, INTENTS, truth_of(_intents(made)), seed=SEED, narrator=narrator)
    learn(client, INTENTS, "intents@1", release, _later(made), seed=SEED, narrator=narrator)
    for person in people.values():
        person.sign_out()
    return Shown(tuple(sign_ins), verdict, found, release, fingerprint)


def _people(client: Client, set_up_token: str) -> tuple[list[SignIn], dict[str, Client]]:
    """The owner, the programmes, and three people whom the reader may be, each signed in."""
    password = _password()
    client.set_up(
        set_up_token, name="mona", password=password, organisation=ENTERPRISE, display_name="Mona, data manager"
    )
    for name in (INTENTS, DETAILS):
        client.programmes.apply(_file(name))
    people: dict[str, Client] = {}
    out = [SignIn("mona", password, "owner and manager: everything")]
    for name, shown, role, tiers in STAFF:
        new = client.people.add(name, shown, ENTERPRISE, tiers=tiers)
        for programme in (INTENTS, DETAILS):
            client.programmes.staff(programme, new.person.id, role, tiers=tiers)
        people[name], secret = client.acting(None), _password()
        people[name].take_up(new.secret, secret)
        out.append(SignIn(name, secret, f"works at tier {tiers[0]}"))
    return out, people


def _file(programme: str) -> str:
    return files("goldloop.demo").joinpath(f"{programme}.yaml").read_text(encoding="utf-8")


def _crew(client: Client) -> list[Worker]:
    client.organisations.add(PROVIDER, "provider")
    return hire(client, crew(CREW, seed=SEED, prefix="sim-"), organisation=PROVIDER, programmes=(INTENTS,))


def _import(client: Client, made: Files, narrator: Narrator) -> None:
    narrator.stage("Import")
    _take_in(client, INTENTS, made.known, JSONL, narrator)
    seal_gold(client, INTENTS, _file(INTENTS), _of(made, "known"), narrator)
    _take_in(client, INTENTS, made.new, _with_thumb(), narrator)


def _take_in(client: Client, programme: str, file: Path, source: Spec, narrator: Narrator) -> None:
    done = narrator.job(client, client.imports.add(programme, file, source), f"import {file.name}")
    tally = done.result
    narrator.fact(
        f"{file.name}: {tally['items']:,} items, {tally['rejects']} rejected, {tally['judgements']:,} judgements"
    )


def _with_thumb() -> Spec:
    return Spec(name="jsonl.v1", params={"model": "keywords", "version": "1"})


def _models(client: Client, narrator: Narrator) -> None:
    narrator.stage("Pre-label")
    trained = narrator.job(client, client.models.train(INTENTS, "ngrams", seed=SEED), "train ngrams")
    narrator.fact(f"trained on {trained.result['rows']:,} known answers")
    said = narrator.job(client, client.models.run(INTENTS, "ngrams"), "pre-label")
    narrator.fact(f"{said.result['said']:,} suggestions with confidences")


def _route(client: Client, narrator: Narrator) -> str:
    narrator.stage("Route")
    narrator.job(client, client.work.open(INTENTS), "open work")
    (row,) = (one for one in client.batches.all(INTENTS) if one.batch.purpose == "production")
    view = client.batches.get(row.batch.id)
    for one in view.routing:
        narrator.fact(f"{one.items:>4,} {one.rule} -> {one.queue}, tier {one.tier}")
    return row.batch.id


def _work(client: Client, workers: Sequence[Worker], made: Files, batch: str, narrator: Narrator) -> None:
    narrator.stage("Work")
    began = client.batches.get(batch)
    with narrator.counting("verify, annotate, review", began.progress.items) as told:
        tally = work_off(workers, truth_of(_intents(made)), seed=SEED, told=told)
    queues = ", ".join(f"{n:,} {queue}" for queue, n in tally.by_queue.items())
    progress = client.batches.get(batch).progress
    narrator.fact(f"{tally.judgements:,} judgements by {len(tally.by_person)} people: {queues}")
    narrator.fact(f"{progress.decided:,} of {progress.items:,} items decided, {progress.disputed:,} disputed")


def _gate(client: Client, workers: Sequence[Worker], made: Files, batch: str, narrator: Narrator) -> Verdict:
    """Draw the audit, have it worked, measure, conclude; the demo's people being simulated, a named person waives."""
    narrator.stage("Gate")
    opened = narrator.job(client, client.batches.gate(batch), "draw the audit").result["audit_opened"]
    with narrator.counting("blind audit", opened) as told:
        work_off(workers, truth_of(_intents(made)), seed=SEED, told=told)
    narrator.job(client, client.batches.gate(batch), "measure and check")
    view = client.batches.get(batch)
    _say_evidence(view, narrator)
    verdict = view.verdicts[0]
    for result in verdict.results:
        narrator.fact(f"{result.outcome:<7} {result.check.name}: {result.because}")
    narrator.fact(f"verdict: {verdict.outcome}")
    only = [one.check.name for one in verdict.results if one.outcome != "pass"]
    if only == ["human_only.v1"]:
        verdict = client.batches.waive(batch, BECAUSE)
        narrator.fact(f"waived by {verdict.waiver.by if verdict.waiver else 'nobody'}: {BECAUSE}")
    if not verdict.opens:
        raise Conflict("the gate of the demo stays shut", expected="every check but human_only.v1 to pass")
    return verdict


def _say_evidence(view: BatchView, narrator: Narrator) -> None:
    for name in ("accuracy.v1", "agreement.v1", "cost.v1"):
        found = view.measured(name)
        if found is not None and found.value is not None:
            interval = f" [{found.interval.low:.3f}, {found.interval.high:.3f}]" if found.interval else ""
            narrator.fact(f"{name}: {found.value:.3f}{interval}, n = {found.n:,} of {found.eligible:,}")


def _release(client: Client, batch: str, folder: Path, narrator: Narrator) -> tuple[Path, str, Verification]:
    narrator.stage("Release")
    done: Job = narrator.job(client, client.releases.cut(INTENTS, "intents", batch_ids=[batch]), "cut the release")
    result = done.result
    archive, out = folder / "intents.zip", folder / "release"
    client.releases.download(result["release_id"], archive)
    with ZipFile(archive) as packed:
        packed.extractall(out)
    fingerprint = str(result["signer"])
    found = verify_release(out, key=fingerprint)
    narrator.fact(f"sealed {found.counts.get('rows', 0):,} rows in {out}")
    narrator.fact(f"{found.outcome}: {found.because}")
    for note in found.notes:
        narrator.fact(note)
    if found.exit_code:
        raise Conflict("the release of the demo does not verify", expected="verified", found=found.outcome)
    return out, fingerprint, found


def _leave_work(client: Client, made: Files, narrator: Narrator) -> None:
    """A second batch in all three queues, and the programme that marks spans."""
    narrator.stage("Work for you")
    _take_in(client, INTENTS, made.later, _with_thumb(), narrator)
    narrator.job(client, client.models.run(INTENTS, "ngrams"), "pre-label")
    narrator.job(client, client.work.open(INTENTS), "open work")
    _take_in(client, DETAILS, made.details_known, JSONL, narrator)
    narrator.job(client, client.models.train(DETAILS, "tagger", seed=SEED), "train tagger")
    _take_in(client, DETAILS, made.details, JSONL, narrator)
    narrator.job(client, client.models.run(DETAILS, "tagger"), "pre-label")
    narrator.job(client, client.work.open(DETAILS), "open work")
    for programme in (INTENTS, DETAILS):
        newest = max(client.batches.all(programme), key=lambda one: one.batch.created_at)
        for queue in client.batches.get(newest.batch.id).queues:
            narrator.fact(f"{programme}: {queue.ready:,} to {queue.queue} at tier {queue.tier}")


def _later(made: Files) -> list[Message]:
    """The messages that came after the release."""
    return _of(made, "msg")[NEW:]


def _of(made: Files, prefix: str) -> list[Message]:
    return [one for one in made.truth if one.id.startswith(f"{prefix}-")]


def _intents(made: Files) -> list[tuple[str, dict[str, list[str]]]]:
    return [(one.text, {"labels": [one.intent]}) for one in made.truth]


def _password() -> str:
    return secrets.token_urlsafe(9)
