"""The workbench around the editors: many at once, questions and answers, changed rules, two windows, bad days."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.e2e.house import ana_asks, apply, small
from tests.e2e.waiting import CLAIM, SUBMIT, Held, draft_kept, saved

pytestmark = pytest.mark.browser

TEXT = ".card-text"


def document(name: str, **more: Any) -> dict[str, Any]:
    """A programme file of two labels."""
    return {
        "programme": name,
        "title": name.title(),
        "organisation": "Example",
        "raci": {"accountable": "mira"},
        "task": "choice.v1",
        "ontology": {"labels": ["yes", "no"]},
        "guidelines": [{"id": "7", "title": "When it is yes", "label": "yes", "text": "Say yes."}],
        "routing": {"rules": [{"rule": "all", "to": "annotate", "tier": 1}]},
        **more,
    }


def test_many_suggestions_are_verified_on_one_screen_with_the_keyboard(page: Page, site) -> None:
    site.open(page, "choice/verify?view=many")
    lines = page.locator(".line")
    expect(lines).to_have_count(20)
    said: list[dict[str, Any]] = []
    page.on("request", lambda request: said.append(request.post_data_json) if SUBMIT.search(request.url) else None)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("l")
    similar = page.locator(".line .chip")
    expect(similar.first).to_be_visible()
    assert similar.count() < 19
    expect(page.locator(".chip.accent")).to_have_text("19 to accept · 1 to reject")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("20 answers are on their way")
    saved(page)
    assert [one["stance"] for one in said].count("reject") == 1
    assert len({one["key"] for one in said}) == len(said) == 20
    times = [one["active_ms"] for one in said]
    assert max(times) - min(times) <= 1


def test_a_question_reaches_a_senior_and_its_answer_the_one_who_asked(browser: Browser, page: Page, site) -> None:
    owner, programme = small(site.about, document("asking"), ["one", "two"])
    ana_asks(site.about, owner, programme, "Whose card is meant?")
    page.goto(f"{site.about.url}/p/asking/questions?state=open")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".asked")).to_contain_text("Whose card is meant?")
    site.at_desk(page)
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("Answer the question in words")
    page.keyboard.type("The customer's own.")
    page.keyboard.press("Control+Enter")
    saved(page)
    page.goto(f"{site.about.url}/p/asking/questions?tab=precedents&q=own")
    expect(page.locator(".precedent")).to_contain_text("The customer's own.")
    with site.visit(browser, name="ana") as hers:
        site.open(hers, "me")
        answered = hers.locator(".question", has_text="Whose card is meant?")
        expect(answered).to_contain_text("The customer's own.")
        site.open(hers, "work")


def test_a_rule_that_was_changed_is_opened_before_the_next_answer_under_it(page: Page, site) -> None:
    rules = [
        {"id": "7", "title": "When it is yes", "label": "yes", "text": "Say yes."},
        {"id": "8", "title": "When it is no", "label": "no", "text": "Say no."},
    ]
    first = document("rules", guidelines=rules)
    owner, programme = small(site.about, first, ["one", "two"])
    texts = ("Say yes only when it is.", "Say no only when it is not.")
    changed = [rule | {"text": text} for rule, text in zip(rules, texts, strict=True)]
    apply(owner, {**first, "guidelines": changed})
    site.sit_down(page, programme)
    expect(page.locator(".clause-new").first).to_contain_text("Changed since you last looked")
    before = page.locator(TEXT).inner_text()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("press O to read it first")
    page.keyboard.press("o")
    expect(page.locator(".clause")).to_contain_text("Say yes only when it is.")
    expect(page.locator(".clause del")).to_have_text("Say yes.")
    page.keyboard.press("o")  # a rule of a label that nobody is thinking of is read all the same
    expect(page.locator(".clause").first).to_contain_text("Say no only when it is not.")
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).not_to_have_text(before)
    saved(page)
    read = owner.get(f"/api/work/guidance/{programme}").json()["clauses"][0]
    assert not read["unread"]
    assert len(owner.get(f"/api/programmes/{programme}/flags").json()["rows"]) == 1


def test_the_last_item_can_be_taken_back_when_nothing_is_left(page: Page, site) -> None:
    labels = [{"id": "l1", "name": "Certainly"}, {"id": "l2", "name": "Never"}]
    _, programme = small(site.about, document("last", ontology={"labels": labels}, guidelines=[]), ["the only one"])
    page.goto(f"{site.about.url}/work?programme={programme}&queue=annotate")
    for way_back in (lambda: page.keyboard.press("z"), page.get_by_role("button", name=re.compile("Undo")).click):
        site.at_desk(page)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator(".empty")).to_be_visible()
        expect(page.locator(".recent-row").first).to_contain_text("answered · Certainly")
        expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()  # and so its key is listened to
        way_back()
        expect(page.locator(TEXT)).to_have_text("the only one")
        expect(page.locator(".chosen .tag-big")).to_contain_text("Certainly")
    site.at_desk(page)
    page.keyboard.press("Enter")
    saved(page)
    page.reload()
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(".recent-row").first).to_contain_text("answered · Certainly")


def test_two_windows_of_one_person_hold_different_items(page: Page, context: BrowserContext, site) -> None:
    site.work(page, "choice", "annotate")
    other = context.new_page()
    site.work(other, "choice", "annotate")
    mine, theirs = page.locator(TEXT).inner_text(), other.locator(TEXT).inner_text()
    assert mine != theirs
    other.close()


def test_labels_that_change_under_an_open_item_are_said_and_lose_nothing(page: Page, site) -> None:
    first = document("moving")
    owner, programme = small(site.about, first, ["one", "two", "three", "four", "five", "six"])
    site.sit_down(page, programme)
    page.keyboard.press("2")
    draft_kept(page)
    apply(owner, {**first, "ontology": {"labels": ["yes", "maybe"]}})
    page.reload()
    expect(page.locator(".banner")).to_contain_text("The labels were changed while you hold this item")
    expect(page.locator(".chosen .tag-big")).to_contain_text("no")
    site.at_desk(page)
    page.keyboard.press("Enter")
    saved(page)


def test_a_draft_with_a_label_that_is_gone_says_so_and_is_not_sent(page: Page, site) -> None:
    first = document("gone")
    _, programme = small(site.about, first, ["one"])
    site.sit_down(page, programme)
    page.keyboard.press("2")
    draft_kept(page)
    page.route("**/api/ontologies/*", lambda route: _without(route, "no"))
    page.reload()
    expect(page.locator(".banner")).to_contain_text("no longer among the labels")
    site.at_desk(page)
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("choose another")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)


def _without(route: Any, label: str) -> None:
    answer = route.fetch()
    body = answer.json()
    body["labels"] = [one for one in body["labels"] if one["id"] != label]
    route.fulfill(response=answer, json=body)


HOSTILE = (
    "<img src=http://evil.invalid/x.png onerror=alert(1)><script>alert(2)</script> "
    "![x](http://evil.invalid/y.png) pay\u202eknab\u202c now\u200b\u0007 " + "A" * 20_000
)


def test_hostile_text_is_shown_and_does_nothing_and_a_private_item_is_said_to_be(page: Page, site) -> None:
    _, programme = small(site.about, document("hostile", cacheable=False), [HOSTILE])
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(site.about.url) else outside.append(request.url))
    page.on("dialog", lambda dialog: outside.append(dialog.message))
    page.goto(f"{site.about.url}/work?programme={programme}&queue=annotate")
    expect(page.locator(TEXT)).to_contain_text("<script>alert(2)</script>")
    names = page.locator(f"{TEXT} .hidden-mark").evaluate_all("marks => marks.map((m) => m.dataset.name)")
    assert names == ["RLO", "PDF", "ZWSP", "U+0007"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(".top")).to_contain_text("Kept in memory only")
    site.at_desk(page)
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") >= 1
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)
    assert outside == []


def test_a_slow_server_a_full_disk_and_a_server_that_is_away_are_said_in_a_sentence(
    page: Page, context: BrowserContext, site
) -> None:
    site.expect_failures = True
    context.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    held = Held(page, CLAIM)
    page.goto(site.about.url + site.path("choice/annotate"))
    expect(page.locator(".skeleton")).to_contain_text("The server is slow")
    held.let_go()
    site.at_desk(page)
    page.keyboard.press("/")
    page.keyboard.type(site.label_words)
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("keeps nothing on disk")
    page.route(CLAIM, lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(page.locator(".bench")).to_contain_text("The server does not answer")
    expect(page.locator(TEXT)).to_be_visible()
    page.unroute(CLAIM)
    expect(page.locator(".bench")).not_to_contain_text("The server does not answer")
    saved(page)


def test_the_next_item_is_there_before_the_server_has_answered(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    held = Held(page, SUBMIT)
    before = page.locator(TEXT).inner_text()
    page.keyboard.press("/")
    page.keyboard.type(site.label_words)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).not_to_have_text(before)
    expect(page.get_by_role("button", name=re.compile("Saving 1"))).to_be_visible()
    held.let_go()
    saved(page)


def test_reading_settings_reach_the_item(page: Page, site) -> None:
    site.open(page, "settings")
    page.get_by_label("Largest").check()
    page.get_by_label("Wide").check()
    page.get_by_label("Less motion").check()
    site.work(page, "choice", "annotate")
    expect(page.locator(TEXT)).to_have_css("font-size", "25px")
    expect(page.locator(TEXT)).to_have_css("line-height", "52.5px")
