"""Confidence, and the signals it is read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp, log, log1p, sqrt
from pathlib import Path

import numpy as np
import pytest

from qa_service.answering.confidence import Confidence, ConfidenceModel, load_confidence
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.passage_cache import PassageCache
from qa_service.ranking.pipeline import Ranker, Ranking
from qa_service.ranking.preference import Preference
from qa_service.ranking.query import Query, prepare_query
from qa_service.ranking.signals import FEATURES, UNKNOWN_MARGIN, SignalReader, Signals
from qa_service.records import ArticleDraft, Filters, Question
from qa_service.records.encodings import TokenColumns
from qa_service.service import Service
from qa_service.storage.local.snapshot import LocalSnapshot
from qa_service.storage.port import Ids
from tests.builders import fake_service, store_of

TEXTS = [
    "The well at Kidal gives water. It was dug in 2012.",
    "The mine at Loulo gives gold. Many work there.",
    "The road to Gao is closed. Nobody knows why.",
    "The bridge at Bamako is new. It took years.",
]
ZERO = Signals(True, **dict.fromkeys(("sentence", *FEATURES), 0.0))


def article(number: int, text: str) -> ArticleDraft:
    return ArticleDraft(text, article_id=f"article-{number}")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = fake_service(tmp_path)
    service.ingest_drafts([article(n, text) for n, text in enumerate(TEXTS, start=1)])
    yield service
    service.close()


def opened(service: Service, question: str) -> tuple[Query, Ranker, Ranking, PassageCache]:
    snapshot = store_of(service).snapshot()
    query, cache = prepare_query(question, snapshot, service.embedder), PassageCache(snapshot)
    preference = Preference.of(snapshot, query.interpretation, Filters())
    ranker = Ranker(query, snapshot, cache, preference, retriever="hybrid", filters=Filters())
    return query, ranker, ranker.rank(Parameters.of(service.settings)), cache


def signals_of(service: Service, question: str) -> Signals:
    query, ranker, ranking, cache = opened(service, question)
    signals = SignalReader(query, store_of(service).snapshot(), ranker, cache).read(ranking)
    assert signals is not None
    return signals


def test_probability_is_the_logistic_function_of_the_signals() -> None:
    model = ConfidenceModel(-1.0, {"sentence": 2.0, "margin": 3.0})
    some = dict.fromkeys(("sentence", *FEATURES), 0.5)
    # -1 + 2 * .5 + 3 * .5 = 1.5
    assert model.probability(some) == pytest.approx(1 / (1 + exp(-1.5)))
    assert ConfidenceModel(-1e9, {}).probability(ZERO.named()) == pytest.approx(0, abs=1e-20)


def test_a_question_that_is_not_read_has_a_model_of_its_own() -> None:
    yes, no = ConfidenceModel(1.0, {}), ConfidenceModel(-1.0, {})
    both = Confidence(yes, no, no, no)
    assert both.of(ZERO) == pytest.approx(1 / (1 + exp(-1)))
    assert both.of(Signals(False, **dict.fromkeys(("sentence", *FEATURES), 0.0))) == pytest.approx(1 / (1 + exp(1)))


def test_the_shipped_models_read_the_features_and_rise_with_the_margin() -> None:
    shipped = load_confidence("anything")
    for model in (shipped.tokens, shipped.words):
        assert set(model.coefficients) == set(FEATURES)
        assert model.coefficients["margin"] > 0 > model.coefficients["uncovered"]


def test_the_margin_is_what_the_first_passage_has_above_the_median(service: Service) -> None:
    query, ranker, ranking, _ = opened(service, "Who gives water at Kidal?")
    late = ranker.late.parts(ranking.ids.tolist())[:, 1].tolist()
    middle = sum(sorted(late)[1:3]) / 2  # of four
    words = 3  # gives, water, Kidal; `who` and `at` are stop words
    assert len(query.content) == words
    signals = signals_of(service, "Who gives water at Kidal?")
    assert signals.sentence == pytest.approx(max(late))
    assert signals.margin == pytest.approx(sqrt((late[0] - middle) * log1p(words)))


def test_lexical_signals(service: Service) -> None:
    _, _, ranking, _ = opened(service, "Who gives water at Kidal?")
    assert ranking.lexical is not None
    lexical = sorted(ranking.lexical.tolist(), reverse=True)
    # the well holds all three words, the mine one (gives), the others none
    assert lexical[0] > lexical[1] > lexical[2] == lexical[3] == 0
    signals = signals_of(service, "Who gives water at Kidal?")
    assert signals.lexical_gap == pytest.approx(1 - (lexical[1] / 3) / lexical[0])
    assert signals.lexical_rank == 0


def test_what_no_passage_holds_is_uncovered(service: Service) -> None:
    # ln(1.05 - 1): every word is there
    assert signals_of(service, "Who gives water at Kidal?").uncovered == pytest.approx(log(0.05))
    query, *_ = opened(service, "Who gives uranium?")
    (_, gives), (_, uranium) = query.content
    # in 2 and in 0 of 4 passages: ln(1 + 2.5 / 2.5) and ln(1 + 4.5 / .5)
    assert (gives, uranium) == (pytest.approx(log(2)), pytest.approx(log(10)))
    share = log(2) / (log(2) + log(10))
    assert signals_of(service, "Who gives uranium?").uncovered == pytest.approx(log(1.05 - share))
    assert signals_of(service, "Who is it?").uncovered == pytest.approx(log(0.05))  # nothing is asked for by name


def test_the_best_sentence_holds_what_is_asked_for_or_counts_nothing(service: Service) -> None:
    late = signals_of(service, "Which well gives water at Kidal?").typed
    assert late > 0
    # its best sentence has no year
    assert signals_of(service, "When did the well at Kidal give water?").typed == 0
    assert signals_of(service, "When was it dug in 2012?").typed > 0


def test_a_sentence_that_says_what_is_counts_nothing_where_it_is_asked_what_is_not(service: Service) -> None:
    # the same sentence is best: "The well at Kidal gives water."
    assert signals_of(service, "Which well at Kidal gives water?").typed > 0
    assert signals_of(service, "Which well at Kidal never gives water?").typed == 0
    assert signals_of(service, "The well at Kidal never gives water").typed > 0  # a claim
    service.ingest_drafts([article(5, "The spring at Hombori never gives water. It is dry.")])
    assert signals_of(service, "Which spring at Hombori never gives water?").typed > 0


def test_one_passage_has_nothing_beside_it(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.ingest_drafts([article(1, TEXTS[0])])
    signals = signals_of(service, "Who gives water at Kidal?")
    assert (signals.margin, signals.lexical_gap, signals.dense_peak) == (0, 0, 0)
    assert 0 < service.ask(Question("Who gives water at Kidal?")).confidence < 1
    service.close()


def test_a_peak_is_counted_in_deviations_of_the_passages_below_the_fifth(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.ingest_drafts([article(n, f"The well number {n} gives water.") for n in range(1, 9)])
    _, _, ranking, _ = opened(service, "Which well gives water?")
    assert ranking.dense is not None
    dense = sorted(ranking.dense.astype(float).tolist(), reverse=True)
    others = np.array(dense[5:])
    by_hand = (dense[0] - others.mean()) / (others.std() + 0.01)
    assert signals_of(service, "Which well gives water?").dense_peak == pytest.approx(by_hand)
    service.close()


def test_words_of_the_question_that_no_passage_holds_are_uncovered(service: Service) -> None:
    assert signals_of(service, "Who gives water at Kidal?").uncovered == pytest.approx(log(0.05))
    whole = log(0.05)
    # "uranium" is in no passage, "water" in one of the first
    assert whole < signals_of(service, "Who gives water and uranium?").uncovered < log(1.05)
    assert signals_of(service, "uranium").uncovered == pytest.approx(log(1.05))


def test_signals_are_read_with_articles_taken_out_of_the_ranking(service: Service) -> None:
    asked = Question("Who gives water at Kidal?")
    whole, without, nothing = service.ranking_signals(asked, [(), {"article-1"}, {f"article-{n}" for n in range(1, 5)}])
    expected = signals_of(service, asked.question)
    assert whole is not None and without is not None
    assert whole.signals == {name: getattr(expected, name) for name in FEATURES}
    assert whole.articles[0] == "article-1"
    assert whole.articles[1:] == without.articles
    assert without.signals["uncovered"] > whole.signals["uncovered"]
    assert nothing is None


def test_without_late_interaction_the_tokens_of_the_first_five_passages_alone_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = fake_service(tmp_path)
    service.ingest_drafts(article(n, f"The well at Kidal number {n} gives water. Place{n} is near.") for n in range(9))
    read: set[int] = set()
    real = LocalSnapshot.tokens

    def counted(snapshot: LocalSnapshot, ids: Ids) -> TokenColumns:
        read.update(ids.tolist())
        return real(snapshot, ids)

    monkeypatch.setattr(LocalSnapshot, "tokens", counted)
    question = Question("Which well at Kidal gives water near Place3?")
    with_late, without = (service.settings.model_copy(update={"late_interaction": on}) for on in (True, False))
    (alone,) = service.ask_under(question, [without])
    assert len(read) == 5
    assert alone.passages[0].evidence
    service.ask_under(question, [with_late])
    assert len(read) == 9
    assert service.ask_under(question, [with_late, without])[1] == alone
    service.close()


def test_without_late_interaction_the_margin_is_a_constant(service: Service) -> None:
    query, ranker, ranking, cache = opened(service, "Who gives water at Kidal?")
    reader = SignalReader(query, store_of(service).snapshot(), ranker, cache)
    off, on = reader.read(ranking, late=False), reader.read(ranking)
    assert off is not None
    assert off.margin == UNKNOWN_MARGIN
    assert replace(off, margin=0.0) == replace(on or off, margin=0.0)
