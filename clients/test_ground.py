"""The ground that the other tests here stand on."""

from __future__ import annotations

import os
from collections.abc import Callable

from playwright.sync_api import Page
from servers import Server, StartServer


def test_a_real_server_answers_from_the_seeds(server: Server) -> None:
    answer = server.ask("Who commands the Africa Corps?")
    assert "[1]" in answer["answer"]["text"]
    assert server.process.pid != os.getpid()


def test_a_server_has_the_settings_and_articles_it_is_started_with(start_server: StartServer) -> None:
    article = {"article_id": "a", "text": "The quokka of Rottnest weighs 4.2 kilograms.", "outlet": "Example"}
    own = start_server([article], QA_API_KEY="k", QA_MODEL="fake")
    listed = own.request("GET", "/v1/articles")[1]
    assert [a["article_id"] for a in listed["articles"]] == ["a"]
    keyless = Server(own.process, own.port, own.log)
    assert keyless.request("GET", "/v1/articles")[0] == 401


def test_a_browser_opens_the_page_and_axe_finds_what_is_wrong(
    server: Server, page: Page, axe: Callable[[Page], list[str]], screenshot: Callable[[Page, str], None]
) -> None:
    page.goto(server.url)
    assert page.title() == "Ask the articles"
    page.evaluate("document.body.append(document.createElement('button'))")
    assert "button-name" in {v.split(":")[0] for v in axe(page)}
    screenshot(page, "ground")
