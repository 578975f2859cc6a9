"""The engine in memory passes the tests of every engine, and answers as the local engine does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qa_service.records import Answer, ArticleDraft, ArticleMeta, Filters, Question
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.storage.conformance import EngineTests
from qa_service.storage.memory.store import MemoryEngine
from qa_service.storage.port import Engine


class TestMemoryEngine(EngineTests):
    @classmethod
    def new_engine(cls, folder: Path) -> Engine:
        return MemoryEngine()


REPORT = "The army said on Friday that {n} soldiers were killed near Kidal. Fighters attacked a fuel convoy at dawn."
WELL = "The town of Place{n} has {n} wells. Its mayor is Mayor{n}. The Joint Water Office (JWO) dug them in 20{n:02}."
QUESTIONS = [
    Question("How many wells has Place7?"),
    Question("How many soldiers were killed near Kidal?", top_k=20),
    Question("How many soldiers were killed near Kidal?", top_k=9, diversity=0.5, collapse_duplicates=False),
    Question("According to DW, who is the mayor of Place3?", top_k=10),
    Question("What did AFP say in March 2025 about wells?", top_k=10),
    Question("Who is the mayor of Place3 and what did the army say about Kidal?", top_k=10, matches=True),
    Question("What does jwo stand for?"),
    Question("wells", retriever="dense", max_per_outlet=1),
    Question("wells of a town", retriever="lexical", max_context_tokens=80),
    Question("mayor", filters=Filters(outlet=("DW",), published_from=None), top_k=7),
    Question("mayor", filters=Filters(outlet=("nobody",))),
    Question("¿Quién es el alcalde de la ciudad?"),
]


def answers(service: Service) -> list[Answer]:
    """The answers of a collection with a history."""
    outlets = ["AFP", "DW", "Dw", None]
    for n in range(40):
        text, outlet = (REPORT if n % 3 == 0 else WELL).format(n=n if n % 3 else 12), outlets[n % 4]
        meta = ArticleMeta(title=f"News {n % 5}", outlet=outlet, language="en")
        service.add_article(ArticleDraft(text, f"a{n}", meta))
        if n == 20:
            service.rebuild()
    service.delete_article("a7")
    service.add_article(ArticleDraft(WELL.format(n=7), "a7", ArticleMeta(language="en")))
    service.delete_article("a8")
    return [service.ask(question) for question in QUESTIONS]


def test_both_engines_give_equal_answers(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path, model="fake", answerable_threshold=0.2)
    local, memory = Service(settings), Service(settings, engine=MemoryEngine())
    for one, other in zip(answers(local), answers(memory), strict=True):
        assert one == other
        assert one.passages or one.declined
    assert local.verify().problems == memory.verify().problems == ()
    assert replace(local.status(), name="") == replace(memory.status(), name="")
    assert [page.total for page in (local.articles(), memory.articles())] == [39, 39]
    local.close()
    memory.close()
