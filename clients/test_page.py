"""The page at `/`, driven in Chromium as people do it: asking, checking a citation, going on, going back, filtering."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import Browser, Page, Request, Route, expect
from servers import Server

QUESTION = "Who commands the Africa Corps?"
PANE = "document.querySelector('#article').getBoundingClientRect()"


def ask(page: Page, server: Server, question: str = QUESTION, **query: str) -> None:
    rest = "".join(f"&{name}={quote(value)}" for name, value in query.items())
    page.goto(f"{server.url}/?q={quote(question)}{rest}")
    page.wait_for_selector(".turn:not([aria-busy]) .answer")


def follow(page: Page, question: str, turns: int) -> None:
    page.fill("#question", question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not([aria-busy])")).to_have_count(turns)


def answers(page: Page) -> list[str]:
    """What each turn says, spaces that keep a number on its line aside."""
    return [text.replace("\xa0", " ") for text in page.locator(".turn .answer").all_inner_texts()]


def passages(page: Page) -> list[str]:
    """The whole text of each passage, folded or not."""
    return [passage.locator("blockquote").last.text_content() or "" for passage in page.locator(".passage").all()]


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_question_is_answered_and_its_article_opens_at_the_evidence(server: Server, page: Page) -> None:
    page.goto(server.url)
    expect(page.locator("#question")).to_be_focused()
    page.fill("#question", QUESTION)
    page.click("#ask button")
    page.wait_for_selector(".passage")
    expected = server.ask(QUESTION)
    assert answers(page)[0].split("\n")[0] == expected["answer"]["text"].strip()
    expect(page.locator(".confidence")).to_have_text(f"Confidence: {round(expected['confidence'] * 100)} %")
    assert query(page) == {"q": [QUESTION]}
    for shown, passage in zip(page.locator(".passage").all(), expected["passages"], strict=True):
        evidence = [e["text"] for e in passage["evidence"]]
        assert shown.locator(".excerpt mark").all_text_contents() == evidence
        whole = shown.locator("blockquote").last
        assert whole.text_content() == passage["text"]
        assert whole.locator("mark").all_text_contents() == evidence
        assert not whole.is_visible()
        opener = shown.get_by_text("Show the passage")
        opener.click()
        assert whole.is_visible() and shown.locator(".excerpt:visible").count() == 0
        shown.get_by_text("Hide the passage").click()
        assert not whole.is_visible()
        citation = passage["citation"]
        expect(shown.locator("h4")).to_have_text(citation["label"])
        if citation["title"]:
            outlet = citation["outlet"] or "outlet not stated"
            assert shown.locator(".heading .meta").inner_text().startswith(outlet)
    for index, passage in enumerate(expected["passages"]):
        page.locator(".passage h4 a").nth(index).click()
        marks = page.locator("#article-text mark.evidence")
        expect(page.locator("#article-proof")).to_contain_text("✓")
        assert marks.all_text_contents() == [e["text"] for e in passage["evidence"]]
        assert page.locator("#article-text mark").first.is_visible()
        if not passage["evidence"]:
            continue
        seen = "([m, t]) => m.top >= t.top && m.top < t.bottom"
        rects = "const r = (s) => document.querySelector(s).getBoundingClientRect();"
        assert page.evaluate(f"{{{rects} ({seen})([r('#article-text mark.evidence'), r('#article-text')])}}")
    expect(page.locator(".passage h4 a").last).to_be_in_viewport()  # where it was opened stays in sight
    # beside the conversation, not over it
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().right <= " + PANE + ".left")
    assert page.evaluate("document.querySelector('.composer').getBoundingClientRect().right <= " + PANE + ".left")


def test_a_passage_shows_its_evidence_with_a_sentence_on_each_side(server: Server, page: Page) -> None:
    ask(page, server)
    for shown, passage in zip(page.locator(".passage").all(), server.ask(QUESTION)["passages"], strict=True):
        start = passage["citation"]["start_char_index"]
        around = [
            passage["text"][from_ - start : to - start] for from_, to in (e["around"] for e in passage["evidence"])
        ]
        excerpts = " ".join(shown.locator(".excerpt").all_text_contents())
        assert bool(around) == bool(excerpts)
        assert all(one in excerpts for one in around)
        assert len(excerpts) <= sum(map(len, around)) + 4 * len(around)


def test_an_unsure_answer_looks_unsure(server: Server, page: Page) -> None:
    def unsure(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"confidence": 0.344})

    page.route("**/v1/ask", unsure)
    ask(page, server)
    warning = "Not sure: check whether the passages answer the question (34 %)."
    expect(page.locator(".answer.unsure .doubt")).to_have_text(warning)
    expect(page.locator(".confidence")).to_have_count(0)
    expect(page.locator("#status")).to_contain_text(warning)
    assert page.locator(".answer").evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split("\n\n")[1] == warning


def test_an_article_without_a_title_has_its_outlet_and_date_for_a_name(server: Server, page: Page) -> None:
    def untitled(route: Route) -> None:
        answer = route.fetch().json()
        named = {
            "title": None,
            "outlet": "AFP",
            "published": "2025-11-21",
            "author": None,
            "label": "AFP, 21 November 2025",
        }
        answer["passages"][0]["citation"] |= named
        route.fulfill(json=answer)

    page.route("**/v1/ask", untitled)
    ask(page, server)
    heading = page.locator(".passage .heading").first
    expect(heading).to_have_text("AFP, 21 November 2025")
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert re.search(r"- \[1\] \[AFP, 21 November 2025\]\(\S+\): “", page.evaluate("navigator.clipboard.readText()"))


def test_a_citation_shows_its_card_and_leads_to_its_passage(server: Server, page: Page) -> None:
    ask(page, server)
    answer = server.ask(QUESTION)
    passage, first = answer["passages"][0], answer["answer"]["annotations"][0]
    said = answer["answer"]["text"][first["start_index"] : first["end_index"]]
    marker = page.locator(".answer .marker").first
    card = page.locator("#card")
    for show, leave in (
        (marker.hover, lambda: page.mouse.move(2, 2)),
        (marker.focus, lambda: page.keyboard.press("Escape")),
    ):
        expect(card).to_be_hidden()
        show()
        expect(card).to_contain_text(passage["citation"]["title"])
        expect(card).to_contain_text("7 June 2025")
        expect(card.locator(".said")).to_have_text(said)
        leave()
    expect(card).to_be_hidden()
    marker.hover()
    card.hover()  # the pointer may go there
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.locator(".fold > summary").click()
    marker.click()
    expect(page.locator(".passage").first).to_be_focused()
    expect(page.locator(".passage").first).to_be_in_viewport()


def test_a_follow_up_is_asked_with_what_came_before_and_its_address_finds_the_same(
    server: Server, page: Page, browser: Browser
) -> None:
    sent: list[Any] = []

    def keep(request: Request) -> None:
        if request.method == "POST":
            sent.append(json.loads(request.post_data or ""))

    page.on("request", keep)
    ask(page, server)
    first = answers(page)[0]
    follow(page, "Who leads it?", 2)
    said = server.ask(QUESTION)["answer"]["text"]
    assert sent[-1]["history"] == [{"question": QUESTION, "answer": said}]
    searched = "Who leads Africa Corps?"
    expect(page.locator(".searched")).to_have_text(f"Searched: “{searched}”")
    assert query(page) == {"q": [searched]}
    both = answers(page)
    assert both[0] == first and both[1] != first
    expect(page.locator(".turn .fold").first).not_to_have_attribute("open", "")
    # elsewhere, by its address alone
    other = browser.new_page()
    other.goto(page.url)
    other.wait_for_selector(".turn:not([aria-busy]) .answer")
    assert answers(other) == both[1:]
    other.close()
    # in this tab, by its history
    page.go_back()
    expect(page.locator(".turn")).to_have_count(1)
    assert (answers(page), query(page)) == ([first], {"q": [QUESTION]})
    page.go_forward()
    expect(page.locator(".turn:not([aria-busy])")).to_have_count(2)
    page.reload()
    expect(page.locator(".turn:not([aria-busy])")).to_have_count(2)
    assert answers(page) == both
    # an article of the first turn: its address has the first question
    page.locator(".turn").first.locator(".fold > summary").click()
    page.locator(".passage h4 a").first.click()
    expect(page.locator("#article-text mark").first).to_be_visible()
    assert query(page)["q"] == [QUESTION]
    expect(page.locator(".turn")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#article")).to_be_hidden()
    page.click("#new")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#question")).to_be_focused()
    assert page.url == f"{server.url}/"


def test_filters_are_chips_and_part_of_the_address(server: Server, page: Page) -> None:
    ask(page, server)
    everything = answers(page)
    page.click("#filters-toggle")
    page.get_by_role("checkbox", name="AFP").check()
    page.get_by_label("Published from").fill("2025-11-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#chips li")).to_have_count(2)
    page.wait_for_selector(".turn:not([aria-busy]) .passage", state="attached")
    assert query(page) == {"q": [QUESTION], "outlet": ["AFP"], "published_from": ["2025-11-01"]}
    expect(page.locator(".turn")).to_have_count(1)
    filters = {"outlet": ["AFP"], "published_from": "2025-11-01"}
    expected = [p["text"] for p in server.ask(QUESTION, filters=filters)["passages"]]
    assert passages(page) == expected
    page.reload()
    expect(page.locator("#chips li")).to_have_count(2)
    page.wait_for_selector(".turn:not([aria-busy]) .passage", state="attached")
    assert passages(page) == expected
    page.get_by_role("button", name="Remove the filter Outlet: AFP").click()
    page.get_by_role("button", name="Remove the filter From: 1 November 2025").click()
    expect(page.locator("#chips li")).to_have_count(0)
    page.wait_for_selector(".turn:not([aria-busy]) .answer")
    assert (answers(page), query(page)) == (everything, {"q": [QUESTION]})
    for chips in (1, 2, 0):
        page.go_back()
        expect(page.locator("#chips li")).to_have_count(chips)
    ask(page, server, language="xx")
    assert "can’t find" in answers(page)[0] and page.locator(".passage").count() == 0
    expect(page.locator(".declined p")).to_have_text("No passage matches the filters. There is no language 'xx'.")


def test_what_the_articles_do_not_say_is_declined(server: Server, page: Page) -> None:
    ask(page, server, "What is the boiling point of tungsten?")
    assert page.locator(".declined h3").inner_text() == "I can’t find that in these articles."
    expect(page.locator(".confidence")).to_have_text(re.compile(r"^Confidence: (under )?\d+ %$"))
    expect(page.locator(".passage").first).to_be_hidden()
    page.locator(".fold > summary").click()
    expect(page.locator(".passages.dimmed .passage blockquote:visible")).to_have_count(5)
    assert page.locator("#turns mark").count() == 0
    assert page.locator(".declined .why").count() == 0


def test_a_question_in_another_language_is_told_so(server: Server, page: Page) -> None:
    ask(page, server, "Кто командует Африканским корпусом?")
    said = (
        "The articles here are in English; the question seems to be in Russian. "
        "Only words with the same spelling are matched, such as names."
    )
    expect(page.locator(".declined .why")).to_have_text(said)
    expect(page.locator("#status")).to_contain_text(said)


def test_a_part_of_the_question_that_nothing_answers_is_named(server: Server, page: Page) -> None:
    asked = "Who is the spokesman of the Kremlin and what is the capital of Peru?"
    ask(page, server, asked)
    answer = server.ask(asked)
    assert [part["answerable"] for part in answer["interpretation"]["parts"]] == [True, False]
    line = "No passage answers: what is the capital of Peru?"
    quotes = answer["answer"]["text"].removesuffix(f"\n{line}")
    expect(page.locator(".answer .unanswered")).to_have_text(line)
    assert page.locator(".answer .quotes").inner_text().replace("\xa0", " ") == quotes
    expect(page.locator("#status")).to_contain_text(line)
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    _, said, unanswered, *_ = page.evaluate("navigator.clipboard.readText()").split("\n\n")
    assert (said, unanswered) == (quotes, line)


def test_a_failure_is_told_and_can_be_tried_again(server: Server, page: Page) -> None:
    page.route("**/v1/ask", lambda route: route.abort())
    page.goto(f"{server.url}/?q={quote(QUESTION)}")
    expect(page.get_by_role("alert")).to_have_text("The service does not answer. Is it still running?")
    page.unroute("**/v1/ask")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".answer")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(f"{server.url}/?q=x&collection=nowhere")
    expect(page.get_by_role("alert")).to_have_text("There is no collection 'nowhere'.")
    page.goto(f"{server.url}/?q=x&published_from=soon")
    expect(page.get_by_role("alert")).to_contain_text("published_from")


def test_an_answer_is_copied_as_markdown_with_its_citations(server: Server, page: Page) -> None:
    ask(page, server)
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    answer = server.ask(QUESTION)
    passage = answer["passages"][0]
    head, said, confidence, title, source = copied.split("\n\n")
    assert (head, said, title) == (f"**{QUESTION}**", answer["answer"]["text"].strip(), "**Sources**")
    assert confidence == f"Confidence: {round(answer['confidence'] * 100)} %"
    found = re.fullmatch(r"- \[1\] \[(.+)\]\((\S+)\), outlet not stated, 2025-06-07: “(.+)”", source)
    evidence = [one["text"] for one in passage["evidence"]]
    assert found and found[1] == passage["citation"]["title"] and found[3] == "” “".join(evidence)
    page.goto(found[2])
    expect(page.locator("#article-text mark.evidence")).to_have_text(evidence)


def test_the_keyboard_is_enough(server: Server, page: Page) -> None:
    page.goto(server.url)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".passage")
    expect(page.locator("#question")).to_be_focused()  # a follow-up can be typed at once
    page.focus(".top .name")
    for name in ("Add articles", "Evaluations", "API"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".answer .marker").first).to_be_focused()
    expect(page.locator("#card")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".passage").first).to_be_focused()
    page.keyboard.press("Tab")
    opener = page.locator(".passage h4 a").first
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#article-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#article")).to_be_hidden()
    expect(opener).to_be_focused()
    page.focus("#filters-toggle")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="AFP")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#filters-toggle")).to_be_focused()
    page.focus("#question")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert page.input_value("#question") == "one\ntwo"


def test_the_answer_is_marked_as_painted(server: Server, page: Page) -> None:
    """`benchmarks/page_paint.py` measures by this mark."""
    ask(page, server)
    page.wait_for_function("performance.getEntriesByName('answer-painted').length === 1")
