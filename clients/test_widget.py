"""The widget in Chromium, on a page of another origin that allows it little."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from servers import Server, StartServer
from sites import Site, running_site

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
QUESTION = "Who commands the Africa Corps?"
OFF_TOPIC = "How long do I boil an egg?"
DECLINED = "I can’t find that in these articles."
KEY = "open-sesame"
HOSTILE = [
    {
        "article_id": "x/<b>&é 1",
        "title": "<img src=x onerror=alert(1)>",
        "outlet": '"><script>alert(2)</script>',
        "published": "2025-03-04",
        "text": "The quokka of Rottnest <script>alert(3)</script> weighs 4.2 kilograms [7] 🙂.",
    },
]
DISAGREEING = [
    {"text": "The flood in Bamako killed 12 people on Monday.", "outlet": "Alpha News", "published": "2025-03-04"},
    {"text": "The flood in Bamako killed 19 people on Monday.", "outlet": "Beta Press", "published": "2025-03-05"},
]

Axe = Callable[[Page], list[str]]
Screenshot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture(scope="module")
def service(start_server: StartServer, site: Site) -> Server:
    """The seeds, for pages of `site` to ask."""
    return start_server(QA_ALLOWED_ORIGINS=site.origin)


@pytest.fixture(scope="module")
def keyed(start_server: StartServer, site: Site, contradicting: Mapping[str, str]) -> Server:
    """Articles of our own behind a key; whatever is asked is answered."""
    return start_server(
        [*HOSTILE, *DISAGREEING],
        QA_MODEL="fake",
        QA_API_KEY=KEY,
        QA_ALLOWED_ORIGINS=site.origin,
        QA_ANSWERABLE_THRESHOLD="0",
        **contradicting,
    )


@pytest.fixture
def violations(page: Page) -> Iterator[list[str]]:
    """What the page's policy refused; nothing, as is checked at the end."""
    found: list[str] = []
    page.on("console", lambda m: found.append(m.text) if re.search("Content Security|TrustedHTML", m.text) else None)
    yield found
    assert found == []


def ask(page: Page, question: str) -> Any:
    """What the service answered; it is shown by then."""
    shown = page.locator("[part=turn]").count()
    page.get_by_label("Your question").fill(question)
    with page.expect_response("**/v1/ask") as response:
        page.get_by_label("Your question").press("Enter")
    expect(page.locator("[part=turn]")).to_have_count(shown + 1)
    expect(page.locator("[part=looking]")).to_have_count(0)
    return response.value.json()


def refused(page: Page, question: str) -> str:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value(question)  # to be asked again
    return alert.inner_text()


@pytest.mark.usefixtures("violations")
def test_an_answer_has_numbered_sources_with_their_evidence(
    page: Page, site: Site, service: Server, axe: Axe, screenshot: Screenshot
) -> None:
    page.goto(site.with_widget(service.url))
    answer = ask(page, QUESTION)
    quoted = [
        answer["answer"]["text"][note["start_index"] : note["end_index"]] for note in answer["answer"]["annotations"]
    ]
    numbers = [note["citation"] for note in answer["answer"]["annotations"]]
    shown = page.locator("[part=text]").inner_text()
    assert " ".join(shown.split()) == " ".join(
        f"{text} [{number}]" for text, number in zip(quoted, numbers, strict=True)
    )
    cited = [p for p in answer["passages"] if p["citation"]["number"] in numbers]
    sources = page.locator("[part=source]")
    expect(sources).to_have_count(len(cited))
    for i, passage in enumerate(cited):
        source = sources.nth(i)
        assert source.get_attribute("value") == str(passage["citation"]["number"])
        assert source.locator("[part=evidence]").all_inner_texts() == [e["text"] for e in passage["evidence"]]
        source.locator("summary").click()
        assert source.locator("mark").all_text_contents() == [e["text"] for e in passage["evidence"]]
        assert source.locator("details blockquote").text_content() == passage["text"]
    expect(page.get_by_role("status")).to_have_text(answer["answer"]["text"])
    assert axe(page) == []
    screenshot(page, "widget-answer")


@pytest.mark.usefixtures("violations")
def test_an_unsure_answer_looks_unsure(
    page: Page, site: Site, service: Server, axe: Axe, screenshot: Screenshot
) -> None:
    page.route("**/v1/ask", lambda route: route.fulfill(json=route.fetch().json() | {"confidence": 0.344}))
    page.goto(site.with_widget(service.url))
    ask(page, QUESTION)
    warning = "Not sure: check whether the passages answer the question (34 %)."
    expect(page.locator("[part=unsure]")).to_have_text(warning)
    expect(page.get_by_role("status")).to_contain_text(warning)
    expect(page.locator("[part=confidence]")).to_have_count(0)
    assert axe(page) == []
    screenshot(page, "widget-unsure")


