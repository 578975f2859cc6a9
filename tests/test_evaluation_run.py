"""An evaluation from set to folder: what it writes, that two runs write the same, that it goes on when interrupted."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.errors import Conflict, InvalidInput
from qa_service.evaluation.compare.comparison import compare_runs
from qa_service.evaluation.compare.regression_gate import no_worse_than
from qa_service.evaluation.grade.planned_summary import planned_summary
from qa_service.evaluation.run import evaluation_run as run
from qa_service.evaluation.run.evaluation_run import EvaluationProgress, evaluate
from qa_service.evaluation.run.resume import JOURNAL, MANIFEST, RESULTS
from qa_service.evaluation.sets import open_questions
from qa_service.service import Service

pytestmark = pytest.mark.slow  # each test runs an evaluation of 60 questions

TIMED = {"timings.csv", "report.html"}
"""Nothing but times may differ in them, nor in `times` of the summary, `started` and `finished` of the manifest."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(fake_service(tmp_path_factory.mktemp("index"))) as opened:
        opened.ingest_drafts([draft(number, source=f"{number}.txt", outlet="AFP") for number in range(1, 21)])
        yield opened


def line(number: int, **changes: Any) -> dict[str, Any]:
    gold = [{"source": f"{number}.txt", "text": f"The town of Place{number} has {number} wells."}]
    return {
        "id": f"q{number}",
        "question": f"How many wells has the town of Place{number}?",
        "answers": [str(number)],
        "evidence": gold,
        "tags": ["wells"],
        "language": "en",
    } | changes


