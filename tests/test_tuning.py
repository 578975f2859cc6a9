"""`tune`: its candidates, its folds, what it measures, what it concludes, and that the collection stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import draft, fake_service

from qa_service.errors import Conflict, InvalidInput
from qa_service.evaluation.run.evaluation_run import evaluate
from qa_service.evaluation.sets import QuestionSet, open_questions
from qa_service.evaluation.tune import TuneProgress, tune
from qa_service.evaluation.tune.candidate_scores import UNKNOWN, Judging
from qa_service.evaluation.tune.candidates import THRESHOLDS, named_candidates
from qa_service.evaluation.tune.cross_validation import cross_validate
from qa_service.evaluation.tune.folds import Folds, make_folds
from qa_service.evaluation.tune.sweep import Sweep, chunks
from qa_service.evaluation.tune.threshold import tune_threshold
from qa_service.evaluation.tune.tuning_text import threshold_line, verdict_line
from qa_service.service import Service
from qa_service.settings import Settings, load_settings


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each town's news, and as many words about all of them, so that weights decide."""
    folder = tmp_path_factory.mktemp("index")
    with closing(fake_service(folder)) as opened:
        towns = [draft(number, source=f"{number}.txt", outlet="AFP") for number in range(1, 25)]
        long = [
            draft(
                100 + number,
                " ".join(f"Of wells and mayors in Place{number} and Place{n} little is known." for n in range(1, 25)),
            )
            for number in range(1, 13)
        ]
        opened.ingest_drafts([*towns, *long])
    return folder


@pytest.fixture(scope="module")
def service(index: Path) -> Iterator[Service]:
    with closing(fake_service(index)) as opened:
        yield opened


def write_set(path: Path, *, gold: str = "evidence") -> QuestionSet:
    lines: list[dict[str, Any]] = []
    for number in range(1, 25):
        own: dict[str, Any] = {
            "articles": {f"article-{number}": 1},
            "evidence": [{"source": f"{number}.txt", "text": f"The town of Place{number} has {number} wells."}],
        }
        for asked in ("How many wells has", "Who is the mayor of"):
            question = f"{asked} Place{number}?"
            lines.append({"id": f"{len(lines)}", "question": question, gold: own[gold], "answers": [str(number)]})
    lines += [{"id": f"n{n}", "question": f"What is the {n}th moon of Saturn?", "answerable": False} for n in range(6)]
    lines.append({"id": "silent", "question": "What of Place3?"})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return open_questions(path)


@pytest.fixture
def questions(tmp_path: Path) -> QuestionSet:
    return write_set(tmp_path / "wells.jsonl")