@pytest.mark.usefixtures("violations")
def test_a_source_opens_the_page_at_the_passage_as_chats_link_it(page: Page, site: Site, service: Server) -> None:
    page.goto(site.with_widget(service.url))
    answer = ask(page, QUESTION)
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}]}
    message = service.request("POST", "/v1/chat/completions", body)[1]["choices"][0]["message"]
    first = message["annotations"][0]["url_citation"]
    address = page.locator("[part=source] a").first.get_attribute("href") or ""
    assert address.startswith(service.url + "/?")
    assert parse_qsl(urlsplit(address).query) == parse_qsl(urlsplit(first["url"]).query)
    with page.context.expect_page() as opened:
        page.locator("[part=source] a").first.click()
    marks = opened.value.locator("mark")
    expect(marks.first).to_be_visible()
    assert answer["passages"][0]["evidence"][0]["text"] in [m.strip() for m in marks.all_text_contents()]


@pytest.mark.usefixtures("violations")
def test_a_follow_up_carries_what_was_said(page: Page, site: Site, service: Server, screenshot: Screenshot) -> None:
    page.goto(site.with_widget(service.url))
    first = ask(page, QUESTION)
    ask(page, OFF_TOPIC)

    def completed(route: Route) -> None:
        answer = route.fetch().json()
        answer["interpretation"]["searched"] = "And who founded <b>Wagner</b>?"
        route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": site.origin})

    page.route("**/v1/ask", completed)
    with page.expect_request("**/v1/ask") as request:
        ask(page, "And who founded Wagner?")
    assert json.loads(request.value.post_data or "") == {
        "question": "And who founded Wagner?",
        "collection": "default",
        "history": [
            {"question": QUESTION, "answer": first["answer"]["text"]},
            {"question": OFF_TOPIC, "answer": None},
        ],
    }
    expect(page.locator("[part=searched]")).to_have_text("Searched for: And who founded <b>Wagner</b>?")
    screenshot(page, "widget-follow-up")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[part=turn]")).to_have_count(0)
    with page.expect_request("**/v1/ask") as request:
        ask(page, QUESTION)
    assert json.loads(request.value.post_data or "")["history"] == []


@pytest.mark.usefixtures("violations")
def test_a_part_of_the_question_that_nothing_answers_is_named(
    page: Page, site: Site, service: Server, axe: Axe, screenshot: Screenshot
) -> None:
    page.goto(site.with_widget(service.url))
    answer = ask(page, "Who is the spokesman of the Kremlin and what is the capital of Peru?")
    assert [part["answerable"] for part in answer["interpretation"]["parts"]] == [True, False]
    expect(page.locator("[part=unanswered]")).to_have_text("No passage answers: what is the capital of Peru?")
    expect(page.locator("[part=text]")).not_to_contain_text("Peru")
    assert axe(page) == []
    screenshot(page, "widget-part-unanswered")


@pytest.mark.usefixtures("violations")
def test_a_part_is_named_by_its_name_or_as_not_shown(page: Page, site: Site, service: Server) -> None:
    def told(route: Route) -> None:
        body = route.fetch().json()
        part = {"start_index": 0, "end_index": 1, "confidence": 0.1, "answerable": False, "shown": False}
        body["interpretation"]["parts"] = [
            {**part, "text": "How do Wagner differ?", "name": "Wagner"},
            {**part, "text": "when did he die? (Prigozhin)", "answerable": True},
            {**part, "text": "what is its budget? (Mali)"},
            {**part, "text": "Who leads Mali?", "answerable": True, "shown": True, "rest": "Where is Gao"},
        ]
        route.fulfill(json=body)

    page.route("**/v1/ask", told)
    page.goto(site.with_widget(service.url))
    ask(page, "Who is the spokesman of the Kremlin?")
    expect(page.locator("[part=unanswered]")).to_have_text(
        [
            "No passage answers this for Wagner.",
            "Not among the passages shown: when did he die (Prigozhin)?",
            "No passage answers: what is its budget (Mali)?",
            "Not searched by itself: Where is Gao?",
        ]
    )


@pytest.mark.usefixtures("violations")
def test_what_cannot_be_answered_is_declined(
    page: Page, site: Site, service: Server, axe: Axe, screenshot: Screenshot
) -> None:
    page.goto(site.with_widget(service.url))
    answer = ask(page, OFF_TOPIC)
    expect(page.locator("[part=declined]")).to_have_text(DECLINED)
    expect(page.get_by_role("status")).to_have_text(DECLINED)
    expect(page.locator("[part=text]")).to_have_count(0)
    expect(page.locator("[part=source]").first).not_to_be_visible()
    page.locator("[part=closest] > summary").click()
    expect(page.locator("[part=source]")).to_have_count(len(answer["passages"]))
    expect(page.locator("[part=source]").first).to_be_visible()
    assert axe(page) == []
    screenshot(page, "widget-declined")
    ask(page, "Кто командует Африканским корпусом?")
    said = (
        "The articles here are in English; the question seems to be in Russian. "
        "Only words with the same spelling are matched, such as names."
    )
    expect(page.locator("[part=why]")).to_have_text(said)


