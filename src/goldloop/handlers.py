"""The work that is done in the background, by the name of its job. A job process loads this, and no web framework."""

from collections.abc import Sequence

from goldloop.core.news import SHARED
from goldloop.jobs.named import Named
from goldloop.store.reactions import Reaction

COMPOSED = "goldloop.handlers:HANDLERS"
HANDLERS = Named(
    {
        "take_in": "goldloop.loop.take_in:take_in",
        "train": "goldloop.labelling.models.training:train",
        "prelabel": "goldloop.labelling.models.prelabel:run",
        "compare_models": "goldloop.labelling.models.compare:compare_models",
        "learn_next": "goldloop.labelling.learning.choose:learn_next",
        "open_work": "goldloop.labelling.routing.open_work:open_work",
        "plan": "goldloop.labelling.planning.job:make_plan",
        "measure": "goldloop.quality.gates.run:measure_batch",
        "gate": "goldloop.quality.gates.run:run_gate",
        "remediate": "goldloop.quality.gates.remediate:remediate",
        "requeue": "goldloop.quality.clusters.requeue:requeue",
        "clusters": "goldloop.quality.clusters.findings:find_clusters",
        "amended": "goldloop.quality.escalations.amended:find_amended",
        "anchoring": "goldloop.labelling.anchoring.findings:find_anchoring",
        "human_only": "goldloop.labelling.human_only.found:find_misses",
        "prove_human_only": "goldloop.labelling.human_only.proof:prove",
        "receive": "goldloop.quality.deliveries.receive:receive",
        "audit": "goldloop.quality.audits.release:audit",
        "sla": "goldloop.quality.sla.evaluate:keep_sla",
        "raci": "goldloop.loop.answers:look_at_answers",
        "rhythm": "goldloop.rhythm.night:look",
        "coverage": "goldloop.programmes.coverage.measure:cover",
        "cut_release": "goldloop.programmes.releases.cut:cut",
        "deliver_release": "goldloop.programmes.releases.deliver:deliver_release",
        "contamination": "goldloop.programmes.releases.contamination_job:check_contamination",
        "rebuild": "goldloop.loop.rebuild:rebuild_job",
        "rereview": "goldloop.programmes.governance.rereview:rereview",
        "work_brief": "goldloop.programmes.briefs.work:work_brief",
        "competence": "goldloop.quality.people.competence:competence",
        "index_text": "goldloop.programmes.items.index_text:index_text",
        "erase": "goldloop.protection.erase:erase",
        "retain": "goldloop.protection.erase:retain",
        "audit_masking": "goldloop.protection.masking.audit:audit_masking",
        "announce": "goldloop.news.deliver:announce",
        "deliver": "goldloop.news.deliver:deliver",
        "verify_release": "goldloop.programmes.releases.verify_job:verify",
        "train_people": "goldloop.quality.calibration.standing:train_people",
        "check_bounds": "goldloop.labelling.confidence.recheck:check_bounds",
        "adopt_bound": "goldloop.programmes.file.adopt:adopt_bound",
        "survey_project": "goldloop.programmes.projects.survey:survey",
        "archive": "goldloop.programmes.archive.leave:archive",
        "open_archive": "goldloop.programmes.archive.arrive:open_archive",
        "check_archive": "goldloop.programmes.archive.look:check_archive",
    }
)
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
