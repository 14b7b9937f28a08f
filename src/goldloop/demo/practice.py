"""How people stand: an exam on gold before live work, a question that was answered, and one that waits."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from goldloop.client import Client
from goldloop.core.errors import Conflict
from goldloop.demo.messages import Message
from goldloop.demo.narrator import Narrator
from goldloop.simulate import Persona, Worker, work_off
from goldloop.simulate.truth import Truth

GOLD = 60  # of the known answers; the others teach the model
LOOKS = 3  # at an exam
LIVE = 6
QUESTIONS = ("They ask about a fee and about a refund. Which of the two?", "Is this about one payment or about two?")
RULING = "What has to be solved first: the money that is missing."


def seal_gold(client: Client, programme: str, file: str, known: Sequence[Message], narrator: Narrator) -> None:
    """Seal gold of some known answers; from then on who labels from scratch is examined on it."""
    rows = [
        {"id": one.id, "answer": one.intent, "explanation": _because(one), "concepts": [one.intent]} for one in known
    ]
    sealed = client.calibration.seal(programme, "intents", rows[:GOLD])
    asked = files("goldloop.demo").joinpath("calibration.yaml").read_text(encoding="utf-8")
    client.programmes.apply(file + asked)
    narrator.fact(
        f"gold {sealed.name}@{sealed.number}: {sealed.items} items, for exams at tier 2 and hidden among the work"
    )


def practise(
    client: Client, people: Mapping[str, Client], programme: str, truth: Truth, *, seed: int, narrator: Narrator
) -> None:
    """Dev passes the exam, works a little and asks twice; Sen answers one of the questions as a precedent."""
    narrator.stage("People")
    dev, sen = people["dev"], people["sen"]
    worker = Worker(Persona(name="dev", tiers=(2,), accuracy=0.97, seconds=9), dev)
    programme_id = client.programmes.get(programme).programme.id
    for _ in range(LOOKS):
        work_off([worker], truth, seed=seed, programme_id=programme_id, queue="annotate", count=8)
        (mine,) = dev.calibration.mine()
        if mine.state == "passed":
            break
    narrator.fact(f"dev's exam: {mine.state}, {mine.because}")
    if mine.state != "passed":
        raise Conflict("dev's exam in the demo is not passed", expected="passed", found=mine.state)
    work_off([worker], truth, seed=seed, programme_id=programme_id, queue="annotate", count=LIVE)
    for question in QUESTIONS:
        (held,) = dev.work.claim(programme_id=programme_id, queue="annotate")
        dev.work.submit(held.work_id, "escalate", comment=question, active_ms=15_000)
    *_, first = client.escalations.all(programme, state="open")
    held = sen.escalations.take(first.id)
    sen.escalations.answer(first.id, truth(held.body), RULING, clause="g1", precedent=True)
    narrator.fact("dev asked two questions; sen answered one, and everybody can read the ruling")


def _because(one: Message) -> str:
    return f"It is about: {one.intent.replace('_', ' ')}."
