from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from builders import draft, fake_service

from qa_service.ranking.diversity import Offers
from qa_service.records import ArticleDraft, ArticleMeta, Filters, Question


def drain(offers: Offers, passed_over: tuple[int, ...] = ()) -> list[tuple[int, float]]:
    """All that is offered, where everything is taken but for the positions `passed_over`."""
    found = []
    while (offer := offers.offer()) is not None:
        offers.answer(offer[0] not in passed_over)
        found.append(offer)
    return found


def numbers(letters: str) -> npt.NDArray[np.int64]:
    return np.array([ord(letter) for letter in letters], np.int64)


def by_outlet(scores: list[float], articles: str, outlets: str, step: float) -> Offers:
    """A letter for each passage's article, and one for its outlet."""
    return Offers(np.array(scores), numbers(articles), numbers(outlets), step)


def by_relevance(
    scores: list[float], vectors: list[list[float]], diversity: float, outlets: str = "ABC", step: float = 0.0
) -> Offers:
    articles = "abc"[: len(scores)]
    unit = np.array(vectors, np.float32).reshape(len(scores), 2)
    return Offers(
        np.array(scores), numbers(articles), numbers(outlets[: len(scores)]), step, vectors=unit, diversity=diversity
    )


def test_a_passage_is_held_back_by_those_of_its_article() -> None:
    found = drain(by_outlet([1.0, 0.9, 0.8, 0.75, 0.5], "aaabc", "AAABC", 0.1))
    # after one of a: .9 * .9 = .81 > .75; after two: .8 * .81 = .648 < .75
    assert [position for position, _ in found] == [0, 1, 3, 2, 4]
    assert [value for _, value in found] == pytest.approx([1.0, 0.81, 0.75, 0.648, 0.5])


def test_and_half_as_much_by_those_of_its_outlets_other_articles() -> None:
    found = drain(by_outlet([1.0, 0.9, 0.88, 0.85], "abca", "AABA", 0.1))
    # b after a: .9 * .95 = .855, so .88 of outlet B comes first; a's second: .85 * .9 = .765, after b too .765 * .95
    assert [position for position, _ in found] == [0, 2, 1, 3]
    assert [value for _, value in found] == pytest.approx([1.0, 0.88, 0.855, 0.85 * 0.9 * 0.95])


def test_what_is_passed_over_holds_nobody_back() -> None:
    found = drain(by_outlet([1.0, 0.9, 0.85], "aab", "AAB", 0.1), passed_over=(0,))
    assert found == [(0, 1.0), (1, 0.9), (2, 0.85)]


def test_nobody_is_held_back_by_more_than_four() -> None:
    found = drain(by_outlet([1.0] * 7, "aaaaaab", "AAAAAAB", 0.5))
    assert found == [(0, 1.0), (6, 1.0), (1, 0.5), (2, 0.25), (3, 0.125), (4, 0.0625), (5, 0.0625)]


def test_where_there_is_one_outlet_the_order_of_articles_stays() -> None:
    assert drain(by_outlet([0.5, 0.4, 0.3], "abc", "AAA", 0.5)) == [(0, 0.5), (1, 0.4), (2, 0.3)]
    assert drain(by_outlet([], "", "", 0.5)) == []


def test_marginal_relevance() -> None:
    scores, vectors = [0.8, 0.7, 0.4], [[1, 0], [1, 0], [0, 1]]
    # diversity .5: .8; then .7 * (1 - .5 * 1) = .35 against .4 * (1 - .5 * 0) = .4
    found = drain(by_relevance(scores, vectors, 0.5))
    assert [position for position, _ in found] == [0, 2, 1]
    assert [value for _, value in found] == pytest.approx([0.8, 0.4, 0.35])
    # a little of it: .9 * .7 = .63 against .4
    assert [position for position, _ in drain(by_relevance(scores, vectors, 0.1))] == [0, 1, 2]
    assert drain(by_relevance([], [], 0.5)) == []


def test_marginal_relevance_counts_what_is_taken_and_outlets_too() -> None:
    scores, alike = [0.8, 0.7, 0.6], [[1, 0], [1, 0], [1, 0]]
    # .9 * .7 * .75 = .4725 against .9 * .6 = .54
    assert [p for p, _ in drain(by_relevance(scores, alike, 0.1, "AAB", 0.5))] == [0, 2, 1]
    found = drain(by_relevance(scores, alike, 0.1, "AAB", 0.5), passed_over=(0,))
    assert [position for position, _ in found] == [0, 1, 2]