@pytest.mark.usefixtures("violations")
def test_a_page_that_is_not_listed_is_told_so(page: Page, site: Site, server: Server, screenshot: Screenshot) -> None:
    page.goto(site.with_widget(server.url))
    page.evaluate("addEventListener('qa-error', (event) => { window.told = event.detail; })")
    said = refused(page, QUESTION)
    assert said == (
        f"The service takes no questions from this page ({site.origin}). The operator of the service can allow this "
        "page with QA_ALLOWED_ORIGINS."
    )
    assert page.evaluate("told") == {"question": QUESTION, "type": "forbiddenOrigin", "message": said}
    screenshot(page, "widget-refused")


@pytest.mark.usefixtures("violations")
def test_without_the_key_it_says_so_and_with_it_answers(page: Page, site: Site, keyed: Server, axe: Axe) -> None:
    page.goto(site.with_widget(keyed.url, 'api-key="wrong"'))
    said = "The service asks for a key. This page gave no valid key (the attribute api-key)."
    assert refused(page, "quokka") == said
    assert axe(page) == []
    page.evaluate("key => document.querySelector('qa-chat').setAttribute('api-key', key)", KEY)
    assert ask(page, "How much does the quokka weigh?")["answerable"] is True


@pytest.mark.usefixtures("violations")
def test_it_says_when_to_come_back_and_when_nobody_is_there(page: Page, site: Site, start_server: StartServer) -> None:
    limited = start_server([], QA_MODEL="fake", QA_ALLOWED_ORIGINS=site.origin, QA_RATE_LIMIT="1/minute")
    page.goto(site.with_widget(limited.url, 'collection="nowhere"'))
    assert refused(page, "quokka") == "There is no collection 'nowhere'."
    page.get_by_role("button", name="New conversation").click()
    assert re.fullmatch(
        r"Too many questions at the moment\. Please try again in ([1-9]|[1-5]\d|60) seconds\.", refused(page, "quokka")
    )
    limited.stop()
    page.get_by_role("button", name="New conversation").click()
    assert refused(page, "quokka") == "The service cannot be reached at the moment. Please try again later."


