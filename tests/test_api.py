"""The public Python API, used as in a notebook: with public names alone."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import qa_service
from qa_service import FakeEmbedder, Filters, InvalidInput, Question, Service, evaluate

TEXT = "The quokka on Rottnest weighs 4.2 kilograms. It eats grass and leaves.\n"
SET = '{"id": "1", "question": "What does the quokka eat?", "articles": ["a.txt"]}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def service(folder: Path) -> Service:
    service = Service.open(index=folder / "index", embedder=FakeEmbedder(), answerable_threshold=0)
    service.ingest([folder / "articles"])
    return service


def test_open_and_ingest(folder: Path) -> None:
    with Service.open(index=folder / "index", embedder=FakeEmbedder()) as service:
        report = service.ingest([str(folder / "articles")])
        assert [file.outcome for file in report.files] == ["added"]
        assert service.status().articles == 1


def test_ask(service: Service) -> None:
    answer = service.ask("What does the quokka eat?")
    best = answer.passages[0]
    article = service.article(best.citation.article_id)
    assert article.text[best.citation.start : best.citation.end] == best.passage.text
    assert answer.answer is not None


def test_ask_with_options(service: Service) -> None:
    question = Question("What does the quokka eat?", top_k=1, filters=Filters(language=("fr",)))
    answer = service.ask(question)
    assert (answer.answerable, answer.passages) == (False, ())


def test_evaluate(service: Service, folder: Path) -> None:
    article = service.articles().articles[0].article_id
    (folder / "set.jsonl").write_text(SET.replace("a.txt", article), encoding="utf-8")
    summary = evaluate(service, folder / "set.jsonl", folder / "run")
    assert summary["measures"]["nDCG@10"]["mean"] == 1.0
    assert (folder / "run" / "report.html").is_file()


def test_evaluate_without_a_folder_returns_the_same_measures(service: Service, folder: Path) -> None:
    article = service.articles().articles[0].article_id
    (folder / "set.jsonl").write_text(SET.replace("a.txt", article), encoding="utf-8")
    kept = evaluate(service, str(folder / "set.jsonl"), str(folder / "run"))
    assert evaluate(service, folder / "set.jsonl")["measures"] == kept["measures"]


def test_a_wrong_setting_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(qa_service.SettingsError, match="did you mean index"):
        Service.open(indx=folder)


def test_settings_by_name_change_given_settings(folder: Path) -> None:
    given = qa_service.Settings(index=folder)
    with Service.open(given, FakeEmbedder(), depth=20) as service:
        assert (service.settings.index, service.settings.depth) == (folder, 20)


@pytest.mark.parametrize("name", [name for name in qa_service.__all__ if name != "__version__"])
def test_every_public_name_is_documented(name: str) -> None:
    doc = inspect.getdoc(getattr(qa_service, name)) or ""
    assert doc, name
    assert not doc.startswith(f"{name}("), name  # what a dataclass writes where nobody did


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Servce"):
        qa_service.Servce  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, qa_service; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {"torch", "numpy", "pydantic", "qa_service.service", "qa_service.records"}


def test_options_by_keyword(service: Service) -> None:
    answer = service.ask("What does the quokka eat?", top_k=1, filters={"published_from": "2025-06-01"})
    assert answer.passages == ()
    question = Question("What does the quokka eat?", filters=Filters(language=("FR",)))
    assert service.ask(question).passages == ()
    assert len(service.ask(question, filters=Filters(), top_k=1).passages) == 1


WRONG_OPTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"tok_k": 1}, "tok_k", "There is no option tok_k; did you mean top_k?"),
    ({"top_k": 0}, "top_k", "top_k: must be from 1 to 100, not 0."),
    ({"top_k": 101}, "top_k", "top_k: must be from 1 to 100, not 101."),
    ({"top_k": "3"}, "top_k", "top_k: must be a whole number, not '3'."),
    ({"top_k": True}, "top_k", "top_k: must be a whole number, not True."),
    ({"top_k": None}, "top_k", "top_k: must be a whole number, not None."),
    ({"max_per_article": 0}, "max_per_article", "max_per_article: must be from 1 to 2147483647, not 0."),
    ({"diversity": 5.0}, "diversity", "diversity: must be from 0 to 1, not 5.0."),
    ({"diversity": float("nan")}, "diversity", "diversity: must be from 0 to 1, not nan."),
    ({"retriever": "hybird"}, "retriever", "retriever: must be hybrid, dense or lexical, not 'hybird'."),
    ({"interpret": 1}, "interpret", "interpret: must be True or False, not 1."),
    ({"filters": {"outlets": ["AFP"]}}, "filters.outlets", "no option filters.outlets; did you mean outlet?"),
    ({"filters": Filters(outlet="AFP")}, "filters.outlet", "must be a list or a tuple, not 'AFP'."),  # type: ignore[arg-type]
    ({"filters": {"published_from": "1 May"}}, "filters.published_from", "must be a date such as 2025-11-21."),
    (
        {"filters": {"published_from": "2025-05-02", "published_to": "2025-05-01"}},
        "filters.published_to",
        "2025-05-01 is before published_from, 2025-05-02.",
    ),
    ({"filters": "AFP"}, "filters", "filters: must be a Filters, not 'AFP'."),
    ({"history": ["Who?"]}, "history", "history: must be a Turn, not 'Who?'."),
]


@pytest.mark.parametrize(("options", "param", "message"), WRONG_OPTIONS)
def test_a_wrong_option_is_named(service: Service, options: dict[str, Any], param: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.ask("What does the quokka eat?", **options)
    assert caught.value.param == param
    assert message in caught.value.message


@pytest.mark.parametrize("question", ["", "  ", "x" * 2001, None, 7])
def test_a_wrong_question_is_refused(service: Service, question: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.ask(question)
    assert caught.value.param == "question"


def test_a_folder_may_stand_alone(folder: Path) -> None:
    with Service.open(index=folder / "index", embedder=FakeEmbedder()) as service:
        assert [file.outcome for file in service.ingest(str(folder / "articles")).files] == ["added"]


def test_a_name_that_no_collection_can_have_is_refused_before_the_model_loads(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The quokka weighs 4.2 kilograms.", encoding="utf-8")
    with qa_service.Service.open(index=tmp_path / "index", model="no/such-model") as service:
        for call in (
            lambda: service.ingest(tmp_path, "My Articles!"),
            lambda: service.add_article(qa_service.ArticleDraft("A text."), "My Articles!"),
        ):
            with pytest.raises(qa_service.InvalidInput, match="'My Articles!' cannot name a collection"):
                call()
