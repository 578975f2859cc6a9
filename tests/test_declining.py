"""Why a question has no answer where the articles are not the reason, on every face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest
from builders import draft, fake_service
from click.testing import CliRunner
from web_fixtures import StandInService

from qa_service.chat import DECLINED, compose_reply, reply_parts
from qa_service.cli.show import show_answer
from qa_service.records import Declined, Filters, Question
from qa_service.service import Service
from qa_service.text.basic.language import absent_language
from qa_service.web.app import create_app

NONE = "No passage matches the filters."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(fake_service(tmp_path_factory.mktemp("index"), model_languages=("en",))) as opened:
        for number, outlet in enumerate(("AFP", "Le Monde"), start=1):
            opened.add_article(draft(number, outlet=outlet, language="en", published=date(2025, 1, number)))
        yield opened


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (Filters(outlet=("afp",)), f"{NONE} There is no outlet 'afp'; did you mean AFP?"),
        (Filters(outlet=("AFB",)), f"{NONE} There is no outlet 'AFB'; did you mean AFP?"),
        (Filters(outlet=("Reuters",)), f"{NONE} There is no outlet 'Reuters'."),
        (Filters(language=("xx",)), f"{NONE} There is no language 'xx'."),
        (Filters(article_id=("nope",)), f"{NONE} There is no article 'nope'."),
        (Filters(outlet=("AFP",), article_id=("article-2",)), NONE),
        (
            Filters(published_from=date(2030, 1, 1)),
            f"{NONE} No article was published on those days; their dates are from 2025-01-01 to 2025-01-02.",
        ),
    ],
)
@pytest.mark.parametrize("retriever", ["hybrid", "dense", "lexical"])
def test_filters_that_no_article_passes_are_the_reason(
    service: Service, filters: Filters, message: str, retriever: str
) -> None:
    answer = service.ask(Question("How many wells does Place1 have?", filters=filters, retriever=retriever))
    assert (answer.answerable, answer.passages) == (False, ())
    assert answer.declined == Declined("filters", message)


def test_filters_that_an_article_passes_are_not(service: Service) -> None:
    answer = service.ask(Question("Who is the king of France?", filters=Filters(outlet=("afp", "AFP"))))
    assert (answer.answerable, answer.declined) == (False, None)
    assert len(answer.passages) == 1


def test_every_face_tells_the_reason(service: Service) -> None:
    said = f"{NONE} There is no outlet 'afp'; did you mean AFP?"
    client = create_app(service).test_client()
    asked = {"question": "How many wells?", "filters": {"outlet": ["afp"]}}
    body = client.post("/v1/ask", json=asked).get_json()
    assert body["declined"] == {"reason": "filters", "message": said}
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    assert list(schemas["AskResponse"]["properties"]) == list(body)
    chat = {"model": "default", "qa": {"filters": {"outlet": ["afp"]}}}
    told = client.post(
        "/v1/chat/completions", json={**chat, "messages": [{"role": "user", "content": "How many wells?"}]}
    ).get_json()
    assert told["choices"][0]["message"]["content"] == f"{DECLINED} {said}"
    assert told["qa"]["declined"] == body["declined"]
    answer = service.ask(Question("How many wells?", filters=Filters(outlet=("afp",))))
    assert _shown(answer, Question("How many wells?")) == f"{said}\n"


def test_a_reason_stands_above_the_nearest_passages() -> None:
    answer = StandInService().ask(Question("Who is the king of France?"))
    answer = replace(answer, declined=Declined("language", "The articles here are in <b>."))
    assert compose_reply(reply_parts(answer, base="")).text == f"{DECLINED} The articles here are in \\<b\\>."
    lines = _shown(answer, Question("Who is the king of France?")).splitlines()
    assert lines[1:3] == ["The articles here are in <b>.", "The closest passages:"]


def _shown(answer: object, asked: Question) -> str:
    @click.command()
    def show() -> None:
        show_answer(answer, asked)  # type: ignore[arg-type]

    return CliRunner().invoke(show).output


ONLY_WORDS = "Only words with the same spelling are matched, such as names."
RUSSIAN = "Кто командует Африканским корпусом?"


def test_a_question_in_a_language_of_no_article_is_told_so(service: Service, tmp_path: Path) -> None:
    answer = service.ask(Question(RUSSIAN))
    said = f"The articles here are in English; the question seems to be in Russian. {ONLY_WORDS}"
    assert (answer.answerable, answer.declined) == (False, Declined("language", said))
    assert service.ask(Question("Who is the king of France?")).declined is None
    with closing(fake_service(tmp_path, model_languages=("en",))) as other:
        other.add_article(draft(1, language="en"))
        other.delete_article("article-1")
        assert other.ask(Question(RUSSIAN)).declined is None  # nothing is there: not for its language
        for number, language in enumerate(("en", "fr", "de", "es"), start=1):
            other.add_article(draft(number, language=language))
        declined = other.ask(Question(RUSSIAN)).declined
        assert declined is not None
        assert declined.message.startswith("The articles here are in German, English and 2 other languages; ")
        other.add_article(draft(9, "12 34 56."))  # of no language that anyone knows: it may be the question's
        assert other.article("article-9").meta.language is None
        assert other.ask(Question(RUSSIAN)).declined is None


def test_the_language_is_no_reason_for_a_model_that_reads_it(tmp_path: Path) -> None:
    for languages in (("all",), ("en", "ru")):
        with closing(fake_service(tmp_path / languages[-1], model_languages=languages)) as service:
            service.add_article(draft(1, language="en"))
            answer = service.ask(Question(RUSSIAN))
            assert (answer.answer, answer.declined) == (None, None)


@pytest.mark.parametrize(
    ("question", "present", "language"),
    [
        (RUSSIAN, ["en"], "ru"),
        (RUSSIAN, ["en", "ru"], None),
        (RUSSIAN, ["bg", "en"], None),  # the same script, and too little to tell them apart
        ("من يقود فيلق أفريقيا؟", ["en"], "ar"),
        ("谁指挥非洲军团?", ["en", "fr"], "zh"),
        ("Pourquoi Wagner a-t-il quitté le Mali ?", ["en"], "fr"),
        ("Pourquoi Wagner a-t-il quitté le Mali ?", ["en", "fr"], None),
        ("Qui commande le corps africain ?", ["en"], "fr"),
        ("Où est Ulan Bator ?", ["en"], "fr"),
        ("Wo ist der Bahnhof?", ["en"], "de"),
        ("¿Cuándo abre el museo?", ["en"], "es"),
        ("Wie is de burgemeester?", ["en", "de"], "nl"),
        ("Wie is de burgemeester?", ["en", "nl"], None),
        ("Где Кидаль?", ["en"], "ru"),  # Mongolian, py3langid thinks
        ("Население Гао", ["en"], "und"),
        ("Mikor lesz a választás?", ["mn"], "hu"),
        ("Who is Ibrahim Traoré?", ["fr"], "und"),  # not French; the name makes it look less like English
        ("What are malum prohibitum considerations?", ["en"], None),  # Latin, the model thinks
        ("Wagner Mali Bamako Tinzaouaténe Kidal", ["en"], None),
        ("Who commands the Africa Corps in the north of Mali?", ["ru"], "en"),
        ("?!", ["en"], None),
        (RUSSIAN, [], None),
    ],
)
def test_a_language_is_absent_only_where_that_is_certain(
    question: str, present: list[str], language: str | None
) -> None:
    assert absent_language(question, present) == language
