"""The work that is done in the background, by the name of its job. A job process loads this, and no web framework."""

from collections.abc import Mapping

from goldloop.jobs.running import Handler
from goldloop.labelling.open_work import open_work
from goldloop.labelling.prelabel import run, train
from goldloop.loop.rebuild import rebuild_job
from goldloop.loop.take_in import take_in
from goldloop.programmes.cut import cut
from goldloop.programmes.rereview import rereview
from goldloop.quality.competence import competence
from goldloop.quality.gate import measure_batch, run_gate

COMPOSED = "goldloop.handlers:HANDLERS"
HANDLERS: Mapping[str, Handler] = {
    "take_in": take_in,
    "train": train,
    "prelabel": run,
    "open_work": open_work,
    "measure": measure_batch,
    "gate": run_gate,
    "cut_release": cut,
    "rebuild": rebuild_job,
    "rereview": rereview,
    "competence": competence,
}
