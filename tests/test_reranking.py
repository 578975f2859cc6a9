from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from builders import draft, fake_service, features_of, row
from tiny_cross_encoder import LONGEST, save_tiny_cross_encoder

from qa_service.embedding import open_reranker
from qa_service.embedding.on_disk import packaged_model_path
from qa_service.errors import ModelUnavailable, SettingsError
from qa_service.ranking.parameters import Parameters
from qa_service.ranking.pipeline import Ranking
from qa_service.ranking.preference import Preference
from qa_service.ranking.reranking import rerank
from qa_service.records import NOTHING_NAMED, Filters, Interpretation, Question, SourceMention
from qa_service.service import Service
from qa_service.settings import Settings, load_settings
from qa_service.storage.features import Features

pytestmark = pytest.mark.slow  # the imports of transformers alone take over 2 s

QUESTION = Question("How many wells has Place7?", top_k=100)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_cross_encoder(tmp_path_factory.mktemp("models") / "tiny")


def reranked(
    features: Features, scores: list[float], interpretation: Interpretation, by_row: dict[int, float]
) -> Ranking:
    """A ranking of all rows with these scores, of which the first `len(by_row)` get new ones."""
    n = len(scores)
    dense, lexical = np.arange(n, dtype=np.float32), np.arange(n, dtype=np.float64)
    ranking = Ranking(features, np.arange(n), np.array(scores), dense, lexical)
    preference = Preference(interpretation, dated=False)
    weights = {"source_weight": 0.1, "date_weight": 0.0, "balance_step": 0.1}
    parameters = Parameters.of(Settings(reranker_depth=max(1, len(by_row)), **weights))
    return rerank(ranking, preference, lambda ids: np.array([by_row[key - 1] for key in ids]), parameters)


def test_the_head_is_ordered_by_the_new_scores_and_the_rest_lies_below(tmp_path: Path) -> None:
    features = features_of([row(n) for n in range(1, 6)])
    found = reranked(features, [0.9, 0.8, 0.7, 0.6, 0.3], NOTHING_NAMED, {0: 0.2, 1: 0.9, 2: 0.2})
    assert found.at.tolist() == [1, 0, 2, 3, 4]  # 0 and 2 are level: by id
    # .7 of the old scores comes to lie at .2: .6 * .2 / .7 and .3 * .2 / .7
    assert found.scores.tolist() == pytest.approx([0.9, 0.2, 0.2, 0.6 * 2 / 7, 0.3 * 2 / 7])
    assert found.dense is not None
    assert found.dense.tolist() == found.at.tolist()


def test_what_is_named_is_preferred_and_balanced_again(tmp_path: Path) -> None:
    outlets = ("A", "A", "A", "B", None)
    features = features_of([row(n, outlet=outlet) for n, outlet in enumerate(outlets, 1)])
    new = {0: 0.8, 1: 0.79, 2: 0.78, 3: 0.7, 4: 0.8}
    one = Interpretation((SourceMention(0, 1, ("A",)),))
    found = reranked(features, [0.9, 0.8, 0.7, 0.6, 0.3], one, new)
    # .9 of the scores, and .1 for those of A: .82, .811, .802; .63; .72
    assert found.at.tolist() == [0, 1, 2, 4, 3]
    assert found.scores.tolist() == pytest.approx([0.82, 0.811, 0.802, 0.72, 0.63])
    both = Interpretation((SourceMention(0, 1, ("A",)), SourceMention(2, 3, ("B",))))
    # B has .73; A loses a tenth for each by which it is ahead: .811 * .9 = .7299
    assert reranked(features, [0.9, 0.8, 0.7, 0.6, 0.3], both, new).at.tolist()[:2] == [0, 3]


def test_an_empty_ranking_stays_empty(tmp_path: Path) -> None:
    features = features_of([row(1)])
    assert len(reranked(features, [], NOTHING_NAMED, {}).at) == 0


def test_a_cross_encoder_scores_each_pair_as_it_would_alone_and_as_the_library_does(model: Path) -> None:
    from sentence_transformers import CrossEncoder

    reranker = open_reranker(str(model))
    texts = ["The mine has gold.", "Rain fell.", "The mayor of the town is the mayor of the place."]
    scores = reranker.score("Where is gold?", texts)
    assert scores.dtype == np.float64
    assert len(set(scores.tolist())) == 3
    assert [reranker.score("Where is gold?", [text])[0] for text in texts] == scores.tolist()
    assert reranker.score("Where is gold?", texts[::-1]).tolist() == scores[::-1].tolist()
    assert len(reranker.score("Where is gold?", [])) == 0
    library = CrossEncoder(str(model), device="cpu", local_files_only=True)  # its default for one score is the logistic
    assert np.allclose(scores, library.predict([("Where is gold?", text) for text in texts]), atol=1e-6)


def test_a_long_pair_is_cut_to_what_the_model_reads(model: Path) -> None:
    reranker = open_reranker(str(model))
    assert reranker.max_pieces == LONGEST
    # [CLS] question [SEP] passage [SEP]: 32 less 3 and the 4 of the question leave 25
    (cut,) = reranker.score("where is gold ?", ["rain " * 25])
    assert reranker.score("where is gold ?", ["rain " * 25 + "fell " * 3000]).tolist() == [cut]
    assert reranker.score("where is gold ?", ["rain " * 24]).tolist() != [cut]
    assert 0 < reranker.score("how many " * 500, ["rain " * 500])[0] < 1


