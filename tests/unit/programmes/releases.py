"""A small release of every kind of row, for the tests of the release format."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from goldloop.core.families import Exported, Exporter, Loss, Row, Task
from goldloop.core.nouns import Batch, CheckResult, Evidence, Interval, Outcome, Programme, Spec, Verdict, Waiver
from goldloop.core.ontology import Label, Ontology
from goldloop.core.policy import Clause
from goldloop.programmes.sealed import ReleaseFacts, Sealed, Signer, write_release
from goldloop.programmes.sealed.facts import Author, HumanOnlyProof, LedgerHead, Parent, Reference, Rights, Source

SEALED_AT = 1_790_000_000_000_000
SECRET = b"a secret of the programme, 32 b."
ONTOLOGY = Ontology(labels=(Label(id="card", name="Card lost"), Label(id="fee", name="Fee | charge")))


class OneLabel(Task):
    """Exactly one label: the answer is its id."""

    name: ClassVar[str] = "one-label.v1"

    def labels(self, answer: Any) -> tuple[str, ...]:
        return (answer,)


class Lines(Exporter):
    """Item id, tab, answer, tab, number of judgements."""

    name: ClassVar[str] = "lines.v1"

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        n = 0
        with (to / "rows.tsv").open("w", encoding="utf-8") as out:
            for row in rows:
                n += 1
                out.write(f"{row.item_id}\t{ontology.name_of(row.answer)}\t{len(row.judgements)}\n")
        return Exported(files=("rows.tsv",), rows=n, losses=(Loss("slices", n),))


def judgement(n: int, actor: str, stance: str, answer: str, *, decisive: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "id": f"jdg_{n}_{stance}_{decisive}",
        "actor": actor,
        "stance": stance,
        "answer": answer,
        "said_at": SEALED_AT - 1_000_000 * n,
        "decisive": decisive,
        **more,
    }


def rows(count: int, *, person: str = "act_dev") -> Iterator[Row]:
    """Of every ten rows: 6 labelled by a person, 3 suggested and accepted, 1 from the machine alone."""
    for n in range(count):
        answer = "card" if n % 3 else "fee"
        model = judgement(n, "act_max", "answer", answer, decisive=n % 10 == 9, confidence=0.875)
        seen = {"shown": "before", "suggestion_id": model["id"]}
        if n % 10 == 9:
            said = [model]
        elif n % 10 >= 6:
            said = [model, judgement(n, person, "accept", answer, saw=seen, active_ms=900)]
        else:
            said = [judgement(n, person, "answer", answer, ontology_id="rel_ontology", active_ms=2400)]
        yield Row(
            item_id=f"itm_{n:05}",
            external_id=str(n),
            body={"text": f"Zeile {n}: wo ist meine Karte?\r\n\u2028", "channel": "chat"},
            answer=answer,
            slices={"language": "de"},
            batch="bat_one",
            decided_by="machine" if n % 10 == 9 else "single",
            judgements=said,
            licence="CC-BY-4.0",
        )


def evidence() -> tuple[Evidence, ...]:
    accuracy = Evidence(
        id="evi_accuracy",
        measure=Spec(name="accuracy.v1"),
        about="bat_one",
        value=0.94,
        interval=Interval(low=0.9, high=0.97, level=0.95, method="clopper-pearson"),
        n=188,
        eligible=200,
        method="stratified",
        measured_at=SEALED_AT,
    )
    per_person = accuracy.model_copy(
        update={"id": "evi_person", "slice": {"actor": "dev"}, "because": "by act_dev", "details": {"dev": 0.5}}
    )
    none = Evidence(
        id="evi_none",
        measure=Spec(name="alpha.v1"),
        about="bat_one",
        value=None,
        n=0,
        eligible=0,
        method="nominal",
        because="nobody judged twice",
    )
    return (accuracy, per_person, none)


def verdict(outcome: Outcome = "pass", *, waiver: Waiver | None = None, key: str = "ver_one") -> Verdict:
    line = CheckResult(
        check=Spec(name="floor.v1", params={"floor": 0.9}),
        outcome=outcome,
        because="0.94 (0.90 to 0.97) against 0.9",
        evidence_ids=("evi_accuracy",),
    )
    return Verdict(
        id=key,
        gate="batch",
        owner="mona",
        about="bat_one",
        outcome=line.outcome,
        results=(line,),
        waiver=waiver,
        decided_at=SEALED_AT,
    )


def facts(*, simulated: bool = False, **changes: Any) -> ReleaseFacts:
    known: dict[str, Any] = {
        "release_id": "rel_one",
        "name": "intents",
        "number": 2,
        "sealed_at": SEALED_AT,
        "sealed_by": "mona",
        "programme": Programme(
            id="prg_one", name="bank", title="Bank intents", organisation="ACME", number=3, created_at=SEALED_AT
        ),
        "accountable": "mona",
        "policy_number": 3,
        "policy_yaml": "programme: bank\n",
        "ontology": Reference(id="rel_ontology", name="intents", number=1),
        "guideline": Reference(id="rel_guideline", name="guidelines", number=1),
        "guidelines": (Clause(id="1", title="Fees", text="A fee is a fee.", label="fee", do=("charged twice",)),),
        "languages": ("de",),
        "parents": (Parent(id="rel_zero", name="intents", number=1, digest="ab" * 32),),
        "batches": (batch(),),
        "evidence": evidence(),
        "verdicts": (verdict(),),
        "authors": (
            Author(id="act_dev", kind="person", name="dev", simulated=simulated),
            Author(id="act_eve", kind="person", name="eve"),
            Author(id="act_max", kind="model", name="max", version="7", fingerprint="sha256:00"),
        ),
        "human_only": HumanOnlyProof(items=12, violations=0, because="12 rows judged in full by people"),
        "ledger": LedgerHead(number=9, hash="cd" * 32, sealed_at=SEALED_AT),
        "rights": Rights(licence="CC-BY-4.0", sources=(Source(name="chats", licence="CC-BY-4.0", items=25),)),
    }
    return ReleaseFacts.model_validate(known | changes)


def batch() -> Batch:
    return Batch(
        id="bat_one",
        programme_id="prg_one",
        name="first",
        purpose="production",
        task=Spec(name="one-label.v1"),
        ontology_id="rel_ontology",
        policy_number=3,
        gate="batch",
        owner="mona",
        due_at=None,
        items=25,
        state="passed",
        created_at=SEALED_AT,
    )


def seal(folder: Path, *, count: int = 25, signer: Signer | None = None, **changes: Any) -> Sealed:
    """A sealed release of `count` rows."""
    handed: dict[str, Any] = {
        "facts": facts(),
        "rows": rows(count),
        "exports": (Lines(),),
        "task": OneLabel(),
        "ontology": ONTOLOGY,
        "signer": signer or Signer(bytes(32)),
        "secret": SECRET,
    }
    return write_release(folder, **(handed | changes))