def test_what_has_no_score_is_not_brought_up_by_being_different(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    texts = [*(f"Soldiers attacked convoy number {n}." for n in range(60)), *(["Zebra quilt."] * 100)]
    drafts = [ArticleDraft(t, f"a{n:03}", ArticleMeta(outlet=f"O{min(n, 60)}")) for n, t in enumerate(texts)]
    service.ingest_drafts(drafts)
    # three passages of outlet O60 at most: the others are refused among the first 100, and what follows has score 0
    shown = service.ask(Question("Soldiers attacked convoy", top_k=100, diversity=1.0, max_per_outlet=3)).passages
    assert len(shown) == 63
    assert all("convoy" in passage.passage.text for passage in shown[:30])
    assert all(passage.score > 0 for passage in shown[:30])
    service.close()


def test_scores_fall_and_a_smaller_top_k_is_the_beginning(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    for number in range(30):
        service.add_article(draft(number, outlet=("A", "B", None)[number % 3]))
    steps = [service.settings.model_copy(update={"outlet_step": step}) for step in (0.0, 0.2, 1.0)]
    base = Question("How many wells has Place7?", top_k=100)
    for cap in (base, replace(base, max_per_outlet=2), replace(base, max_context_tokens=200)):
        for asked in (replace(cap, diversity=diversity) for diversity in (0.0, 0.3, 1.0)):
            lists = [answer.passages for answer in service.ask_under(asked, steps)]
            for whole in lists:
                scores = [passage.score for passage in whole]
                assert all(before >= after for before, after in pairwise(scores))
                assert list(whole) == sorted(
                    (replace(p, rank=rank) for rank, p in enumerate(whole, 1)),
                    key=lambda p: (-p.score, p.passage.passage_id),
                )
            for top_k in (1, 3, 29):
                shorter = service.ask_under(replace(asked, top_k=top_k), steps)
                assert [answer.passages for answer in shorter] == [whole[:top_k] for whole in lists]
    service.close()


def test_the_requests_diversity_goes_before_the_settings(tmp_path: Path) -> None:
    service = fake_service(tmp_path, diversity=0.8, outlet_step=0)
    for number in range(8):
        service.add_article(draft(number))
    asked = Question("How many wells has Place7?", top_k=8)
    spread, plain = (service.ask(q).passages for q in (asked, replace(asked, diversity=0.0)))
    (by_setting,) = service.ask_under(asked, [service.settings.model_copy(update={"diversity": 0.0})])
    assert by_setting.passages == plain != spread
    lexical = replace(asked, retriever="lexical")
    assert service.ask(lexical).passages == service.ask(replace(lexical, diversity=0.0)).passages
    service.close()


def test_one_outlet_does_not_fill_the_first_places_while_others_are_nearly_as_good(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    for number in range(6):
        outlet, has = ("AFP", "wells") if number < 5 else ("Courier", "wells and gardens")
        text = f"The town has {has}. The mayor of the town spoke of day {number}. Rain fell."
        service.add_article(draft(number, text, outlet=outlet))
    asked = Question("Which town has wells?", top_k=6)
    outlets = [passage.citation.meta.outlet for passage in service.ask(asked).passages]
    assert outlets.index("Courier") < 5
    (without,) = service.ask_under(asked, [service.settings.model_copy(update={"outlet_step": 0.0})])
    assert [passage.citation.meta.outlet for passage in without.passages] == ["AFP"] * 5 + ["Courier"]
    # who is named is asked for, so nobody is held back, even where being named counts nothing else
    named = replace(asked, question="According to AFP, which town has wells?")
    (answer,) = service.ask_under(named, [service.settings.model_copy(update={"source_weight": 0.0})])
    assert answer.interpretation.sources
    assert [passage.citation.meta.outlet for passage in answer.passages] == ["AFP"] * 5 + ["Courier"]
    service.close()


def test_an_outlet_that_is_written_otherwise_is_held_back_and_capped_all_the_same(tmp_path: Path) -> None:
    found = []
    for folder, ways in (("a", ("AFP",)), ("b", ("AFP", "Afp", "afp"))):
        service = fake_service(tmp_path / folder)
        for number in range(6):
            outlet, has = (ways[number % len(ways)], "wells") if number < 5 else ("Courier", "wells and gardens")
            text = f"The town has {has}. The mayor of the town spoke of day {number}. Rain fell."
            service.add_article(draft(number, text, outlet=outlet))
        asked = Question("Which town has wells?", top_k=6)
        answer = service.ask(asked)
        found.append([passage.citation.article_id for passage in answer.passages])
        capped = service.ask(replace(asked, max_per_outlet=1)).passages
        assert sorted(str(passage.citation.meta.outlet).casefold() for passage in capped) == ["afp", "courier"]
        # a filter takes it as it is written
        alone = service.ask(replace(asked, filters=Filters(outlet=("AFP",)))).passages
        assert {passage.citation.meta.outlet for passage in alone} == {"AFP"}
        service.close()
    assert found[0].index("article-5") == found[1].index("article-5") < 5