@pytest.mark.usefixtures("violations")
def test_text_of_articles_stays_text(page: Page, site: Site, keyed: Server, screenshot: Screenshot) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(site.with_widget(keyed.url, f'api-key="{KEY}"'))
    answer = ask(page, "How much does the quokka of Rottnest weigh?")
    passage = answer["passages"][0]
    assert passage["citation"]["title"] == HOSTILE[0]["title"]
    source = page.locator("[part=source]").first
    expect(source.locator("a")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(source.locator("[part=meta]")).to_have_text('"><script>alert(2)</script> · March 4, 2025')
    assert source.locator("[part=evidence]").all_text_contents() == [HOSTILE[0]["text"]]
    # what an article says looks like a citation is none
    assert page.locator("[part=text] button").all_inner_texts() == [
        f"[{note['citation']}]" for note in answer["answer"]["annotations"]
    ]
    assert page.locator("qa-chat").locator("script, img, style, b").count() == 0
    assert dialogs == []
    screenshot(page, "widget-hostile")


@pytest.mark.usefixtures("violations")
def test_outlets_that_differ_stand_side_by_side(
    page: Page, site: Site, keyed: Server, axe: Axe, screenshot: Screenshot
) -> None:
    page.goto(site.with_widget(keyed.url, f'api-key="{KEY}"'))
    answer = ask(page, "How many people did the flood in Bamako kill on Monday?")
    (disagreement,) = answer["disagreements"]
    sides = [disagreement["a"], disagreement["b"]]
    assert {side["outlet"] for side in sides} == {"Alpha News", "Beta Press"}
    expect(page.locator("[part=disagreement] p")).to_have_text("The sources differ (contradiction):")
    assert page.locator("[part=disagreement] li").all_inner_texts() == [
        f"{side['outlet']}: “{side['sentence']['text']}” [{side['citation']}]" for side in sides
    ]
    assert axe(page) == []
    screenshot(page, "widget-disagreement")


@pytest.mark.parametrize(("theme", "scheme"), [("dark", "light"), ("auto", "dark"), ("light", "dark")])
@pytest.mark.usefixtures("violations")
def test_it_is_dark_or_light(
    page: Page, site: Site, service: Server, axe: Axe, screenshot: Screenshot, theme: str, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(site.with_widget(service.url, f'theme="{theme}"'))
    ask(page, QUESTION)
    ground = page.locator("[part=frame]").evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if theme == "light" else "rgb(28, 33, 38)")
    assert axe(page) == []
    screenshot(page, f"widget-{theme}-in-{scheme}")


@pytest.mark.usefixtures("violations")
def test_it_fits_a_phone(page: Page, site: Site, service: Server, axe: Axe, screenshot: Screenshot) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.with_widget(service.url))
    ask(page, QUESTION)
    page.locator("[part=source] summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    log = page.locator("[part=log]")
    assert log.evaluate("e => e.scrollWidth <= e.clientWidth")
    for button in page.locator("qa-chat button").all():
        box = button.bounding_box()
        assert box is None or (box["width"] >= 24 and box["height"] >= 24)  # WCAG 2.2, 2.5.8
    assert axe(page) == []
    screenshot(page, "widget-phone")


FOCUS = """() => {
  const inner = document.activeElement.shadowRoot?.activeElement;
  const style = inner && getComputedStyle(inner);
  const name = inner && (inner.getAttribute("part") ?? inner.localName);
  return inner && [name, style.outlineStyle, parseFloat(style.outlineWidth) > 1];
}"""


@pytest.mark.usefixtures("violations")
def test_it_is_used_by_keyboard_alone(page: Page, site: Site, service: Server) -> None:
    page.goto(site.with_widget(service.url))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == ["input", "solid", True]
    page.keyboard.type("Who commands")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("the Africa Corps?")
    with page.expect_request("**/v1/ask") as request:
        page.keyboard.press("Enter")
    assert json.loads(request.value.post_data or "")["question"] == "Who commands\nthe Africa Corps?"
    expect(page.locator("[part=source]").first).to_be_visible()
    assert page.evaluate(FOCUS) == ["input", "solid", True]
    page.keyboard.press("Shift+Tab")
    for _ in range(40):
        if page.evaluate(FOCUS)[0] == "marker":
            break
        page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUS) == ["marker", "solid", True]
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == ["source", "solid", True]
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == ["link", "solid", True]
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)[0] == "summary"
    page.keyboard.press("Enter")
    expect(page.locator("[part=source] details[open]")).to_have_count(1)


@pytest.mark.usefixtures("violations")
def test_a_page_dresses_and_words_it(page: Page, site: Site, service: Server, screenshot: Screenshot) -> None:
    page.goto(site.with_widget(service.url, 'heading="Frag uns" placeholder="Was?" lang="de" theme="light"'))
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`qa-chat { --qa-accent: rgb(128, 0, 64); --qa-height: 24rem; --qa-surface: rgb(250, 250, 240) }
        qa-chat::part(send) { text-transform: uppercase }`);
      document.adoptedStyleSheets = [sheet];
      document.querySelector("qa-chat").strings = { send: "Fragen", sources: "Quellen" };
      addEventListener("qa-answer", (event) => { window.told = event.detail; });
    }""")
    expect(page.get_by_role("heading", name="Frag uns")).to_be_visible()
    assert page.get_by_label("Your question").get_attribute("placeholder") == "Was?"
    send = page.get_by_role("button", name="Fragen")
    style = send.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).textTransform]")
    assert style == ["rgb(128, 0, 64)", "uppercase"]
    assert page.locator("[part=frame]").evaluate("e => e.getBoundingClientRect().height") == 24 * 16
    answer = page.evaluate("question => document.querySelector('qa-chat').ask(question)", QUESTION)
    assert page.evaluate("told") == {"question": QUESTION, "answer": answer}
    expect(page.get_by_role("heading", name="Quellen")).to_be_visible()
    published = answer["passages"][0]["citation"]["published"]
    assert published == "2025-06-07"
    expect(page.locator("[part=meta]").first).to_contain_text("7. Juni 2025")
    screenshot(page, "widget-dressed")


def test_the_example_page_works(page: Page, violations: list[str], site: Site, service: Server) -> None:
    example = (EXAMPLES / "widget-example.html").read_text(encoding="utf-8")
    assert example.count("http://127.0.0.1:8000") == 4
    address = site.put("/widget-example.html", example.replace("http://127.0.0.1:8000", service.url))
    site.put("/widget-example.css", (EXAMPLES / "widget-example.css").read_text(encoding="utf-8"), "text/css")
    page.goto(address)
    assert ask(page, QUESTION)["answerable"] is True
    expect(page.locator("[part=source]").first).to_be_visible()
    assert page.locator("[part=frame]").evaluate("e => e.getBoundingClientRect().height") == 32 * 16
    assert violations == []
