"""Laws 2 and 3: how a collection came to be must not show."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from builders import draft, fake_service

from qa_service.records import Answer, Filters, Question
from qa_service.service import Service

QUESTIONS = [
    Question("How many wells has Place7?", top_k=20),
    Question("Who is the mayor of Place12?", top_k=20, retriever="lexical"),
    Question("On which day did rain fall?", top_k=100),
    Question("town wells", top_k=20, retriever="dense"),
    Question("Mayor3", filters=Filters(outlet=("B",)), max_per_article=1),
]


def answers(service: Service) -> list[Answer]:
    """Answers with what may differ taken out: the generation."""
    found = [service.ask(q) for q in QUESTIONS]
    return [replace(a, collection=replace(a.collection, generation=0)) for a in found]


def outlet_of(number: int) -> str | None:
    return ("A", "B", None)[number % 3]


@pytest.mark.slow
def test_any_adds_and_deletes_give_the_answers_of_a_fresh_collection(tmp_path: Path) -> None:
    for seed in range(4):
        rng = random.Random(seed)
        used = fake_service(tmp_path / f"used-{seed}", depth=10, late_interaction_depth=5)
        alive: set[int] = set()
        for _ in range(60):
            number = rng.randrange(40)
            if number in alive and rng.random() < 0.6:
                used.delete_article(f"article-{number}")
                alive.discard(number)
            else:
                text = None if rng.random() < 0.8 else f"Place{number} is gone. Nobody is its mayor."
                used.add_article(draft(number, text, outlet=outlet_of(number)))
                used.add_article(draft(number, outlet=outlet_of(number)))
                alive.add(number)
            if rng.random() < 0.05:
                used.rebuild()
        fresh = fake_service(tmp_path / f"fresh-{seed}", depth=10, late_interaction_depth=5)
        for number in sorted(alive, reverse=True):
            fresh.add_article(draft(number, outlet=outlet_of(number)))
        fresh.rebuild()
        assert answers(used) == answers(fresh)
        assert used.status().fingerprint == fresh.status().fingerprint
        reopened = fake_service(tmp_path / f"used-{seed}", depth=10, late_interaction_depth=5)
        assert answers(reopened) == answers(fresh)
        assert used.verify().problems == ()
        for service in (used, fresh, reopened):
            service.close()


def test_adding_the_same_bytes_twice_changes_nothing(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    added, generation, created = service.add_article(draft(1))
    assert created
    assert service.add_article(draft(1)) == (added, generation, False)
    service.close()


def test_a_deleted_article_never_comes_back(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    for number in range(5):
        service.add_article(draft(number))
    service.delete_article("article-3")
    for step in (lambda: None, lambda: service.rebuild(), lambda: service.close()):
        step()
        found = fake_service(tmp_path)
        listed = [p.citation.article_id for p in found.ask(Question("Mayor3 of Place3", top_k=50)).passages]
        assert "article-3" not in listed
        assert len(listed) == 4
        found.close()
