"""`benchmarks.retrieval` on a tiny set with the fake model, and its tables from figures written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.retrieval import main
from benchmarks.retrieval_measure import code_sha256, sample
from benchmarks.retrieval_sets import KNOWN, WHOLE, choose
from benchmarks.retrieval_stages import BM25, DENSE, MEASURES, NAMED, STAGES, StageScores, ask_stages, measure_stages
from benchmarks.retrieval_tables import steps_of, tables
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.records import ArticleDraft, ArticleMeta, Question
from tests.builders import fake_service

BEGIN, END = "<!-- Written by `python -m benchmarks.retrieval`. -->", "<!-- Until here: retrieval. -->"
TEXTS = ("Wells are dug in the north.", "Rain fell on the harbour.", "The mayor opened a bridge.", "Bees swarmed.")


def tiny(root: Path) -> Path:
    """Four articles; five queries, of which one has no judgement and one is judged without anything relevant."""
    folder = root / "tiny"
    (folder / "qrels").mkdir(parents=True)
    outlets = ("Reuters", "AFP", "AFP", "Reuters")
    corpus = [
        {"_id": f"d{number}", "title": "", "text": text, "metadata": {"source": outlet}}
        for number, (text, outlet) in enumerate(zip(TEXTS, outlets, strict=True))
    ]
    queries = [
        {"_id": "q0", "text": "Where are wells dug?"},
        {"_id": "q1", "text": "What does AFP say of rain on the harbour?"},
        {"_id": "q2", "text": "Who opened a bridge?"},
        {"_id": "q3", "text": "Nobody judged this."},
        {"_id": "q4", "text": "Judged, and nothing was relevant."},
    ]
    judged = [("q0", "d0", 1), ("q1", "d1", 1), ("q2", "d2", 1), ("q4", "d3", 0)]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in corpus), encoding="utf-8")
    (folder / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in queries), encoding="utf-8")
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, line)) for line in judged)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n", encoding="utf-8")
    return path


def test_a_run_writes_figures_and_page_and_another_the_same(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    root, index, figures = tiny(tmp_path), tmp_path / "index", tmp_path / "figures.json"
    command = [str(root), "--index", str(index), "--docs", str(page.parent), "--write", "--json", str(figures)]
    assert main([*command, "--sets", "tiny", "tiny:whole"]) == 0
    rows = json.loads(figures.read_text(encoding="utf-8"))
    written = page.read_text(encoding="utf-8")
    assert [row["set"] for row in rows] == ["tiny", "tiny:whole"]
    # q3 has no judgement, q4 nothing relevant; q1 names an outlet.
    assert [(row["questions"], row["questions_naming"], row["articles"]) for row in rows] == [(3, 1, 4)] * 2
    # Every question shares words with its article alone, and so does BM25 find it.
    assert rows[0]["stages"][BM25]["nDCG@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert written.startswith("# Before\n") and written.endswith("After\n") and "old" not in written
    assert "| `tiny` | 3 | **1.000** (1.000 to 1.000) |" in written

    assert main([*command, "--sets", "tiny", "tiny:whole"]) == 0  # the collections are there already
    assert page.read_text(encoding="utf-8") == written
    assert json.loads(figures.read_text(encoding="utf-8")) == rows


def test_figures_of_an_earlier_run_are_not_measured_again(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    root, figures = tiny(tmp_path), tmp_path / "figures.json"
    assert main([str(root), "--sets", "tiny", "--json", str(figures)]) == 0
    measured = capsys.readouterr().out
    rows = json.loads(figures.read_text(encoding="utf-8"))
    rows[0] |= {"articles": 77, "code": "0" * 64}
    figures.write_text(json.dumps(rows), encoding="utf-8")
    assert main([str(root), "--sets", "tiny", "--earlier", str(figures)]) == 0
    again = capsys.readouterr()
    assert again.out.partition("Code")[0] == measured.replace("| 4 | 4 |", "| 77 | 4 |").partition("Code")[0]
    assert "`000000000000`" in again.out and "other code" in again.err


def test_a_collection_that_holds_something_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    root, index = tiny(tmp_path), tmp_path / "index"
    service = fake_service(index / "sentences")
    service.ingest_drafts([ArticleDraft("Something else.", article_id="other")], "tiny")
    service.close()
    assert main([str(root), "--sets", "tiny", "--index", str(index)]) == 1
    assert "holds 5 articles" in capsys.readouterr().err


def test_the_stages_are_what_the_service_answers(tmp_path: Path) -> None:
    settings = {"late_interaction": False, "sentence_share": 0.4}
    service = fake_service(tmp_path, **settings)
    drafts = [
        ArticleDraft(
            f"{text} {TEXTS[number - 1]}", f"d{number}", ArticleMeta(outlet="AFP" if number % 2 else "Reuters")
        )
        for number, text in enumerate(TEXTS)
    ]
    service.ingest_drafts(drafts, "tiny")
    asked = EvaluationQuestion("q", "What does AFP say of wells and rain and a bridge?")
    answers, named = ask_stages(service, asked, "tiny")
    service.close()
    assert list(answers) == list(STAGES) and named

    def expected(retriever: str = "hybrid", interpret: bool = True, **changes: object) -> list[tuple[str, float]]:
        other = fake_service(tmp_path, **(settings | changes))
        question = Question(
            asked.question, top_k=100, collection="tiny", retriever=retriever, max_per_article=1, interpret=interpret
        )
        found = [(p.passage.article_id, p.score) for p in other.ask(question).passages]
        other.close()
        return found

    shown = {stage: [(p.passage.article_id, p.score) for p in answer.passages] for stage, answer in answers.items()}
    assert shown == {
        BM25: expected("lexical"),
        DENSE: expected("dense"),
        "convex": expected(interpret=False),
        "+ late": expected(interpret=False, late_interaction=True, sentence_share=0.0),
        "+ sentence": expected(interpret=False, late_interaction=True),
        NAMED: expected(late_interaction=True),
    }
    # so that none of them could stand for another
    assert len({tuple(found) for found in shown.values()}) == len(STAGES)


def test_an_article_stands_where_its_best_passage_stands(tmp_path: Path) -> None:
    service = fake_service(tmp_path, max_word_pieces=16, overlap_sentences=0)
    long = " ".join(f"The comet was seen again in the sky over town {number} that night." for number in range(120))
    service.ingest_drafts([ArticleDraft(long, article_id="long"), ArticleDraft("A comet.", article_id="short")], "tiny")
    assert service.status("tiny").passages > 110  # more than are returned
    question = EvaluationQuestion("q", "comet in the sky over town", articles={"short": 1})
    figures, naming = measure_stages(service, [question], "tiny")
    service.close()
    assert naming == 0
    # Second by BM25, behind one article however many passages it has: 1 / log2(3).
    assert figures[BM25]["nDCG@10"] == [pytest.approx(0.6309, abs=1e-4)]
    assert figures[BM25]["RR@10"] == [0.5]


def test_steps_are_paired_with_the_stage_before() -> None:
    # Twelve questions; convex is compared with BM25, the better of its parts, and gains .5 on two of them.
    ones, most = [1.0] * 12, [1.0] * 10 + [0.5] * 2
    columns = {BM25: most, DENSE: [0.0] * 12, "convex": ones, "+ late": ones, "+ sentence": most, NAMED: ones}
    figures: StageScores = {stage: {measure: columns[stage] for measure in MEASURES} for stage in STAGES}
    steps = steps_of(figures, with_named=True)
    assert [(s["stage"], s["against"], s["difference"]) for s in steps] == [
        (DENSE, BM25, -0.916667),
        ("convex", BM25, 0.083333),
        ("+ late", "convex", 0.0),
        ("+ sentence", "+ late", -0.083333),
        (NAMED, "+ sentence", 0.083333),
        (NAMED, BM25, 0.083333),
    ]
    assert (steps[1]["won"], steps[1]["lost"], steps[1]["tied"]) == (2, 0, 10)
    # All 4 flips of the two signs: 2 of them are as far from 0. All 4096 of twelve: 2; times 6 by Holm.
    assert steps[1]["p"] == 0.5 and steps[0]["p"] == pytest.approx(2 / 4096, abs=1e-6)
    assert steps[0]["p_holm"] == pytest.approx(12 / 4096, abs=1e-6)
    without = steps_of(figures, with_named=False)
    assert [s["stage"] for s in without] == ["dense", "convex", "+ late", "+ sentence", "+ sentence"]


def test_a_published_figure_that_is_missed_says_so() -> None:
    figures: StageScores = {stage: {measure: [0.66, 0.66] for measure in MEASURES} for stage in STAGES}
    interval = {"mean": 0.66, "low": 0.66, "high": 0.66}
    row = {
        "set": "a", "note": "", "questions": 2, "questions_judged": 9, "questions_naming": 0, "articles": 3,
        "passages": 4, "articles_cut_short": 0, "model": "m", "code": "c" * 64,
        "settings": {"chunking": "whole", "depth": 1000, "dense_weight": 0.6},
        "steps": steps_of(figures, with_named=False),
        "stages": {stage: {"nDCG@10": interval} for stage in STAGES[:-1]},
        "published": {
            BM25: {"value": 0.675, "within": 0.015, "source": "x"},
            DENSE: {"value": 0.645, "within": 0.01, "source": "y"},
        },
    }  # fmt: skip
    text = tables([row])
    assert "| `a` | BM25 | .675 | .660 | -.015 | .015 | x |" in text
    assert "| `a` | dense | .645 | .660 | +.015 (**missed**) | .010 | y |" in text
    assert "2, sampled from 9" in text
    assert text.endswith("Model: `m`. Settings: `dense_weight = 0.6` on `a`. Code (SHA-256): `cccccccccccc`.\n")


def test_code_is_told_apart_by_name_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = code_sha256(tmp_path)
    (tmp_path / "notes.txt").write_text("not code")
    assert code_sha256(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    renamed = code_sha256(tmp_path)
    (tmp_path / "b.py").write_text("2")
    assert len({first, renamed, code_sha256(tmp_path)}) == 3


def test_a_sample_is_seeded_and_in_order() -> None:
    questions = [EvaluationQuestion(f"q{number:02}", "?") for number in range(50)]
    chosen = sample(questions, 10)
    ids = [question.id for question in chosen]
    assert len(set(ids)) == 10 and ids == sorted(ids) and chosen == sample(questions, 10)
    assert sample(questions, 0) == sample(questions, 50) == questions


def test_sets_are_chosen_by_name_in_the_order_of_the_table(tmp_path: Path) -> None:
    root = tiny(tmp_path)
    with pytest.raises(ValueError, match="none of the sets"):
        choose(root, [])
    (root / "time").symlink_to(root / "tiny")
    assert [b.name for b in choose(root, [])] == ["time"]
    assert [(b.name, b.chunking) for b in choose(root, ["tiny" + WHOLE, "time"])] == [
        ("time", "sentences"),
        ("tiny:whole", "whole"),
    ]
    with pytest.raises(ValueError, match="no BEIR folder"):
        choose(root, ["gone"])
    assert len({b.name for b in KNOWN}) == len(KNOWN)