def write_candidates(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "candidates.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_candidates_are_named_one_by_one(service: Service, tmp_path: Path) -> None:
    file = write_candidates(tmp_path, "[[candidate]]\ndense_weight = 0.4\ndepth = 500\n")
    own = service.settings
    tries = ["dense_weight=0.1, 0.4,0.4", "late_interaction=false", "answerable_threshold=0.6,0.2"]
    named = named_candidates(service, tries, file)
    assert named.names == ("dense_weight", "late_interaction", "depth")
    assert [tuple(changes.values()) for changes in named.changes] == [
        (own.dense_weight, True, own.depth),
        (0.1, True, own.depth),
        (0.4, True, own.depth),
        (own.dense_weight, False, own.depth),
        (0.4, True, 500),
    ]
    assert named.thresholds == (0.2, 0.6)
    alone = named_candidates(service, [f"depth={own.depth}"])  # what the service has already is the default
    assert (len(alone.changes), alone.thresholds) == (1, THRESHOLDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dense_weight", "'dense_weight' is not of the form NAME=V1,V2"),
        ("dense_weight=", "'dense_weight=' is not of the form NAME=V1,V2"),
        ("port=1", "'port' cannot be tuned; these can: dense_weight"),
        ("dense_weight=0.5,1.5", "dense_weight: Input should be less than or equal to 1 (got '1.5')"),
        ("max_tokens=64", "max_tokens needs another collection. Ingest the articles with it"),
    ],
)
def test_what_cannot_be_tried_is_named(service: Service, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        named_candidates(service, [text])
    assert error.value.message.startswith("--try: ") and said in error.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write a table [[candidate]] for each candidate"),
        ("dense_weight = [0.5]", "write a table [[candidate]] for each candidate"),
        ("[[candidate]]", "write a table [[candidate]] for each candidate"),
        ("[[candidate]\n", "cannot be read as TOML"),
        ("[[candidate]]\ndense_weight = 1.5", "candidate 1: dense_weight: Input should be less than or equal to 1"),
        ("[[candidate]]\nanswerable_threshold = 0.5", "name its values with --try answerable_threshold=V1,V2"),
        ("[[candidate]]\nmax_tokens = 64", "candidate 1: max_tokens needs another collection"),
    ],
)
def test_what_a_file_of_candidates_cannot_hold_is_named(service: Service, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        named_candidates(service, file=write_candidates(tmp_path, text))
    assert "candidates.toml: " in error.value.message and said in error.value.message


def test_questions_that_share_an_article_share_a_fold() -> None:
    # 0-1 by a, 1-2 by b, 3-4 by c; 5 and 6 have none
    keys: list[set[str]] = [{"a"}, {"a", "b"}, {"b"}, {"c"}, {"c"}, set(), set()]
    folds = make_folds(keys, 3, seed=1)
    assert (folds.count, folds.groups, folds.largest, folds.by) == (3, 4, 3, "question")  # 3 of 5 with gold
    keys.append({"d"})
    folds = make_folds(keys, 3, seed=1)
    assert (folds.count, folds.groups, folds.largest, folds.by) == (3, 5, 3, "article")  # 3 of 6
    assert len(set(folds.of[:3])) == len(set(folds.of[3:5])) == 1
    # the largest group first, each to the smallest fold: 3, 2, 1, then one more to that of 1 and one to one of 2
    assert sorted(np.bincount(folds.of).tolist()) == [2, 3, 3]
    assert make_folds(keys, 3, seed=1).of.tolist() == folds.of.tolist()
    # groups of 3, 2, 1, 1, 1: dealt into four folds one has a single question
    assert make_folds(keys, 9, seed=1).count == 3


def test_no_fold_has_a_single_question() -> None:
    single: list[set[str]] = [{str(n)} for n in range(7)]
    assert make_folds(single, 7, seed=0).count == 3  # 3, 2, 2
    # questions without gold say nothing of a fold: of seven, five count
    counted = np.array([True] * 5 + [False] * 2)
    folds = make_folds(single, 7, seed=0, counted=counted)
    assert np.bincount(folds.of[counted]).min() >= 2
    with pytest.raises(
        InvalidInput, match=r"^3 questions with gold are not enough to part them into two folds: .* Add"
    ):
        make_folds(single[:3], 2, seed=0)
    # three of six hang together, and the others count for nothing: dealt 3 and 3
    with pytest.raises(InvalidInput, match=r"4 questions with gold, of which .* cannot be parted into two folds of 2"):
        make_folds([{"a"}, {"a"}, {"a"}, {"b"}, {"c"}, {"d"}], 2, 0, np.array([True] * 3 + [True, False, False]))


def test_cross_validation_by_hand() -> None:
    folds = Folds(np.array([0, 0, 1, 1, 1]), 2, 5, 1)
    values = np.array([[0.5, 1, 0], [0.5, 0, 1], [0, 1, 1], [1, 1, 1], [np.nan] * 3], np.float32)
    told = cross_validate(values, folds, seed=0)
    # fold 1 trains on questions 3 and 4, means .5, 1, 1: the second, held out (1 + 0) / 2 = .5, default .5;
    # fold 2 on 1 and 2, means .5, .5, .5: the default, held out .5
    assert [(f.chosen, f.train, f.test, f.trained, f.held_out, f.default_held_out) for f in told.folds] == [
        (1, 2, 2, 1.0, 0.5, 0.5),
        (0, 2, 2, 0.5, 0.5, 0.5),
    ]
    assert (told.train_mean, told.held_out_mean, told.default_mean) == (0.75, 0.5, 0.5)
    # on all four: .5, .75, .75
    assert (told.winner, told.winner_mean, told.better) == (1, 0.75, False)
    assert (told.against_default.wins, told.against_default.losses, told.against_default.ties) == (1, 1, 2)


def test_where_every_fold_chose_the_same_there_is_no_over_fitting() -> None:
    # Folds of 4, 2 and 1 questions, whose means differ; the default is the best of all of them.
    folds = Folds(np.array([0, 0, 0, 0, 1, 1, 2]), 3, 7, 1)
    default = np.array([1, 1, 1, 0.5, 0.25, 0.5, 0.125])
    values = np.stack([default, default / 2], axis=1).astype(np.float32)
    told = cross_validate(values, folds, seed=0)
    assert [fold.chosen for fold in told.folds] == [0, 0, 0]
    assert told.train_mean == told.held_out_mean == told.default_mean == 4.375 / 7


def test_a_threshold_by_hand() -> None:
    confidence = np.array([0.9, 0.8, 0.35, 0.2] * 2 + [0.1])
    right = np.array([1, 1, 0, 0] * 2 + [UNKNOWN], np.int8)
    possible = np.array([True, True, True, False] * 2 + [True])
    folds = Folds(np.array([0, 0, 0, 0, 1, 1, 1, 1, 0]), 2, 9, 1)
    told = tune_threshold(confidence, right, possible, [0.1, 0.5], 0.3, folds, seed=0)
    # six have an answer. At .1 all eight judged are answered: 2 * 4 / (8 + 6); at .3 six: 8 / 12; at .5 four: 8 / 10
    assert [(p["threshold"], p["f1"]) for p in told["curve"]] == [
        (0.1, pytest.approx(8 / 14)),
        (0.3, pytest.approx(8 / 12)),
        (0.5, pytest.approx(0.8)),
    ]
    assert [p["answered"] for p in told["curve"]] == [1, 0.75, 0.5]
    assert told["threshold"] == 0.5
    assert (told["held_out_f1"], told["now_f1"]) == (pytest.approx(0.8), pytest.approx(8 / 12))
    assert told["as_good"] == {"low": 0.5, "high": 0.5, "count": 1, "of": 3}  # .8 alone
    all_answerable = tune_threshold(confidence, right, possible | True, [0.1, 0.5], 0.3, folds, seed=0)
    assert (all_answerable["threshold"], all_answerable["better"]) == (0.3, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gold", "measure"),
    [("evidence", "nDCG@10"), ("articles", "AP"), ("articles", "answer_in_evidence"), ("evidence", "evidence_F1")],
)
def test_a_sweep_measures_what_separate_evaluations_measure(
    index: Path, tmp_path: Path, gold: str, measure: str
) -> None:
    found = write_set(tmp_path / "wells.jsonl", gold=gold)
    variants: list[dict[str, Any]] = [
        {},
        {"answerable_threshold": 1.0},  # the same list, and no evidence
        {"dense_weight": 0.0},
        {"dense_weight": 1.0, "late_interaction": False},
        {"late_interaction_depth": 3, "late_interaction_weight": 0.2, "source_weight": 0.3},
        {"reader_tokens": 0},  # the same list, and other evidence
    ]
    kind = "evidence" if gold == "evidence" else "article"
    with closing(fake_service(index, reader="fake")) as service:
        sweep = Sweep(service, "default", Judging.of(kind, measure, 10), variants)
        parts = [sweep.scores(chunk) for chunk in chunks(found)]
    values = np.concatenate([part.values for part in parts])
    confidence = np.concatenate([part.confidence for part in parts])
    right = np.concatenate([part.right for part in parts])
    assert len({tuple(column) for column in values[:48].T.tolist()}) > 1, "the settings must make a difference"
    assert confidence[:, 0].tolist() != confidence[:, 5].tolist(), "the reader must make a difference"
    for number, changes in enumerate(variants):
        out = tmp_path / f"out{number}"
        with closing(fake_service(index, reader="fake", **changes)) as other:
            evaluate(other, found, out, top_k=10, relevance=kind)
        records = [json.loads(line) for line in (out / "per_question.jsonl").read_text().splitlines()]
        measured = [record["measures"].get(measure, np.nan) for record in records]
        np.testing.assert_allclose(values[:, number], measured, atol=1e-6)
        assert confidence[:, number].tolist() == pytest.approx([record["confidence"] for record in records], abs=1e-6)
        firsts = [record["first_relevant"] for record in records]
        expected = [
            0 if record["answerable"] is False else int(first is not None and first <= 5) if record["measures"] else -1
            for record, first in zip(records, firsts, strict=True)
        ]
        assert right[:, number].tolist() == expected


@pytest.mark.slow
def test_two_runs_write_the_same_and_processes_change_nothing(
    service: Service, questions: QuestionSet, tmp_path: Path
) -> None:
    tries = ["dense_weight=0,0.2,1", "late_interaction_weight=0.0,0.5", "answerable_threshold=0.2,0.4,0.6"]
    heard: list[TuneProgress] = []
    before = service.status()
    for name, workers in (("one", 1), ("again", 1), ("two", 2)):
        tune(service, questions, tmp_path / name, tries=tries, folds=3, workers=workers, progress=heard.append)
    files = [{p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "again", "two")]
    assert files[0] == files[1] == files[2]
    assert set(files[0]) == {"winner.toml", "tuning.json", "candidates.csv"}
    told = json.loads(files[0]["tuning.json"])
    assert [candidate["settings"]["dense_weight"] for candidate in told["candidates"]] == [0.5, 0, 0.2, 1, 0.5, 0.5]
    assert told["questions_with_gold"] == 48 and told["groups"]["count"] == 24 + 7
    assert sum(candidate["won"] for candidate in told["candidates"]) == 3
    assert len(files[0]["candidates.csv"].splitlines()) == 7
    assert heard[-1].done == heard[-1].total == 55
    assert service.status() == before


@pytest.mark.slow
def test_a_gain_that_holds_is_taken(index: Path, questions: QuestionSet, tmp_path: Path) -> None:
    text = "[[candidate]]\nlate_interaction = true\n[[candidate]]\nlate_interaction = true\ndense_weight = 0.5\n"
    file = write_candidates(tmp_path, text)
    with closing(fake_service(index, late_interaction=False, dense_weight=1.0)) as poor:
        told = tune(poor, questions, tmp_path / "out", candidates=file, folds=4)
    assert told["verdict"] == "take winner.toml"
    assert told["held_out_mean"] > told["default_mean"] and told["against_default"]["low"] > 0
    best = told["candidates"][told["winner"]["candidate"]]
    assert best["mean"] == max(candidate["mean"] for candidate in told["candidates"])
    loaded = load_settings(config=tmp_path / "out" / "winner.toml", environ={})
    assert loaded == Settings(model="fake", **best["settings"])


@pytest.mark.slow
def test_the_defaults_are_kept_where_nothing_is_better(
    service: Service, questions: QuestionSet, tmp_path: Path
) -> None:
    # of some sixty passages: no difference
    told = tune(service, questions, tmp_path / "out", tries=["depth=1000,2000"])
    assert (told["verdict"], told["winner"]["candidate"]) == ("keep the defaults", 0)
    assert told["default_mean"] == told["held_out_mean"]
    assert told["train_mean"] == pytest.approx(told["default_mean"], abs=1e-3)  # folds are not all of a size
    assert load_settings(config=tmp_path / "out" / "winner.toml", environ={}) == Settings(model="fake")


def test_the_threshold_is_told_with_its_reason() -> None:
    told = {
        "now": 0.3, "threshold": 0.1, "better": True, "unanswerable": 40, "held_out_f1": 0.912, "now_f1": 0.884,
        "difference": {"mean": 0.028, "low": 0.01, "high": 0.05},
        "as_good": {"low": 0.1, "high": 0.1, "count": 1, "of": 19},
    }  # fmt: skip
    figures = ". F1 of answered and right, held out: 0.912 against 0.884 (+0.028, 95 % interval +0.010 to +0.050)"
    assert threshold_line(told) == f"0.1 instead of 0.3{figures}"
    kept = told | {"better": False}
    assert threshold_line(kept | {"threshold": 0.3}).startswith("0.3 stays: it is the best of the 19 tried. F1")
    by_chance = "0.3 stays: 0.1 is best on all questions, but on held-out ones the gain may be chance. F1"
    assert threshold_line(kept).startswith(by_chance)
    worse = kept | {"difference": {"mean": 0.0, "low": 0.0, "high": 0.0}}
    assert "but the choice is no better on held-out ones. F1" in threshold_line(worse)
    flat = told | {"as_good": {"low": 0.05, "high": 0.5, "count": 10, "of": 19}}
    assert threshold_line(flat).endswith(
        "). F1 is nearly flat: 10 of the 19 thresholds tried, 0.05 to 0.5, are within 0.01 of the best"
    )
    few = told | {"as_good": {"low": 0.05, "high": 0.2, "count": 4, "of": 19}}
    assert "nearly flat" not in threshold_line(few) and "4 of the 19 thresholds tried" in threshold_line(few)
    unknown = {"now": 0.3, "threshold": 0.3, "held_out_f1": None, "unanswerable": 0}
    assert threshold_line(unknown) == "0.3 stays: the set has no unanswerable question"


@pytest.mark.parametrize(
    ("settings", "threshold", "said"),
    [
        (True, True, "take winner.toml, for its settings; the threshold becomes 0.1"),
        (True, False, "take winner.toml, for its settings; the threshold stays 0.3"),
        (False, True, "take winner.toml, for its threshold alone: the threshold becomes 0.1; the gain of the"),
        (
            False,
            False,
            "keep the defaults: the gain of the candidates on held-out questions may be chance; the threshold",
        ),
    ],
)
def test_the_verdict_speaks_of_both(settings: bool, threshold: bool, said: str) -> None:
    outcome = {
        "verdict": "take winner.toml" if settings or threshold else "keep the defaults",
        "winner": {"candidate": 3, "better": settings},
        "against_default": {"difference": 0.01},
        "threshold": {"now": 0.3, "threshold": 0.1, "better": threshold},
    }
    assert verdict_line(outcome).startswith(said)


@pytest.mark.slow
def test_a_threshold_that_is_better_stands_below_its_reason(
    index: Path, questions: QuestionSet, tmp_path: Path
) -> None:
    with closing(fake_service(index, answerable_threshold=0.99)) as strict:
        told = tune(strict, questions, tmp_path / "out", tries=["answerable_threshold=0.05,0.99"])
    assert (told["threshold"]["threshold"], told["threshold"]["better"]) == (0.05, True)
    lines = (tmp_path / "out" / "winner.toml").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(
        "# qa-service tune: take winner.toml, for its threshold alone: the threshold becomes 0.05"
    )
    assert lines[-2].startswith("# answerable_threshold: 0.05 instead of 0.99. F1 of answered and right, held out: ")
    assert lines[-1] == "answerable_threshold = 0.05"


def test_evidence_that_stands_nowhere_is_said_before_anything_is_asked(service: Service, tmp_path: Path) -> None:
    wrong = [{"id": f"q{n}", "question": "?", "evidence": [{"source": "1.txt", "text": f"no {n}"}]} for n in range(2)]
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in wrong), encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        tune(service, open_questions(path), tmp_path / "out", progress=lambda now: pytest.fail("asked"))
    assert error.value.message == "\n".join(
        f"{path}, line {n + 1}, evidence[0].text: 'no {n}' does not stand in '1.txt'." for n in range(2)
    )


def test_what_makes_no_sense_is_refused(service: Service, questions: QuestionSet, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(Conflict, match=r"thesis\.txt"):
        tune(service, questions, tmp_path / "mine")
    with pytest.raises(InvalidInput, match="no measure 'cleverness'"):
        tune(service, questions, tmp_path / "out", measure="cleverness")
    with pytest.raises(InvalidInput, match="By answer there is no 'AP'"):
        tune(service, questions, tmp_path / "out", measure="AP", relevance="answer")
    assert not (tmp_path / "out").exists()


def test_a_collection_that_changes_is_no_basis(questions: QuestionSet, tmp_path: Path) -> None:
    with closing(fake_service(tmp_path / "index")) as service:
        service.ingest_drafts([draft(number, source=f"{number}.txt") for number in range(1, 25)])

        def meddle(now: TuneProgress) -> None:
            service.add_article(draft(999))

        with pytest.raises(Conflict, match="was changed while it was being tuned"):
            tune(service, questions, tmp_path / "out", progress=meddle)
    assert not (tmp_path / "out").exists()
