"""Sources and dates that a question names: preferred, balanced, never the only ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import fake_service, features_of, indexes_of, row

from qa_service.ranking.balance import balance, first_of_each
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.preference import Preference, source_filters
from qa_service.records import (
    ArticleDraft,
    ArticleMeta,
    DateMention,
    Filters,
    Interpretation,
    Question,
    SourceMention,
)
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.snapshot import LocalSnapshot

ROWS = [
    row(1, outlet="AFP", published=date(2025, 11, 21)),
    row(2, outlet="DW", author="Ann and AFP", published=date(2025, 6, 7)),
    row(3, outlet=None, published=None),
    row(4, outlet="DW", published=date(2024, 1, 1)),
]
AFP = SourceMention(0, 3, ("AFP",), ("Ann and AFP",))
NOVEMBER = DateMention(4, 12, date(2025, 11, 1), date(2025, 11, 30))


def preferred(tmp_path: Path, understood: Interpretation) -> list[float]:
    snapshot = LocalSnapshot(indexes_of(tmp_path, ROWS[:2], ROWS[2:]), Catalogue(tmp_path / "not-read.sqlite3"))
    marks = Preference.of(snapshot, understood, Filters()).marks(features_of(ROWS))
    parameters = Parameters.of(Settings(source_weight=0.1, date_weight=0.05))
    return marks.apply(np.full(4, 0.5), parameters).tolist()


def test_nothing_named_changes_nothing(tmp_path: Path) -> None:
    assert preferred(tmp_path, Interpretation(abbreviation="JNIM")) == [0.5, 0.5, 0.5, 0.5]


def test_an_outlet_or_a_byline_is_preferred(tmp_path: Path) -> None:
    # .9 * .5 = .45, and .1 for those of the source
    assert preferred(tmp_path, Interpretation((AFP,))) == pytest.approx([0.55, 0.55, 0.45, 0.45])


def test_a_date_is_preferred_and_no_date_counts_half(tmp_path: Path) -> None:
    # .95 * .5 = .475, and .05 for the days named, .025 for none known
    found = preferred(tmp_path, Interpretation(dates=(NOVEMBER,)))
    assert found == pytest.approx([0.525, 0.475, 0.5, 0.475])


def test_an_open_span_reaches_to_the_newest(tmp_path: Path) -> None:
    since = DateMention(0, 1, date(2025, 6, 1), None)
    assert preferred(tmp_path, Interpretation(dates=(since,))) == pytest.approx([0.525, 0.525, 0.5, 0.475])


def test_days_of_no_article_say_when_it_happened_and_change_nothing(tmp_path: Path) -> None:
    gone = DateMention(0, 1, date(2012, 1, 1), date(2012, 12, 31))
    assert preferred(tmp_path, Interpretation(dates=(gone,))) == [0.5, 0.5, 0.5, 0.5]


def test_both_add_up(tmp_path: Path) -> None:
    # .85 * .5 = .425; + .1 + .05; + .1; + .025; + 0
    found = preferred(tmp_path, Interpretation((AFP,), (NOVEMBER,)))
    assert found == pytest.approx([0.575, 0.525, 0.45, 0.425])


def test_source_filters_never_admit_what_the_callers_filters_do_not() -> None:
    assert source_filters(Filters(), AFP) == [Filters(outlet=("AFP",)), Filters(author=("Ann and AFP",))]
    assert source_filters(Filters(outlet=("DW",)), SourceMention(0, 3, ("AFP",))) == []
    kept = source_filters(Filters(outlet=("DW",), language=("en",)), AFP)
    assert kept == [Filters(outlet=("DW",), language=("en",), author=("Ann and AFP",))]


def test_each_source_gets_its_passages() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.69, 0.1])
    named = np.array([[True, True, True, False, False], [False, False, False, True, False]])
    order, lowered = balance(scores, named, 0.2)
    # A .9; then A .8 * .8 = .64 < B .69; then B is used up and holds nobody back: A .8 and .7, but scores only fall
    assert order.tolist() == [0, 3, 1, 2, 4]
    assert lowered.tolist() == pytest.approx([0.9, 0.69, 0.69, 0.69, 0.1])
    assert (np.diff(lowered) < 0).all()


def test_a_passage_of_none_is_never_held_back_and_a_step_of_nothing_changes_nothing() -> None:
    scores = np.array([0.9, 0.8, 0.75, 0.7])
    named = np.array([[True, True, False, False], [False, False, False, True]])
    assert balance(scores, named, 0.0)[0].tolist() == [0, 1, 2, 3]
    # A .9; A .8 * .9 = .72 < .75 of none; then A .72 before B .7
    order, lowered = balance(scores, named, 0.1)
    assert order.tolist() == [0, 2, 1, 3]
    assert lowered.tolist() == pytest.approx([0.9, 0.75, 0.72, 0.7])


def offers(scores: np.ndarray, named: np.ndarray, step: float, left: list[int], taken: np.ndarray) -> list[float]:
    """`score * (1 - step) ** n` of the passages left, as the definition says it."""
    fewest = min((n for n, line in zip(taken, named, strict=True) if line[left].any()), default=0)
    ahead = [min(taken[named[:, at]], default=fewest) - fewest for at in left]
    return [float(scores[at] * (1 - step) ** max(n, 0)) for at, n in zip(left, ahead, strict=True)]


@pytest.mark.parametrize("step", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("sources", [1, 2, 4])
def test_balance_is_its_definition_at_every_place(step: float, sources: int) -> None:
    rng = np.random.default_rng(0)
    scores = np.sort(rng.choice([0.25, 0.5, *rng.random(20)], 30))[::-1].copy()
    named = rng.random((sources, 30)) < 0.4
    order, lowered = balance(scores, named, step)
    left, taken = list(range(30)), np.zeros(sources, int)
    for chosen, score in zip(order.tolist(), lowered.tolist(), strict=True):
        offered = offers(scores, named, step, left, taken)
        assert chosen == left[int(np.argmax(offered))]
        assert score <= max(offered)
        left.remove(chosen)
        taken += named[:, chosen]


def test_each_source_has_a_place_among_the_first() -> None:
    named = np.array([[True, True, True, True, False, False], [False, False, False, False, False, True]])
    assert np.flatnonzero(first_of_each(named, 3, 1)).tolist() == [0, 1, 2, 5]
    assert np.flatnonzero(first_of_each(named, 1, 2)).tolist() == [0, 1, 5]
    assert np.flatnonzero(first_of_each(np.zeros((0, 6), np.bool_), 4, 2)).tolist() == [0, 1, 2, 3]


TEXT = "The mayor of Port Vale opened the {what} and thanked the builders for their patience in the winter."


@pytest.fixture
def service(tmp_path: Path) -> Service:
    opened = fake_service(tmp_path, late_interaction_depth=2)
    opened.ingest_drafts(
        [
            ArticleDraft(TEXT.format(what=f"bridge number {n}"), f"a{n}", ArticleMeta(outlet="Tass", language="en"))
            for n in range(30)
        ]
        + [ArticleDraft(TEXT.format(what="old mill"), "b", ArticleMeta(outlet="The Vale", language="en"))]
        + [ArticleDraft("Nurses (National Union of Rural Sextons, NURS) sing.", "c", ArticleMeta(language="en"))]
    )
    return opened


def test_a_named_outlet_is_found_however_deep_it_lies(service: Service) -> None:
    asked = "According to The Vale, what did the mayor open on the bridge number 7?"
    answer = service.ask(Question(asked, top_k=3))
    assert "b" in [p.citation.article_id for p in answer.passages]
    (source,) = answer.interpretation.sources
    assert (asked[source.start : source.end], source.outlets) == ("The Vale", ("The Vale",))
    plain = service.ask(Question(asked, top_k=3, interpret=False))
    assert "b" not in [p.citation.article_id for p in plain.passages]
    assert not plain.interpretation


def test_the_order_is_by_score_and_id_whatever_is_named(service: Service) -> None:
    questions = (
        "According to The Vale, what did the mayor open on the bridge number 7?",
        "Do Tass and The Vale agree on what the mayor opened?",
        "Do Tass, The Vale and Tass agree? xyz",
    )
    for balance_step in (0.0, 0.3, 1.0):
        for late in (True, False):
            changed = service.settings.model_copy(update={"balance_step": balance_step, "late_interaction": late})
            for text in questions:
                (answer,) = service.ask_under(Question(text, top_k=40), [changed])
                order = [(-p.score, p.passage.passage_id) for p in answer.passages]
                assert order == sorted(order)


def test_a_source_filter_within_a_callers_filter() -> None:
    kept = source_filters(Filters(author=("Ann and AFP", "Bo")), SourceMention(0, 3, (), ("Cy", "Bo")))
    assert kept == [Filters(author=("Bo",))]
    assert source_filters(Filters(author=("Ann",)), SourceMention(0, 3, (), ("Bo",))) == []


def test_one_retriever_alone_prefers_nothing(service: Service) -> None:
    asked = Question("According to The Vale, what did the mayor open?", retriever="lexical")
    assert not service.ask(asked).interpretation


def test_two_outlets_each_have_a_passage(service: Service) -> None:
    answer = service.ask(Question("Do Tass and The Vale agree on what the mayor opened?", top_k=2))
    assert {p.citation.meta.outlet for p in answer.passages} == {"Tass", "The Vale"}


@pytest.mark.slow
def test_answers_under_several_settings_are_what_each_is_by_itself(service: Service, tmp_path: Path) -> None:
    variants = [
        service.settings.model_copy(update=changes)
        for changes in (
            {},
            {"dense_weight": 0.1},
            {"late_interaction": False},
            {"late_interaction_depth": 7, "sentence_share": 0.3},
            {"depth": 10, "source_weight": 0.3, "balance_step": 0.0, "answerable_threshold": 0.0},
            {},
        )
    ]
    for text in ("Do Tass and The Vale agree on what the mayor opened?", "What does NURS stand for?", "Who sings?"):
        asked = Question(text, top_k=20)
        together = service.ask_under(asked, variants)
        alone = []
        for settings in variants:
            other = Service.open(settings.model_copy(update={"index": tmp_path}))
            alone.append(other.ask(asked))
            other.close()
        assert together == alone
        assert len({tuple(p.score for p in a.passages) for a in together}) > 2