def test_threads_get_the_same_bits(model: Path) -> None:
    reranker = open_reranker(str(model))
    texts = [f"The town has {'many ' * n}wells." for n in range(20)]
    expected = reranker.score("How many wells?", texts).tolist()
    found: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: found.append(reranker.score("How many wells?", texts).tolist()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_id_names_the_weights(model: Path, tmp_path: Path) -> None:
    other = save_tiny_cross_encoder(tmp_path / "tiny", seed=1)
    first, second = open_reranker(str(model)).model_id, open_reranker(str(other)).model_id
    assert first.startswith("tiny@")
    assert second.startswith("tiny@")
    assert first != second


def test_what_is_no_reranker_is_refused_with_what_to_do(model: Path, tmp_path: Path) -> None:
    with pytest.raises(
        ModelUnavailable, match=r"QA_RERANKER: there is no model 'no-such/model' .*nothing is downloaded"
    ):
        open_reranker("no-such/model")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelUnavailable, match=r"QA_RERANKER: .*empty: is not a usable CrossEncoder"):
        open_reranker(str(empty))
    classifier = save_tiny_cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(ModelUnavailable, match="a classifier of 3 classes"):
        open_reranker(str(classifier))
    with pytest.raises(ModelUnavailable, match="not trained to score pairs") as caught:
        open_reranker(str(packaged_model_path()))
    assert caught.value.param == "reranker"


def test_a_service_answers_by_the_reranker_as_deep_as_it_is_told(model: Path, tmp_path: Path) -> None:
    service = fake_service(tmp_path, reranker=str(model), reranker_depth=6, outlet_step=0, collapse_duplicates=False)
    for number in range(12):
        service.add_article(draft(number, outlet=("A", "B")[number % 2]))
    plain = fake_service(tmp_path, outlet_step=0, collapse_duplicates=False)
    before, after = plain.ask(QUESTION).passages, service.ask(QUESTION).passages
    assert service.reranker is not None
    texts = [f"{p.citation.meta.title}\n{p.passage.text}" for p in before[:6]]
    scores = service.reranker.score(QUESTION.question, texts).tolist()
    expected = dict(zip((p.passage.passage_id for p in before[:6]), scores, strict=True))
    assert {p.passage.passage_id: p.score for p in after[:6]} == expected
    assert [p.score for p in after[:6]] == sorted(expected.values(), reverse=True)
    assert [p.passage.passage_id for p in after[:6]] != [p.passage.passage_id for p in before[:6]]
    assert [p.passage.passage_id for p in after[6:]] == [p.passage.passage_id for p in before[6:]]
    assert all(one.score >= two.score for one, two in pairwise(after))
    assert {p.passage.passage_id: (p.dense, p.lexical) for p in after} == {
        p.passage.passage_id: (p.dense, p.lexical) for p in before
    }
    for top_k in (1, 4, 8):
        assert service.ask(replace(QUESTION, top_k=top_k)).passages == after[:top_k]
    only_a = service.ask(replace(QUESTION, filters=Filters(outlet=("A",)), max_per_article=1)).passages
    assert {p.citation.meta.outlet for p in only_a} == {"A"}
    for retriever in ("dense", "lexical"):
        alone = replace(QUESTION, retriever=retriever)
        assert service.ask(alone).passages == plain.ask(alone).passages
    service.close()
    plain.close()


def test_several_depths_at_once_give_what_each_gives_by_itself(model: Path, tmp_path: Path) -> None:
    service = fake_service(tmp_path, reranker=str(model))
    for number in range(12):
        service.add_article(draft(number))
    variants = [service.settings.model_copy(update={"reranker_depth": depth}) for depth in (8, 3, 12)]
    together = service.ask_under(QUESTION, variants)
    for variant, answer in zip(variants, together, strict=True):
        assert service.ask_under(QUESTION, [variant]) == [answer]
    assert len({answer.passages for answer in together}) == 3
    service.close()


def test_a_missing_reranker_is_an_error_at_the_start(tmp_path: Path) -> None:
    service = Service.open(Settings(index=tmp_path, model="fake", reranker="no-such/model"))
    with pytest.raises(ModelUnavailable, match="QA_RERANKER"):
        service.start()
    with pytest.raises(ModelUnavailable, match="QA_RERANKER"):
        service.ask(QUESTION)
    service.close()


def test_settings_of_the_reranker() -> None:
    given = load_settings(environ={"QA_RERANKER": "cross-encoder/some", "QA_RERANKER_DEPTH": "50"})
    assert (given.reranker, given.reranker_depth) == ("cross-encoder/some", 50)
    assert load_settings(environ={"QA_RERANKER": ""}).reranker is None
    with pytest.raises(SettingsError, match="QA_RERANKER_DEPTH"):
        load_settings(environ={"QA_RERANKER_DEPTH": "0"})
