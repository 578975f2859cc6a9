"""Articles that attack the page: whatever one holds is shown as the text that it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect
from servers import Server, StartServer

RTL = "\u202e"
SCRIPT = "<script>alert('text')</script><img src=x onerror=alert('image')>"
SENTENCE = f"The quokka of Rottnest Island weighs 4.2 kilograms {SCRIPT} [free](http://evil.example/)"
ARTICLE = {
    "article_id": "\"><script>alert('id')</script>/../x?y#z",
    "title": f"{RTL}<img src=x onerror=alert('title')> Quokka of Rottnest Island",
    "outlet": f"{RTL}<svg onload=alert('outlet')>",
    "author": "<a href=javascript:alert('author')>Ann</a>",
    "published": "2024-02-29",
    "language": "en",
    "text": f"Rottnest lies off Perth, and its ranger counts the animals each year.\n\n{SENTENCE} "
    "![](http://evil.example/pixel) according to the ranger.\n\n"
    "</article></details></main><style>* { display: none }</style> It is 🙂 everywhere.",
}
OTHERS = [
    {"text": "The bakery in Fremantle opened a second shop on Monday, and its owner hopes to sell bread there."},
    {"text": "Trains between the two cities were late again after a storm, the operator said."},
]
QUESTION = "How many kilograms does the quokka of Rottnest Island weigh?"


@pytest.fixture(scope="module")
def hostile(start_server: StartServer) -> Server:
    return start_server([ARTICLE, *OTHERS])


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """Fails where anything opened a dialog, ran, or called outside (the fixture `page` watches for that)."""
    opened: list[str] = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    yield page
    page.wait_for_timeout(300)
    assert opened == []


def test_a_hostile_article_is_text_everywhere(hostile: Server, watched: Page) -> None:
    page = watched
    page.goto(f"{hostile.url}/?q={quote(QUESTION)}")
    page.wait_for_selector(".passage")
    answer = hostile.ask(QUESTION)
    passage = answer["passages"][0]
    evidence = [e["text"] for e in passage["evidence"]]
    assert SENTENCE in evidence and SENTENCE in page.locator(".answer .quotes").inner_text()
    shown = page.locator(".passage").first
    assert shown.locator("blockquote").last.text_content() == passage["text"]
    assert shown.locator("blockquote").first.locator("mark").all_text_contents() == evidence
    assert page.locator(".passage h4").first.text_content() == ARTICLE["title"]
    page.locator(".answer .marker").first.hover()
    expect(page.locator("#card .said")).to_have_text(SENTENCE)
    page.locator(".passage h4 a").first.click()
    expect(page.locator("#article-proof")).to_contain_text("✓ This is the text that the link cites")
    assert page.locator("#article-text").text_content() == ARTICLE["text"]
    assert page.locator("#article-text mark.evidence").all_text_contents() == evidence
    page.click("#filters-toggle")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    assert page.locator("main :is(script, img, svg, style, iframe)").count() == 0
    assert page.locator("dialog :is(script, img, svg, style, iframe)").count() == 0
    assert page.evaluate("[...document.querySelectorAll('a[href]')].every((a) => a.href.startsWith(location.origin))")


def test_a_name_that_turns_the_direction_turns_only_itself(hostile: Server, watched: Page) -> None:
    watched.goto(f"{hostile.url}/?q={quote(QUESTION)}")
    names = watched.locator(".passage").first.locator(".heading .meta bdi")
    expect(names).to_have_text([str(ARTICLE["outlet"]), "29 February 2024", str(ARTICLE["author"])])
    outlet, published = (name.bounding_box() for name in names.all()[:2])
    assert outlet and published and outlet["y"] == published["y"] and outlet["x"] < published["x"]


def test_an_address_that_runs_is_no_link(hostile: Server, watched: Page) -> None:
    def poison(route: Route) -> None:
        article = route.fetch().json()
        route.fulfill(json=article | {"url": "javascript:alert('url')"})

    watched.route("**/v1/articles/**", poison)
    watched.goto(f"{hostile.url}/?q={quote(QUESTION)}")
    watched.locator(".passage h4 a").first.click()
    expect(watched.locator("#article-proof")).to_contain_text("✓")
    expect(watched.locator("#article-url")).to_be_hidden()
    assert not watched.locator("#article-url").get_attribute("href")


def test_what_is_copied_holds_no_link_image_or_html_of_the_articles(hostile: Server, watched: Page) -> None:
    watched.goto(f"{hostile.url}/?q={quote(QUESTION)}")
    watched.get_by_role("button", name="Copy as Markdown").click()
    expect(watched.get_by_role("button", name="Copied")).to_be_visible()
    copied = watched.evaluate("navigator.clipboard.readText()")
    assert r"\<script\>alert('text')\</script\>" in copied and RTL not in copied
    assert r"\[free\](http\://evil.example/)" in copied  # no link by its brackets, and none by its address
    assert copied.count("](") - copied.count(r"\](") == 1  # the source's own link


def test_a_hostile_question_address_and_error_are_text(hostile: Server, watched: Page) -> None:
    evil = "<img src=x onerror=alert(1)>"
    watched.goto(f"{hostile.url}/?q={quote(evil)}&outlet={quote(evil)}&language={quote(evil)}&collection={quote(evil)}")
    expect(watched.locator(".question")).to_have_text(evil)
    expect(watched.locator(".turn [role=alert]")).to_be_visible()
    expect(watched.locator("#chips li")).to_have_count(3)
    watched.route("**/v1/ask", lambda route: route.fulfill(status=500, body=json.dumps({"error": {"message": evil}})))
    watched.get_by_role("button", name="Try again").click()
    expect(watched.locator(".turn [role=alert]")).to_have_text(evil)
    watched.goto(f"{hostile.url}/?article={quote(evil)}&start=1&end=x&e=javascript:alert(1)&h={quote(evil)}")
    expect(watched.locator("#article-title")).to_have_text("This article cannot be shown")
    assert watched.locator("img").count() == 0
