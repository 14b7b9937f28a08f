"""Which rows collide with evaluation texts, how, and with which."""

from goldloop.programmes.contamination.measure import EvaluationSets, Text

QUESTION = "Where is the nearest branch that opens on a Saturday morning, please?"


def text(key: str, said: str, **more: object) -> Text:
    return Text(key, {"text": said, **more})


def sets(*texts: Text, words: int = 8) -> EvaluationSets:
    out = EvaluationSets(words=words)
    assert out.add("gold exam", texts) == len(texts)
    return out


def test_a_row_collides_by_the_strictest_way() -> None:
    rows = [
        text("same", QUESTION),
        text("folded", QUESTION.upper().replace(",", " -- ")),
        text("quoted", f"My mother asked: {QUESTION} And then she left."),
        text("other", "I lost my card in the cinema last night and need another one soon"),
    ]
    found = sets(text("e1", QUESTION)).found(rows)
    assert dict(found.ways) == {"exact": 1, "normalised": 1, "overlap": 1}
    assert found.share == 3 / 4
    assert [(one.external_id, one.way, one.evaluation, one.evaluation_id) for one in found.named] == [
        ("same", "exact", "gold exam", "e1"),
        ("folded", "normalised", "gold exam", "e1"),
        ("quoted", "overlap", "gold exam", "e1"),
    ]


def test_a_number_keeps_its_denominator() -> None:
    measured = sets(text("e1", QUESTION)).found([text("a", QUESTION), text("b", "something else")]).measured(words=8)
    assert (measured.value, measured.n, measured.eligible) == (0.5, 2, 2)
    assert measured.details == {"exact": 1, "normalised": 0, "overlap": 0, "evaluation_texts": 1}
    empty = sets(text("e1", QUESTION)).found([]).measured(words=8)
    assert (empty.value, empty.because) == (None, "there are no rows")


def test_a_phrase_is_as_long_as_was_asked_for() -> None:
    row = [text("a", "the nearest branch that opens today")]
    assert sets(text("e1", QUESTION), words=5).found(row).ways["overlap"] == 1
    assert sets(text("e1", QUESTION), words=6).found(row).share == 0


def test_a_short_text_collides_only_as_a_whole() -> None:
    found = sets(text("e1", "lost card")).found([text("a", "Lost card!"), text("b", "a lost card of mine")])
    assert dict(found.ways) == {"exact": 0, "normalised": 1, "overlap": 0}


def test_what_is_only_about_an_item_does_not_collide() -> None:
    evaluation = text("e1", QUESTION, meta={"note": "one two three four five six seven eight nine"})
    row = text("a", "another text", meta={"note": "one two three four five six seven eight nine"})
    assert sets(evaluation).found([row]).share == 0


def test_forms_are_compared_by_all_their_parts() -> None:
    turns = [{"role": "user", "text": QUESTION}, {"role": "assistant", "text": "On Station Road."}]
    found = sets(Text("e1", {"turns": turns})).found([Text("a", {"turns": turns}), Text("b", {"prompt": QUESTION})])
    assert dict(found.ways) == {"exact": 1, "normalised": 0, "overlap": 1}


def test_a_text_without_words_collides_with_nothing_but_itself() -> None:
    found = sets(text("e1", "!?"), text("e2", "")).found([text("a", "!?"), text("b", "..."), text("c", "")])
    assert dict(found.ways) == {"exact": 1, "normalised": 0, "overlap": 0}


def test_many_rows_are_counted_and_the_first_thousand_named() -> None:
    found = sets(text("e1", QUESTION)).found(text(str(n), QUESTION) for n in range(1500))
    assert (found.rows, found.ways["exact"], len(found.named)) == (1500, 1500, 1000)
