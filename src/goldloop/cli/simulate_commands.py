"""`goldloop simulate`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import verb
from goldloop.cli.saying import Json, remark, say_one
from goldloop.cli.sources import source_of
from goldloop.cli.watching import telling
from goldloop.client import Client
from goldloop.core import families
from goldloop.core.errors import NotFound
from goldloop.core.families import Record
from goldloop.core.nouns import Queue, Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.simulate import crew, hire, key_of, truth_of, work_off

app = verb("Let simulated people work through a programme.")


@app.command()
def simulate(
    context: typer.Context,
    programme: str,
    truth: Annotated[Path, typer.Option(help="file with the right answers: text and gold")],
    organisation: Annotated[str, typer.Option(help="whom the simulated people belong to")],
    source: Annotated[str | None, typer.Option(help="what reads the file; by its name if left out")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="a parameter of the source")] = None,
    people: Annotated[int, typer.Option(min=1, max=1000, help="how many work")] = 8,
    seed: Annotated[int, typer.Option(help="the same seed, the same people and answers")] = 0,
    count: Annotated[int | None, typer.Option(min=1, help="end after this many judgements")] = None,
    queue: Annotated[Queue | None, typer.Option(help="only this queue")] = None,
    pace: Annotated[float, typer.Option(min=0, max=10, help="how much of their time really passes")] = 0.0,
    json: Json = False,
) -> None:
    """Simulated people work until nothing is left. They are flagged as simulated, which no certificate forgets."""
    spec = source_of(truth, source, set_ or ())
    with client(context) as ours:
        key = truth_of(_answers(ours, programme, truth, spec))
        workers = hire(ours, crew(people, seed=seed, prefix="sim-"), organisation=organisation, programmes=[programme])
        programme_id = ours.programmes.get(programme).programme.id
        with telling("simulated work") as tell:
            tally = work_off(
                workers,
                key,
                seed=seed,
                programme_id=programme_id,
                queue=queue,
                count=count,
                pace=pace,
                told=lambda done: tell(done, count, ""),
            )
        say_one(tally, ("judgements", "by_queue", "by_stance", "by_person", "active_ms"), as_json=json)
    if not tally.judgements:
        remark("there was no work for them")


def _answers(ours: Client, programme: str, file: Path, spec: Spec) -> Iterator[tuple[str, Any]]:
    """(item, right answer) of a file, in the form of the programme's task."""
    if not file.is_file():
        raise NotFound("there is no such file", field="--truth", expected="a readable file", found=str(file))
    view = ours.programmes.get(programme)
    task = families.task.build(Spec.model_validate(view.policy["task"]))
    ontology = Ontology(labels=tuple(_labels(ours, view.ontology_id)))
    for record in families.source.build(spec).read(file, task=task):
        if isinstance(record, Record) and record.said:
            best = next((one for one in record.said if one.gold), record.said[0])
            yield key_of(task.shown(record.body)), task.canonical(best.answer, record.body, ontology)


def _labels(ours: Client, ontology_id: str) -> Sequence[Label]:
    rows = ours.programmes.ontology(ontology_id).labels
    return [Label(id=one.id, name=one.name, parent=one.parent, selectable=one.selectable) for one in rows]
