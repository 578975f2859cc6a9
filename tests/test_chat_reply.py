"""An answer as a chat message."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from web_fixtures import ARTICLE, END, START, StandInService

from qa_service.chat import DECLINED, Block, Ending, compose_reply, reply_parts
from qa_service.chat.markdown import link, quoted
from qa_service.options.links import passage_address
from qa_service.records import Annotation, Answer, Disagreement, Evidence, Question, Statement
from qa_service.web.openai.payload import Cited


@pytest.fixture
def answer() -> Answer:
    return StandInService().ask(Question("What does a quokka weigh?"))


def test_a_reply_quotes_marks_and_lists_its_sources(answer: Answer) -> None:
    reply = compose_reply(reply_parts(answer, base="http://here"))
    address = passage_address("http://here", answer.passages[0], "default")
    assert reply.text == (
        f"The quokka weighs 4.2 kilograms. [1]\n\n**Sources**\n\n- [1] [Quokka weights]({address}), AFP, 2024-02-29"
    )
    assert reply.annotations == (Annotation(0, 32, 1),)
    assert reply.text[0:32] == ARTICLE.text[23:55]
    assert reply.ending == Ending("quotation", None, 0)


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (0.5, None),
        (0.4949, "Not sure: check whether the passages answer the question (49 %)."),
        (0.205, "Not sure: check whether the passages answer the question (21 %)."),
        (0.001, "Not sure: check whether the passages answer the question (under 1 %)."),
    ],
)
def test_an_unsure_answer_begins_with_the_doubt(answer: Answer, confidence: float, said: str | None) -> None:
    reply = compose_reply(reply_parts(replace(answer, confidence=confidence), base="http://here"))
    *before, quoted_, sources, _ = reply.text.split("\n\n")
    assert quoted_ == "The quokka weighs 4.2 kilograms. [1]"
    assert (before, sources) == ([said] if said else [], "**Sources**")
    (note,) = reply.annotations
    assert reply.text[note.start : note.end] == ARTICLE.text[23:55]


def test_passages_alone_are_listed_as_sources(answer: Answer) -> None:
    reply = compose_reply(reply_parts(replace(answer, answer=None), base="http://here"))
    assert reply.text.startswith(
        "The passages alone, as you asked:\n\n**Sources**\n\n- [1] [Quokka weights](http://here/"
    )
    assert reply.annotations == ()


def test_a_note_about_a_better_answer_is_told(answer: Answer) -> None:
    said = replace(answer.answer, note="A better answer is in *another* passage.") if answer.answer else None
    reply = compose_reply(reply_parts(replace(answer, answer=said), base="http://here"))
    assert "[1]\n\nA better answer is in \\*another\\* passage.\n\n**Sources**" in reply.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file_name_of_it", "file_name_of_it"),
        ("_so_ be it", "\\_so\\_ be it"),
        ("a__b and __init__", "a\\_\\_b and \\_\\_init\\_\\_"),
        ("mu_μ_m", "mu_μ_m"),
    ],
)
def test_an_underscore_is_escaped_only_where_it_has_a_meaning(text: str, said: str) -> None:
    assert quoted(text) == said


def test_a_declined_question_cites_nothing() -> None:
    answer = StandInService().ask(Question("Who is the king of France?"))
    reply = compose_reply(reply_parts(answer, base="http://here"))
    assert (reply.text, reply.annotations) == (DECLINED, ())


def test_an_address_opens_the_page_at_the_passage_and_its_evidence(answer: Answer) -> None:
    passage = answer.passages[0]
    parts = urlsplit(passage_address("https://ask.example.org/qa", passage, "my news"))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "ask.example.org", "/qa/")
    assert parse_qs(parts.query) == {
        "collection": ["my news"],
        "article": ["news/2024/quokka.txt"],
        "start": [str(START)],
        "end": [str(END)],
        "e": ["23-55"],
        "h": [ARTICLE.sha256],
    }
    assert not set(parts.query) & set("()[]<> ")


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("It costs 4.2 dollars, he said.", "It costs 4.2 dollars, he said."),
        ("![x](http://evil/?q=1)", "!\\[x\\](http\\://evil/?q=1)"),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("as others say [3]", "as others say \\[3\\]"),
        ("two\n\nlines", "two lines"),
        ("# not a heading", "\\# not a heading"),
        ("- not a list", "\\- not a list"),
        ("1. not a list", "1\\. not a list"),
        ("2024 was dry", "2024 was dry"),
        ("*a* _b_ `c`", "\\*a\\* \\_b\\_ \\`c\\`"),
        ("see https://evil.example/x or www.evil.example", "see https\\://evil.example/x or www\\.evil.example"),
        ("AT&T &lt;b&gt;", "AT&T &amp;lt;b&amp;gt;"),
    ],
)
def test_nothing_in_an_article_is_markdown(text: str, markdown: str) -> None:
    assert quoted(text) == markdown


def test_a_title_cannot_end_its_link() -> None:
    assert link("a](http://evil) b", "http://here") == "[a\\](http\\://evil) b](http://here)"


def test_sources_that_differ_are_set_side_by_side(answer: Answer) -> None:
    side = Statement("AFP", "a", 1, 23, 40, "4.2 kilograms", Evidence(23, 55, "The quokka weighs 4.2 kilograms."))
    other = replace(side, outlet=None, article_id="b", sentence=Evidence(0, 5, "It weighs 3 kilograms."))
    reply = compose_reply(reply_parts(replace(answer, disagreements=(Disagreement("number", side, other),)), base=""))
    said = reply.text.split("\n\n")[1]
    assert said == (
        "The sources differ (number): AFP: “The quokka weighs 4.2 kilograms.” [1]; b: “It weighs 3 kilograms.” [1]."
    )
    assert [reply.text[a.start : a.end] for a in reply.annotations] == [
        "The quokka weighs 4.2 kilograms.",
        "The quokka weighs 4.2 kilograms.",
        "It weighs 3 kilograms.",
    ]


class Prose:
    """Writes the given sentences, then ends as told."""

    def __init__(self, *sentences: str, failure: str | None = None) -> None:
        self._sentences, self._failure = sentences, failure
        self.closed = False

    def write(self, answer: Answer, gone: object = None) -> Generator[Block, None, Ending]:
        try:
            for sentence in self._sentences:
                yield Block(f"{sentence} [1]", (Annotation(0, len(sentence), 1),))
            return Ending("model", self._failure, 2)
        finally:
            self.closed = True


def test_what_a_model_wrote_takes_the_place_of_quotations(answer: Answer) -> None:
    reply = compose_reply(reply_parts(answer, base="", writer=Prose("It is light.", "It is small.")))
    assert reply.text.startswith("It is light. [1] It is small. [1]\n\n**Sources**\n\n- [1] ")
    assert [reply.text[a.start : a.end] for a in reply.annotations] == ["It is light.", "It is small."]
    assert reply.ending == Ending("model", None, 2)


def test_where_a_model_writes_nothing_that_holds_the_articles_are_quoted(answer: Answer) -> None:
    reply = compose_reply(reply_parts(answer, base="", writer=Prose(failure="HTTP 429")))
    assert reply.text.startswith("The quokka weighs 4.2 kilograms. [1]\n\n**Sources**")
    assert reply.ending == Ending("quotation", "HTTP 429", 2)


def test_where_a_model_breaks_off_the_articles_go_on(answer: Answer) -> None:
    reply = compose_reply(reply_parts(answer, base="", writer=Prose("It is light.", failure="timed out")))
    assert reply.text.startswith(
        "It is light. [1]\n\nThe model's answer broke off here. The articles say: The quokka weighs 4.2 kilograms. [1]"
    )
    assert reply.ending == Ending("model and quotation", "timed out", 2)


def test_who_stops_reading_ends_the_writing(answer: Answer) -> None:
    writer = Prose("One.", "Two.")
    parts = reply_parts(answer, base="", writer=writer)
    next(parts)
    parts.close()  # type: ignore[attr-defined]  # a generator
    assert writer.closed


def test_the_link_beside_a_disagreement_marks_the_sentence_that_stands_there(answer: Answer) -> None:
    """Source 2 is cited for its side alone, source 1 for its evidence as well."""
    first = answer.passages[0]
    second = replace(first, citation=replace(first.citation, number=2, article_id="b"))
    side = Statement("AFP", "a", 1, 60, 63, "4.2", Evidence(56, 81, "…"))
    other = replace(side, citation=2)
    asked = replace(answer, passages=(first, second), disagreements=(Disagreement("number", side, other),))
    marked = [parse_qs(urlsplit(address).query)["e"] for address in _addresses(asked)]
    assert marked == [["23-55", "56-81"], ["56-81"]]
    events = Cited(asked, "http://here").source_events()
    assert [event["data"]["source"]["url"] for event in events] == _addresses(asked)


def _addresses(answer: Answer) -> list[str]:
    """Of the list of sources."""
    text = compose_reply(reply_parts(answer, base="http://here")).text
    return re.findall(r"\]\((http://here\S+?)\)", text)
