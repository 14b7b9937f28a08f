"""Offline, reloads, lost sessions, conflicts: an answer that was given is never lost."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from tests.e2e.waiting import SUBMIT, draft_kept, saved

pytestmark = pytest.mark.browser


def chip(page: Page, words: str):
    return page.get_by_role("button", name=re.compile(words))


def test_answers_given_offline_are_sent_when_the_line_is_back(page: Page, context: BrowserContext, site) -> None:
    site.expect_failures = True
    site.work(page, "choice", "verify")
    context.set_offline(True)
    page.keyboard.press("a")
    page.keyboard.press("x")
    expect(chip(page, "Offline · 2 queued")).to_be_visible()
    context.set_offline(False)
    expect(chip(page, "Saved")).to_be_visible()


def test_answers_survive_a_reload(page: Page, site) -> None:
    site.expect_failures = True
    site.work(page, "choice", "verify")
    page.route(SUBMIT, lambda route: route.abort())
    page.keyboard.press("a")
    expect(chip(page, "1 queued|Saving 1")).to_be_visible()
    page.reload()
    expect(chip(page, "1 queued|Saving 1")).to_be_visible()
    with page.expect_response(SUBMIT) as sent:
        page.unroute(SUBMIT)
    expect(chip(page, "Saved")).to_be_visible()
    assert sent.value.ok


def test_what_is_half_said_survives_closing_its_strip_an_update_and_an_undo(page: Page, site) -> None:
    site.expect_failures = True  # a part of the page that the update took away
    site.work(page, "spans", "verify")
    page.keyboard.press("j")
    page.keyboard.press("a")
    unseen, question = page.locator("main .mark.suggested"), page.locator(".slip textarea")
    expect(unseen).to_have_count(1)
    page.keyboard.press("e")
    question.fill("Is a hospital an organisation?")
    page.keyboard.press("Escape")
    draft_kept(page, "Is a hospital an organisation?")
    page.route("**/assets/cheat-sheet*", lambda route: route.fulfill(status=404))
    newer = '<script type="module" src="/assets/index-newer.js"></script>'
    page.route(f"{site.about.url}/", lambda route: route.fulfill(content_type="text/html", body=newer))
    page.keyboard.press("?")
    line = page.get_by_role("alert")
    expect(line).to_contain_text(
        "goldloop was updated while this page was open. Reload to go on. What you typed is kept."
    )
    expect(page.locator("main .doc")).to_be_visible()
    line.get_by_role("button", name="Reload").click()
    expect(unseen).to_have_count(1)  # what nobody has looked at is still to be looked at
    site.at_desk(page)
    page.keyboard.press("e")
    expect(question).to_have_value("Is a hospital an organisation?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".recent-row").first).to_contain_text("escalated")
    saved(page)
    page.keyboard.press("z")
    expect(page.locator(".notice")).to_contain_text("Taken back")
    page.keyboard.press("e")
    expect(question).to_have_value("Is a hospital an organisation?")


def test_a_lost_session_is_signed_in_again_in_place(page: Page, site) -> None:
    site.expect_failures = True
    site.work(page, "choice", "verify")
    site.lose_session(page)
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Everything you did is kept")
    dialog.get_by_label("Password", exact=True).fill(site.password)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(chip(page, "Saved")).to_be_visible()
    expect(page.locator(".card-text")).to_be_visible()


def test_a_conflict_keeps_the_answer_and_says_what_to_do(page: Page, site) -> None:
    site.expect_failures = True
    site.work(page, "choice", "verify")

    def conflict(route: Route) -> None:
        shape = '{"code":"conflict","message":"the lease of this work has run out","request_id":"r-1"}'
        route.fulfill(status=409, content_type="application/json", body=shape)

    page.route(SUBMIT, conflict)
    page.keyboard.press("a")
    chip(page, "1 needs you").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("the lease of this work has run out")
    expect(dialog).to_contain_text("r-1")
    page.unroute(SUBMIT)
    dialog.get_by_role("button", name="Send again").click()
    expect(dialog).to_contain_text("Everything you said has reached the server")


def test_a_server_error_is_tried_again(page: Page, site) -> None:
    site.expect_failures = True
    site.work(page, "choice", "verify")
    failures = iter([500, 503])

    def fail(route: Route) -> None:
        status = next(failures, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, content_type="application/json", body='{"code":"x","message":"no"}')

    page.route(SUBMIT, fail)
    page.keyboard.press("a")
    expect(chip(page, "Saved")).to_be_visible()
    assert next(failures, None) is None
