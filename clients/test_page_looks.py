"""The page in every light and width: axe-core finds nothing, nothing is wider than the window, and people can look at
what `screenshot` keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from servers import Server, StartServer

QUESTION = "Who commands the Africa Corps?"
FIRE = "How many people did the wildfire in Alder Valley kill?"
AFP = (
    "A wildfire swept through Alder Valley on Wednesday night.\n\nThe wildfire in Alder Valley killed 12 people, "
    "officials said. Rescue teams from three provinces searched the ruins of the old mill until dawn.\n\n"
    "The fire began because of a fallen power line, the regional governor said on Thursday. More than forty houses "
    "burned down."
)
RT = (
    "Flames reached the town late at night.\n\nThe wildfire in Alder Valley killed 31 people, officials said. "
    "The mayor accused the power company of negligence and demanded an inquiry.\n\n"
    "The fire began because of arson, investigators said."
)
TITLE = "Wildfire near Alder Valley kills twelve"
FIRES = [
    {"article_id": "afp/1", "title": TITLE, "outlet": "AFP", "published": "2025-08-14", "text": AFP},
    {"article_id": "rt/1", "title": "Alder Valley fire: toll", "outlet": "RT", "published": "2025-08-14", "text": RT},
    {"article_id": "copy/1", "title": TITLE, "outlet": "Daily Copy", "published": "2025-08-15", "text": AFP},
]
OTHER = (
    "Das Feuer im Alder-Tal ist gelöscht. Die Bewohner kehren in ihre Häuser zurück, und die Behörden ermitteln weiter."
)
WINDOWS = {
    "light": (1280, 800, "light"),
    "dark": (1280, 800, "dark"),
    "phone": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
}

Axe = Callable[[Page], list[str]]
Screenshot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def fires(start_server: StartServer, contradicting: Mapping[str, str]) -> Server:
    """Two outlets that disagree, and a copy of one of them."""
    return start_server([*FIRES, {"text": OTHER, "language": "de"}], **contradicting)


@pytest.mark.parametrize("look", WINDOWS)
def test_every_state_is_accessible_and_fits(
    server: Server, fires: Server, page: Page, axe: Axe, screenshot: Screenshot, look: str
) -> None:
    width, height, scheme = WINDOWS[look]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")

    def inspect(state: str) -> None:
        screenshot(page, f"page-{look}-{state}")
        assert axe(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    def ask(base: Server, question: str, rest: str = "") -> None:
        page.goto(f"{base.url}/?q={quote(question)}{rest}")
        page.wait_for_selector(".turn:not([aria-busy]) .outcome > *")

    page.goto(server.url)
    page.wait_for_selector("#facts bdi")
    inspect("empty")
    page.click("#filters-toggle")
    inspect("filters")
    ask(server, QUESTION)
    inspect("answer")
    page.locator(".answer .marker").first.focus()
    expect(page.locator("#card")).to_be_visible()
    inspect("card")
    page.locator(".passage h4 a").first.click()
    page.wait_for_selector("#article-text mark.evidence")
    inspect("article")
    page.click("#article-close")
    page.fill("#question", "Who leads it?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn + .turn:not([aria-busy])")
    expect(page.locator(".turn + .turn .question")).to_be_in_viewport()
    inspect("follow-up")
    ask(server, "What is the boiling point of tungsten?", "&outlet=AFP&published_from=2025-01-01")
    inspect("declined")
    page.locator(".fold > summary").click()
    inspect("closest")
    page.route("**/v1/ask", lambda route: route.fulfill(json=route.fetch().json() | {"confidence": 0.3}))
    ask(server, QUESTION)
    page.wait_for_selector(".answer.unsure")
    inspect("unsure")
    page.unroute("**/v1/ask")
    ask(server, "Who is the spokesman of the Kremlin and what is the capital of Peru?")
    page.wait_for_selector(".unanswered")
    inspect("part-unanswered")
    ask(server, "x", "&collection=nowhere")
    inspect("error")
    ask(fires, FIRE)
    page.wait_for_selector(".pair")
    inspect("sides")


def test_the_dark_page_is_dark(server: Server, page: Page) -> None:
    page.goto(server.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(251, 250, 247)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 24, 28)"


def test_on_a_phone_the_article_covers_the_page_and_gives_it_back(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/?q={quote(QUESTION)}")
    opener = page.locator(".passage h4 a").first
    opener.click()
    expect(page.locator("#article:modal")).to_be_visible()
    box = page.locator("#article").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(page.locator("#article-meta")).to_have_text("outlet not stated · 7 June 2025")
    page.set_viewport_size({"width": 1280, "height": 800})  # turned or widened: beside the conversation
    expect(page.locator("#article:not(:modal)")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#article:modal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#article")).to_be_hidden()
    expect(opener).to_be_focused()


def test_outlets_stand_side_by_side_and_what_differs_is_marked(fires: Server, page: Page) -> None:
    page.goto(f"{fires.url}/?q={quote(FIRE)}")
    page.wait_for_selector(".voices")
    answer = fires.ask(FIRE)
    (disagreement,) = answer["disagreements"]
    pair = page.locator(".pair")
    expect(pair.locator(".kind")).to_have_text("These contradict each other")
    assert pair.locator("mark.differs").all_text_contents() == [disagreement[s]["text"] for s in "ab"]
    sides = pair.locator(".side")
    assert sides.locator("figcaption strong").all_inner_texts() == ["AFP", "RT"]
    assert sides.locator("blockquote").all_text_contents() == [disagreement[s]["sentence"]["text"] for s in "ab"]
    left, right = (side.bounding_box() for side in sides.all())
    assert left and right and left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    for side, letter in zip(sides.all(), "ab", strict=True):
        place = disagreement[letter]["sentence"]
        span = f"{place['start_char_index']}-{place['end_char_index']}"
        assert parse_qs(urlsplit(side.locator("a.marker").get_attribute("href") or "").query)["e"] == [span]
    voices = page.locator(".voices").last.locator(".side")
    said = [p["evidence"]["text"] for p in answer["perspectives"]]
    assert voices.locator("blockquote").all_text_contents() == said
    expect(page.locator(".also li")).to_have_text(f"Daily Copy · 15 August 2025: {TITLE}")
    page.locator(".also a").click()
    expect(page.locator("#article-text mark.cited").first).to_be_visible()
    expect(page.locator("#article-meta")).to_have_text("Daily Copy · 15 August 2025")
    sides.last.locator("figcaption a").click()
    expect(page.locator("#article-text mark.evidence")).to_have_text(disagreement["b"]["text"])


def test_on_paper_there_are_the_passages_and_no_box(server: Server, page: Page, tmp_path: Path) -> None:
    page.goto(f"{server.url}/?q={quote(QUESTION)}")
    page.locator(".fold > summary").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".passage").first).to_be_visible()
    expect(page.locator(".passage").last.locator("blockquote").last).to_be_visible()
    expect(page.locator(".composer")).to_be_hidden()
    expect(page.locator(".actions")).to_be_hidden()


def test_no_page_is_refused_anything_by_its_own_policy(server: Server, browser: Browser) -> None:
    """Nor does a policy allow `unsafe-inline`: tests/test_web_guards.py."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path, there in (("/", "#facts bdi"), ("/evaluations", "#evaluate"), ("/docs", ".opblock")):
        page.goto(server.url + path)
        page.wait_for_selector(there)
        response = page.request.get(server.url + path)
        assert "unsafe" not in response.headers["content-security-policy"], path
    page.close()
    assert [text for text in said if "Content Security Policy" in text] == []
