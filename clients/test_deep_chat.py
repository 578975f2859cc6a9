"""deep-chat from npm in a page of another origin: the example of the documents, as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from servers import Server, StartServer
from sites import Site, running_site

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
DEEP_CHAT = "deep-chat@2.4.2"
QUESTION = "Who commands the Africa Corps?"
OFF_TOPIC = "How long do I boil an egg?"
DECLINED = "I can't find that in these articles."

Npm = Callable[..., Path]
Screenshot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture(scope="module")
def service(start_server: StartServer, site: Site) -> Server:
    return start_server(QA_ALLOWED_ORIGINS=site.origin)


@pytest.fixture
def address(site: Site, service: Server, npm: Npm) -> str:
    bundle = npm(DEEP_CHAT) / "deep-chat" / "dist" / "deepChat.bundle.js"
    site.put("/deepChat.bundle.js", bundle.read_text(encoding="utf-8"), "text/javascript")
    script = (EXAMPLES / "deep-chat-example.js").read_text(encoding="utf-8")
    assert script.count("http://127.0.0.1:8000") == 1
    site.put("/deep-chat-example.js", script.replace("http://127.0.0.1:8000", service.url), "text/javascript")
    return site.put("/deep-chat-example.html", (EXAMPLES / "deep-chat-example.html").read_text(encoding="utf-8"))


def test_the_example_shows_answers_with_their_sources(
    page: Page, address: str, service: Server, screenshot: Screenshot
) -> None:
    page.goto(address)
    ask(page, QUESTION)
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}]}
    message = service.request("POST", "/v1/chat/completions", body)[1]["choices"][0]["message"]
    note = message["annotations"][0]["url_citation"]
    answer = page.locator("deep-chat .ai-message-text").last
    links = answer.get_by_role("link")
    expect(links.first).to_have_text(note["title"])
    assert links.first.get_attribute("href") == note["url"]
    shown = " ".join(answer.inner_text().split())
    assert message["content"][note["start_index"] : note["end_index"]] + " [1]" in shown
    assert "Sources" in shown
    screenshot(page, "deep-chat")
    with page.context.expect_page() as opened:
        links.first.click()
    marks = opened.value.locator("mark")
    expect(marks.first).to_be_visible()
    evidence = service.ask(QUESTION)["passages"][0]["evidence"][0]["text"]
    assert evidence in [text.strip() for text in marks.all_text_contents()]


def test_the_conversation_goes_along_and_what_is_not_there_is_declined(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    expect(page.locator("deep-chat .ai-message-text").last.get_by_role("link").first).to_be_visible()
    with page.expect_request("**/v1/chat/completions") as request:
        ask(page, OFF_TOPIC)
    messages = json.loads(request.value.post_data or "")["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "user"]
    assert (messages[0]["content"], messages[2]["content"]) == (QUESTION, OFF_TOPIC)
    assert "[1]" in messages[1]["content"]
    expect(page.locator("deep-chat .ai-message-text").last).to_have_text(DECLINED)


def ask(page: Page, question: str) -> None:
    page.locator("deep-chat #text-input").click()
    page.keyboard.type(question)
    page.keyboard.press("Enter")
