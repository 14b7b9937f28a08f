"""The work that is done in the background, by the name of its job. A job process loads this, and no web framework."""

from collections.abc import Mapping, Sequence

from goldloop.core.news import SHARED
from goldloop.jobs.running import Handler
from goldloop.labelling.anchoring_findings import find_anchoring
from goldloop.labelling.compare import compare_models
from goldloop.labelling.human_only import find_misses
from goldloop.labelling.human_only_proof import prove
from goldloop.labelling.learn import learn_next
from goldloop.labelling.open_work import open_work
from goldloop.labelling.planning.job import make_plan
from goldloop.labelling.prelabel import run
from goldloop.labelling.recheck import check_bounds
from goldloop.labelling.training import train
from goldloop.loop.answers import look_at_answers
from goldloop.loop.rebuild import rebuild_job
from goldloop.loop.take_in import take_in
from goldloop.news.deliver import announce, deliver
from goldloop.programmes.adopt import adopt_bound
from goldloop.programmes.archive.arrive import open_archive
from goldloop.programmes.archive.leave import archive
from goldloop.programmes.archive.look import check_archive
from goldloop.programmes.brief_work import work_brief
from goldloop.programmes.contamination_job import check_contamination
from goldloop.programmes.coverage import cover
from goldloop.programmes.cut import cut
from goldloop.programmes.deliver import deliver_release
from goldloop.programmes.index_text import index_text
from goldloop.programmes.project_survey import survey
from goldloop.programmes.rereview import rereview
from goldloop.programmes.verify_job import verify
from goldloop.protection.erase import erase, retain
from goldloop.protection.masking import audit_masking
from goldloop.quality.amended import find_amended
from goldloop.quality.audit_release import audit
from goldloop.quality.calibration import train_people
from goldloop.quality.cluster_findings import find_clusters
from goldloop.quality.competence import competence
from goldloop.quality.gate import measure_batch, run_gate
from goldloop.quality.receive import receive
from goldloop.quality.remediate import remediate
from goldloop.quality.requeue import requeue
from goldloop.quality.sla import keep_sla
from goldloop.rhythm.night import look
from goldloop.store.reactions import Reaction

COMPOSED = "goldloop.handlers:HANDLERS"
HANDLERS: Mapping[str, Handler] = {
    "take_in": take_in,
    "train": train,
    "prelabel": run,
    "compare_models": compare_models,
    "learn_next": learn_next,
    "open_work": open_work,
    "plan": make_plan,
    "measure": measure_batch,
    "gate": run_gate,
    "remediate": remediate,
    "requeue": requeue,
    "clusters": find_clusters,
    "amended": find_amended,
    "anchoring": find_anchoring,
    "human_only": find_misses,
    "prove_human_only": prove,
    "receive": receive,
    "audit": audit,
    "sla": keep_sla,
    "raci": look_at_answers,
    "rhythm": look,
    "coverage": cover,
    "cut_release": cut,
    "deliver_release": deliver_release,
    "contamination": check_contamination,
    "rebuild": rebuild_job,
    "rereview": rereview,
    "work_brief": work_brief,
    "competence": competence,
    "index_text": index_text,
    "erase": erase,
    "retain": retain,
    "audit_masking": audit_masking,
    "announce": announce,
    "deliver": deliver,
    "verify_release": verify,
    "train_people": train_people,
    "check_bounds": check_bounds,
    "adopt_bound": adopt_bound,
    "survey_project": survey,
    "archive": archive,
    "open_archive": open_archive,
    "check_archive": check_archive,
}
REACTIONS: Sequence[Reaction] = (
    Reaction("words of an import", "take_in.finished", "index_text"),
    Reaction("what suggestions did", "gate.decided", "anchoring"),
    Reaction("clusters of errors", "gate.decided", "clusters"),
    Reaction("labels that a ruling puts in doubt", "escalation.answered", "amended"),
    Reaction("what went unsuspected", "gate.decided", "human_only"),
    Reaction("training on hidden gold", "gate.decided", "train_people"),
    Reaction("error bounds", "gate.decided", "check_bounds"),
    *(Reaction(f"webhooks of {kind}", kind, "announce") for kind in SHARED),
)