def write_set(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "wells.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return path


def write_wells(folder: Path) -> Path:
    nothing = {"id": "nothing", "question": "Who governs Atlantis?", "answerable": False}
    return write_set(folder, *(line(number % 20 + 1, id=f"q{number}") for number in range(59)), nothing)


@pytest.fixture
def wells(tmp_path: Path) -> Path:
    return write_wells(tmp_path)


def contents(out: Path) -> dict[str, Any]:
    """What two runs must have alike."""
    found: dict[str, Any] = {path.name: path.read_bytes() for path in out.iterdir() if path.name not in TIMED}
    summary, manifest = (json.loads(found.pop(name)) for name in ("summary.json", "manifest.json"))
    del summary["times"], manifest["started"], manifest["finished"]
    return found | {"summary": summary, "manifest": manifest}


@dataclass(frozen=True)
class Whole:
    """A question set, and the contents of an evaluation of it that nothing stopped."""

    wells: Path
    contents: dict[str, Any]


@pytest.fixture(scope="module")
def whole(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    wells = write_wells(folder)
    evaluate(service, open_questions(wells), folder / "out")
    return Whole(wells, contents(folder / "out"))


def records(out: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in (out / "per_question.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_folder_of_results(service: Service, wells: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = evaluate(service, open_questions(wells), out)
    assert {path.name for path in out.iterdir()} == set(RESULTS)
    assert json.loads((out / "summary.json").read_text()) == summary
    assert (summary["questions"], summary["with_gold"], summary["relevance"]) == (60, 59, "evidence")
    assert summary["citations"]["valid"] == summary["citations"]["checked"] > 60 * 10
    first, last = records(out)[0], records(out)[-1]
    text = service.article("article-1").text
    (span,) = first["gold"]["evidence"]
    assert text[span["start"] : span["end"]] == "The town of Place1 has 1 wells."
    assert first["measures"]["Success@10"] == 1.0
    best = first["passages"][first["first_relevant"] - 1]
    assert (best["article_id"], best["grade"]) == ("article-1", 1)
    assert last["measures"] == {} and last["first_relevant"] is None
    passages = [json.loads(one) for one in (out / "passages.jsonl").read_text().splitlines()]
    assert len({one["passage_id"] for one in passages}) == len(passages) == 20
    for one in passages:
        article = service.article(one["article_id"])
        assert article.text[one["start"] : one["end"]] == one["text"]
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["question_set"]["sha256"] == hashlib.sha256(wells.read_bytes()).hexdigest()
    assert manifest["collection"]["fingerprint"] == service.status().fingerprint
    assert manifest["model"] == {"id": "fake-hashed-words-1"}


def test_secrets_are_not_written(tmp_path: Path, wells: Path) -> None:
    with closing(fake_service(tmp_path / "index", api_key="tell nobody")) as guarded:
        guarded.ingest_drafts([draft(number, source=f"{number}.txt") for number in range(1, 21)])
        evaluate(guarded, open_questions(wells), tmp_path / "out", overrides=["api_key"])
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["settings"]["api_key"] == manifest["overrides"]["api_key"] == "***"
    assert not any(b"tell nobody" in path.read_bytes() for path in (tmp_path / "out").iterdir())


def test_two_runs_are_alike_but_for_times(service: Service, wells: Path, tmp_path: Path) -> None:
    for name in "ab":
        evaluate(service, open_questions(wells), tmp_path / name)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("kind", ["article", "passage", "evidence", "answer"])
def test_relevance_of_every_kind(service: Service, tmp_path: Path, kind: str) -> None:
    passage = service.contents().passages_of("article-3")[0].passage_id
    path = write_set(tmp_path, line(3, articles={"article-3": 1}, passages={passage: 2}))
    summary = evaluate(service, open_questions(path), tmp_path / "out", relevance=kind)
    assert summary["relevance"] == kind
    assert summary["measures"]["Success@10"]["mean"] == 1.0
    assert ("nDCG@10" in summary["measures"]) == (kind != "answer")
    # the run names what the measures are of
    document = (tmp_path / "out" / "run.trec").read_text().split()[2]
    assert document.startswith("article-") == (kind == "article")


def test_by_article_each_article_is_asked_for_once(tmp_path: Path) -> None:
    with closing(fake_service(tmp_path / "index", max_tokens=16, overlap_sentences=0)) as service:
        service.ingest_drafts([draft(number) for number in range(1, 9)])
        assert service.status().passages > 8
        path = write_set(tmp_path, {"id": "q", "question": "How many wells has Place3?", "articles": ["article-3"]})
        for name, cap in (("once", None), ("all", 0), ("two", 2)):
            evaluate(service, open_questions(path), tmp_path / name, top_k=20, max_per_article=cap)
    found = {name: records(tmp_path / name)[0] for name in ("once", "all", "two")}
    counts = {name: Counter(one["article_id"] for one in record["passages"]) for name, record in found.items()}
    assert (max(counts["once"].values()), len(counts["once"])) == (1, 8)
    assert max(counts["all"].values()) == max(counts["two"].values()) == 2
    manifests = {name: json.loads((tmp_path / name / "manifest.json").read_text()) for name in found}
    assert {name: each["max_per_article"] for name, each in manifests.items()} == {"once": 1, "all": None, "two": 2}
    assert "20 per question, at most one of each article" in (tmp_path / "once" / "report.html").read_text()
    warnings = compare_runs([tmp_path / "all", tmp_path / "once"]).as_dict()
    assert "passages of one article (A any number, B 1)" in warnings["warnings"][0]
    assert warnings["runs"][1]["changes"] == ["max_per_article was not set, is 1"]
    with pytest.raises(InvalidInput, match="--max-per-article 0"):
        no_worse_than(tmp_path / "all", tmp_path / "once")


def test_by_another_kind_an_article_may_have_several_passages(service: Service, wells: Path, tmp_path: Path) -> None:
    evaluate(service, open_questions(wells), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["max_per_article"] is None


def test_outlets_are_not_counted_where_there_are_none(tmp_path: Path) -> None:
    found = {}
    for outlet in (None, "AFP"):
        with closing(fake_service(tmp_path / f"index of {outlet}")) as service:
            service.ingest_drafts([draft(number, source=f"{number}.txt", outlet=outlet) for number in range(1, 4)])
            path = write_set(tmp_path, line(1))
            found[outlet] = evaluate(service, open_questions(path), tmp_path / f"out of {outlet}")
    assert "distinct_outlets@5" not in found[None]["measures"]
    assert found["AFP"]["measures"]["distinct_outlets@5"]["mean"] == 1.0
    planned = [
        planned_summary(open_questions(path), "evidence", 10, outlets=outlets, reader=False)
        for outlets in (False, True)
    ]
    assert [set(one["measures"]) for one in planned] == [set(one["measures"]) for one in found.values()]


class Stopped(Exception):
    pass


def stop_after(number: int) -> Any:
    def stop(progress: EvaluationProgress) -> None:
        if progress.done >= number:
            raise Stopped

    return stop


def test_it_goes_on_where_it_stopped(service: Service, whole: Whole, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(Stopped):
        evaluate(service, open_questions(whole.wells), out, progress=stop_after(16))
    assert {path.name for path in out.iterdir()} == {MANIFEST, JOURNAL}
    told: list[EvaluationProgress] = []
    evaluate(service, open_questions(whole.wells), out, progress=told.append)
    assert [(one.done, one.resumed) for one in told] == [(32, 16), (48, 16), (60, 16)]
    assert contents(out) == whole.contents


@pytest.mark.parametrize("cut", [1, 40, 3000])
def test_a_journal_cut_at_any_byte_is_gone_on_with(service: Service, whole: Whole, tmp_path: Path, cut: int) -> None:
    out = tmp_path / "out"
    with pytest.raises(Stopped):
        evaluate(service, open_questions(whole.wells), out, progress=stop_after(32))
    journal = out / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-cut])
    evaluate(service, open_questions(whole.wells), out)
    assert contents(out) == whole.contents


@pytest.mark.parametrize("step", ["write_files", "summarise", "junit_lines", "write_file"])
def test_stopped_while_it_writes_its_results_it_writes_them_again(
    service: Service, whole: Whole, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(run, step, stop)
        with pytest.raises(Stopped):
            evaluate(service, open_questions(whole.wells), out)
    evaluate(service, open_questions(whole.wells), out)
    assert contents(out) == whole.contents


def test_another_evaluation_does_not_go_on_with_it(service: Service, wells: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(Stopped):
        evaluate(service, open_questions(wells), out, progress=stop_after(16))
    with pytest.raises(Conflict, match=r"that is another: k was 10, is 3\. .*--out.*--restart"):
        evaluate(service, open_questions(wells), out, top_k=3)
    wells.write_text(wells.read_text().replace("Atlantis", "Utopia"))
    with pytest.raises(Conflict, match=r"wells\.jsonl has changed\. "):
        evaluate(service, open_questions(wells), out)
    evaluate(service, open_questions(wells), out, top_k=3, restart=True)
    assert len(records(out)[0]["passages"]) == 3


def test_settings_that_changed_are_named(tmp_path: Path, wells: Path) -> None:
    out = tmp_path / "out"
    with closing(fake_service(tmp_path / "index")) as before:
        before.ingest_drafts([draft(number, source=f"{number}.txt") for number in range(1, 21)])
        with pytest.raises(Stopped):
            evaluate(before, open_questions(wells), out, progress=stop_after(16))
    with (
        closing(fake_service(tmp_path / "index", depth=20)) as after,
        pytest.raises(Conflict, match=r"that is another: depth was 1000, is 20\. "),
    ):
        evaluate(after, open_questions(wells), out)


def test_a_folder_with_something_else_in_it_is_left_alone(service: Service, wells: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    evaluate(service, open_questions(wells), out)
    with pytest.raises(Conflict, match="finished evaluation"):
        evaluate(service, open_questions(wells), out)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(Conflict, match=r"other files \(notes.txt\)"):
        evaluate(service, open_questions(wells), out, restart=True)
    assert (out / "summary.json").exists()


def test_gold_that_stands_nowhere_is_said_before_anything_is_asked(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Service, "ask", lambda self, question: pytest.fail("asked"))
    path = write_set(tmp_path, line(1), line(2, evidence=[{"source": "2.txt", "text": "nobody wrote this"}]))
    with pytest.raises(
        InvalidInput, match=r"wells\.jsonl, line 2, evidence\[0\]\.text: 'nobody wrote this' does not stand in"
    ):
        evaluate(service, open_questions(path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_commit_meanwhile_stops_it_and_keeps_what_was_asked(tmp_path: Path, wells: Path) -> None:
    with closing(fake_service(tmp_path / "index")) as service, closing(fake_service(tmp_path / "index")) as other:
        service.ingest_drafts([draft(number, source=f"{number}.txt") for number in range(1, 21)])

        def write(progress: EvaluationProgress) -> None:
            other.delete_article("article-20")

        with pytest.raises(Conflict, match="was changed while"):
            evaluate(service, open_questions(wells), tmp_path / "out", progress=write)
        assert (tmp_path / "out" / JOURNAL).read_bytes().count(b"\n") == 16
        assert b'"valid": 0' not in (tmp_path / "out" / JOURNAL).read_bytes()


def test_a_citation_that_does_not_hold_is_counted(
    service: Service, wells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_words(answer: Any, article: Any) -> tuple[int, int]:
        return checked(answer, lambda one: run_article(article(one)))

    def run_article(article: Any) -> Any:
        from dataclasses import replace

        return replace(article, text=article.text.upper())

    checked = run.valid_citations
    monkeypatch.setattr(run, "valid_citations", other_words)
    summary = evaluate(service, open_questions(wells), tmp_path / "out")
    assert summary["citations"]["valid"] == 0


def test_the_manifest_says_what_a_whole_article_loses(service: Service, wells: Path, tmp_path: Path) -> None:
    evaluate(service, open_questions(wells), tmp_path / "sentences")
    with closing(fake_service(tmp_path / "index", chunking="whole")) as whole:
        whole.ingest_drafts([draft(number, source=f"{number}.txt") for number in range(1, 21)])
        evaluate(whole, open_questions(wells), tmp_path / "whole")
    found = [json.loads((tmp_path / out / "manifest.json").read_text())["collection"] for out in ("sentences", "whole")]
    assert [(c["chunking"], c["truncated"] is None) for c in found] == [("sentences", True), ("whole", False)]
    assert "drops the rest" in found[1]["truncated"]


def test_two_evaluations_never_write_into_one_folder(service: Service, wells: Path, tmp_path: Path) -> None:
    started: list[bool] = []

    def meanwhile(progress: EvaluationProgress) -> None:
        if not started:
            started.append(True)
            with pytest.raises(Conflict, match="being written by another evaluation"):
                evaluate(service, open_questions(wells), tmp_path / "out")

    evaluate(service, open_questions(wells), tmp_path / "out", progress=meanwhile)
    assert started
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(RESULTS)


def test_killed_while_the_report_is_written_it_goes_on(
    service: Service, wells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if target.name == "report.html":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        evaluate(service, open_questions(wells), tmp_path / "out")
    monkeypatch.undo()
    evaluate(service, open_questions(wells), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(RESULTS)
