"""The command line against a stand-in service: what it passes on, prints, and exits with."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from qa_service.cli import main
from qa_service.cli.progress import Progress, ProgressDisplay, Step, describe
from qa_service.cli.show import cite, mark_evidence, place
from qa_service.errors import ArticleNotFound, CollectionNotFound, InvalidInput, SettingsError, UnreadableSource
from qa_service.records import (
    AddedArticle,
    Annotation,
    Answer,
    AnswerText,
    ArticleMeta,
    Citation,
    CollectionInfo,
    Completeness,
    Evidence,
    FileResult,
    Filters,
    IngestProgress,
    IngestReport,
    Passage,
    Question,
    RankedPassage,
    VerifyReport,
)
from qa_service.settings import Settings

INFO = CollectionInfo(
    "default",
    3,
    "f00d",
    5,
    80,
    ("AFP",),
    ("Ann",),
    ("en",),
    date(2025, 6, 1),
    date(2025, 11, 21),
    runtime="openvino 2026.4.1 bf16",
    tags=("budget", "Écho"),
    completeness=Completeness(title=4, outlet=5, published=3, updated=1, language=5, tags=2),
)
CITATION = Citation(
    number=1,
    article_id="a1",
    meta=ArticleMeta(
        title="Gold", outlet="AFP", published=date(2025, 11, 21), language="en", source="003.txt", source_sha256="cd"
    ),
    start=100,
    end=131,
    article_sha256="ab",
)
PASSAGE = Passage("p1", "a1", 100, 131, "First one. It holds gold. Last.", 9)
RANKED = RankedPassage(
    rank=1,
    passage=PASSAGE,
    score=0.9312,
    dense=0.61,
    lexical=14.2,
    evidence=(Evidence(111, 125, "It holds gold."),),
    citation=CITATION,
)
ANSWER = Answer("What?", True, 0.91, AnswerText("It holds gold. [1]", (Annotation(0, 14, 1),)), (RANKED,), INFO)
REPORT = IngestReport(
    collection="default",
    generation=4,
    files=(
        FileResult("a.txt", "added", (AddedArticle("a1", 7), AddedArticle("a2", 3))),
        FileResult("b.txt", "skipped", reason="b.txt: nothing but white space."),
    ),
    articles=2,
    passages=10,
    seconds=2.0,
)


class StandIn:
    """Records what it was asked; answers with the records above or raises `error`."""

    error: BaseException | None = None
    report = REPORT
    problems: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.settings: Settings | None = None
        self.closed = False

    def open(self, settings: Settings) -> StandIn:
        self.settings = settings
        return self

    def close(self) -> None:
        self.closed = True

    def _called(self, *call: object) -> None:
        self.calls.append(call)
        if self.error is not None:
            raise self.error

    def ask(self, question: Question) -> Answer:
        self._called("ask", question)
        return ANSWER

    def collections(self) -> list[CollectionInfo]:
        self._called("collections")
        return [INFO]

    def status(self, collection: str) -> CollectionInfo:
        self._called("status", collection)
        return INFO

    def verify(self, collection: str) -> VerifyReport:
        self._called("verify", collection)
        return VerifyReport(collection, 5, 80, ("offsets", "hashes"), self.problems)

    def rebuild(self, collection: str) -> CollectionInfo:
        self._called("rebuild", collection)
        return INFO

    def delete_article(self, article_id: str, collection: str) -> int:
        self._called("delete", article_id, collection)
        return 4

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str,
        progress: Callable[[IngestProgress], None],
        cancelled: Callable[[], bool],
        *,
        columns: dict[str, str],
    ) -> IngestReport:
        self._called("ingest", list(paths), collection, *([columns] if columns else []))
        progress(IngestProgress(1, 2, 10, 1.0))
        return self.report


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    module = types.ModuleType("qa_service.service")
    module.Service = stand_in  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "qa_service.service", module)
    return stand_in


def test_ask_passes_every_option_on(service: StandIn, tmp_path: Path) -> None:
    options = "--top-k 3 --retriever lexical --outlet AFP --outlet TASS --language EN --article-id a1"
    options += " --published-from 2025-06-01 --published-to 2025-12-31 --max-per-article 2 --max-per-outlet 4"
    options += f" --max-context-tokens 900 --collection news --index {tmp_path}"
    assert main(["ask", "What?", *options.split()]) == 0
    assert service.calls == [
        (
            "ask",
            Question(
                question="What?",
                top_k=3,
                collection="news",
                filters=Filters(
                    outlet=("AFP", "TASS"),
                    language=("en",),
                    article_id=("a1",),
                    published_from=date(2025, 6, 1),
                    published_to=date(2025, 12, 31),
                ),
                retriever="lexical",
                max_per_article=2,
                max_per_outlet=4,
                max_context_tokens=900,
            ),
        )
    ]
    assert service.settings is not None
    assert service.settings.index == tmp_path
    assert service.closed


def test_a_question_of_2000_characters_is_asked(service: StandIn) -> None:
    assert main(["ask", "x" * 2000]) == 0
    assert main(["ask", "What?", "--published-from", "2025-12-31", "--published-to", "2025-12-31"]) == 0
    assert len(service.calls) == 2


def test_ask_without_options_asks_the_contracts_defaults(service: StandIn) -> None:
    assert main(["ask", "What?"]) == 0
    assert service.calls == [("ask", Question("What?"))]


def test_ask_prints_answer_citation_and_marked_evidence(service: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What?"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "It holds gold. [1]",
        "Confidence: 91 %",
        "",
        "[1] AFP, 2025-11-21, Gold",
        "    article a1, characters 100-131, from 003.txt  score 0.931",
        "    First one. >>It holds gold.<< Last.",
    ]


def test_an_unsure_answer_looks_unsure_at_a_terminal(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sure = service.ask(Question("What?"))
    monkeypatch.setattr(service, "ask", lambda question: replace(sure, confidence=0.41))
    assert main(["ask", "What?"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "Not sure: check whether the passages answer the question (41 %).",
        "It holds gold. [1]",
    ]


def test_passages_alone_are_not_called_unanswered(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = replace(service.ask(Question("What?")), answer=None)
    monkeypatch.setattr(service, "ask", lambda question: alone)
    assert main(["ask", "What?"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["Confidence: 91 %", ""]


def test_a_place_is_in_the_article_and_never_in_its_file() -> None:
    posted = Citation(2, "a2", ArticleMeta(), 0, 5, "ab", page=3)
    assert place(posted) == "article a2, characters 0-5, p. 3"
    assert place(replace(posted, later_pages=((4, 4),))) == "article a2, characters 0-5, pp. 3-4"


def test_evidence_offsets_are_the_articles() -> None:
    ranked = RankedPassage(
        1, PASSAGE, 1.0, None, None, (Evidence(126, 131, "Last."), Evidence(100, 110, "First one.")), CITATION
    )
    assert mark_evidence(ranked) == ">>First one.<< It holds gold. >>Last.<<"


def test_a_citation_without_metadata_shows_the_first_words() -> None:
    bare = Citation(2, "a2", ArticleMeta(source="b.txt"), 0, 5, "ab", opening="gold is\nheavy.")
    assert cite(bare) == "gold is heavy."


def test_control_sequences_of_an_article_do_not_reach_the_terminal() -> None:
    hostile = Citation(2, "a2", ArticleMeta("\x1b[2JGold", source="b.txt"), 0, 5, "ab")
    assert cite(hostile) == "\N{REPLACEMENT CHARACTER}[2JGold"


def test_an_answer_is_declined_in_words(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declined = Answer("What?", False, 0.07, None, (), INFO)
    monkeypatch.setattr(service, "ask", lambda question: declined)
    assert main(["ask", "What?"]) == 0
    assert capsys.readouterr().out == "I can't find that in these articles. Confidence: 7 %\n"


@pytest.mark.parametrize(
    ("options", "confidence", "printed"),
    [
        (["--max-context-tokens", "20"], 0.81, "No passage fits into 20 tokens; raise --max-context-tokens."),
        (["--max-context-tokens", "20", "--outlet", "AFP"], 0.0, "No passage matches the filters."),
        (["--outlet", "AFP"], 0.0, "No passage matches the filters."),
        (["--max-context-tokens", "20"], 0.0, "I can't find that in these articles. Confidence: under 1 %"),
    ],
)
def test_an_answer_without_passages_says_why(
    service: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    confidence: float,
    printed: str,
) -> None:
    monkeypatch.setattr(service, "ask", lambda question: Answer("What?", False, confidence, None, (), INFO))
    assert main(["ask", "What?", *options]) == 0
    assert capsys.readouterr().out == f"{printed}\n"


@pytest.mark.parametrize("day", ["2025-13-01", "yesterday", "01.06.2025"])
def test_a_day_that_is_none_is_told_by_example(service: StandIn, capsys: pytest.CaptureFixture[str], day: str) -> None:
    assert main(["ask", "What?", "--published-from", day]) == 2
    assert f"{day!r} is not a day such as 2025-06-01." in capsys.readouterr().err


def test_a_missing_collection_comes_with_the_command_that_makes_it(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.error = CollectionNotFound("There is no collection.")
    gone, here = tmp_path / "gone", tmp_path / "here now"
    here.mkdir()
    assert main(["ask", "What?", "--index", str(gone)]) == 1
    assert capsys.readouterr().err == (
        f"error: The directory {gone} does not exist, so there is no collection 'default'. "
        f"Make it with: qa-service ingest PATH --index {gone}\n"
    )
    monkeypatch.setattr(service, "collections", lambda: [INFO])
    assert main(["verify", "--collection", "news", "--index", str(here)]) == 1
    assert capsys.readouterr().err == (
        f"error: There is no collection 'news' in {here}. It holds default. "
        f"Make it with: qa-service ingest PATH --collection news --index '{here}'\n"
    )
    monkeypatch.setattr(service, "collections", list)
    assert main(["ask", "What?", "--index", str(here)]) == 1
    assert capsys.readouterr().err.startswith(f"error: {here} holds no collection yet. Make it with: qa-service ingest")


@pytest.mark.parametrize("name", ["defalt", "DEFAULT"])
def test_a_misspelt_collection_comes_with_the_name_that_is_nearest(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    service.error = CollectionNotFound("There is no collection.")
    monkeypatch.setattr(service, "collections", lambda: [replace(INFO, name="mine"), INFO])
    assert main(["ask", "What?", "--collection", name, "--index", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"error: There is no collection {name!r} in {tmp_path}; did you mean default? It holds mine, default. "
        f"Make it with: qa-service ingest PATH --collection {name} --index {tmp_path}\n"
    )


def test_status_of_a_directory_that_is_not_there_fails(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(service, "collections", list)
    gone = tmp_path / "gone"
    for more in ([], ["--json"]):
        assert main(["status", "--index", str(gone), *more]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"error: The directory {gone} does not exist. ")
    assert main(["status", "--index", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        f"{tmp_path} holds no collection yet; `qa-service ingest PATH --index {tmp_path}` makes one.\n"
    )


def test_ingest_sums_up_what_was_skipped_and_why(
    service: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(tmp_path), "--collection", "news"]) == 1
    assert main(["ingest", str(tmp_path), "--collection", "news", "--skip-unreadable"]) == 0
    assert service.calls == [("ingest", [tmp_path], "news")] * 2
    assert capsys.readouterr().out.splitlines()[:4] == [
        "2 files: 1 added, 1 skipped",
        "2 articles (1 file holds more than one), 10 passages in 2.0 s, 5.0 passages/s; "
        "collection 'default' is at generation 4",
        "skipped b.txt: nothing but white space.",
        "1 file could not be read: 1 of no known format (nothing but white space)",
    ]


def test_ingest_as_json_names_every_file(service: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", str(tmp_path), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["files"][0]["articles"] == [
        {"article_id": "a1", "passages": 7},
        {"article_id": "a2", "passages": 3},
    ]
    assert report["files"][1] == {
        "kind": None,
        "retryable": False,
        "warnings": [],
        "file": "b.txt",
        "outcome": "skipped",
        "articles": [],
        "reason": "b.txt: nothing but white space.",
    }


def test_ingest_counts_what_it_could_not_read_by_kind_and_reason(
    service: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def skipped(name: str, kind: str | None, reason: str) -> FileResult:
        return FileResult(name, "skipped", reason=f"{name}: {reason}", kind=kind, warnings=(f"{name}: w",))

    files = (
        skipped("a.pdf", "PDF", "is encrypted. Save it without a password."),
        skipped("b.pdf", "PDF", "has no text: it is a scan."),
        skipped("c.pdf", "PDF", "is encrypted. Save it without a password."),
        skipped("d.png", None, "is a picture. Only a document with text can be read."),
        skipped("e.png", None, "is a picture. Only a document with text can be read."),
        skipped("f.txt", None, "is empty."),
        skipped("g.pdf", "PDF", "is a damaged or truncated PDF. Download or export it again."),
        *(skipped(f"{n}.docx", "Word", f"reason {n}.") for n in range(5)),
        *(FileResult(f"{n}.txt", "added", warnings=(f"{n}.txt: 'x' is no date.",)) for n in range(9)),
    )
    service.report = IngestReport("default", 3, files, 0, 0, 0.1)
    assert main(["ingest", str(tmp_path)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == (
        "12 files could not be read: 5 Word (1 reason 0, 1 reason 1, 1 reason 2, 2 for other reasons), "
        "3 PDF (2 is encrypted, 1 has no text), 2 pictures, 1 damaged or truncated PDF, 1 empty file"
    )
    assert "warning a.pdf: w" in out
    assert "and 11 more warnings; --json lists them all" in out


def test_one_file_of_an_ingested_folder_is_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    file, more = tmp_path / "news" / "desk" / "a.txt", ["--index", str(tmp_path / "index"), "--collection", "paper"]
    file.parent.mkdir(parents=True)
    with ZipFile(tmp_path / "news" / "b.zip", "w") as archive:
        archive.writestr("c.txt", "The lighthouse of Holm was painted red by keeper Sven Aas in May.")
        archive.writestr("d.txt", "The school of Holm has a garden with apple trees and a pond.")
    file.write_text("The ferry to Holm runs again after the storm of last week.", encoding="utf-8")
    assert main(["ingest", str(tmp_path / "news"), *more]) == 0
    assert capsys.readouterr().out.startswith("2 files, 3 with those in archives: 3 added\n")
    file.write_text("The ferry to Holm runs again after the storm of last month.", encoding="utf-8")
    assert main(["ingest", str(file), *more]) == 0
    assert capsys.readouterr().out.startswith("1 file: 1 replaced\n")


def test_ctrl_c_stops_an_ingest_in_order(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(
        paths: object, collection: str, progress: object, cancelled: Callable[[], bool], **_: object
    ) -> IngestReport:
        assert not cancelled()
        os.kill(os.getpid(), signal.SIGINT)
        assert cancelled()
        return replace(REPORT, files=(REPORT.files[0], FileResult("c.txt", "cancelled")))

    monkeypatch.setattr(service, "ingest", interrupted)
    assert main(["ingest", str(tmp_path)]) == 130
    printed = capsys.readouterr()
    assert printed.out.startswith("2 files: 1 added, 1 cancelled\n")
    assert printed.err.endswith("interrupted; what is stored stays, and the same command continues\n")


def test_columns_are_given_as_pairs(service: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", str(tmp_path), "--map", "text=Body", "--map", "title=The title", "--skip-unreadable"]) == 0
    assert service.calls == [("ingest", [tmp_path], "default", {"text": "Body", "title": "The title"})]
    assert main(["ingest", str(tmp_path), "--map", "txt=Body"]) == 2
    assert "there is no field 'txt'; did you mean text?" in capsys.readouterr().err


def test_ingest_fails_when_a_named_file_was_skipped(service: StandIn, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(" ")
    assert main(["ingest", str(tmp_path / "b.txt")]) == 1


def test_ingest_fails_when_nothing_was_read(service: StandIn, tmp_path: Path) -> None:
    service.report = IngestReport("default", 3, (FileResult("x.bin", "skipped", reason="no text"),), 0, 0, 0.1)
    assert main(["ingest", str(tmp_path)]) == 1
    service.report = IngestReport("default", 3, (), 0, 0, 0.1)
    assert main(["ingest", str(tmp_path)]) == 1


def test_status_lists_all_collections_or_one(service: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "collections": [
            {
                "name": "default",
                "generation": 3,
                "fingerprint": "f00d",
                "exact": True,
                "articles": 5,
                "passages": 80,
                "outlets": ["AFP"],
                "languages": ["en"],
                "first_date": "2025-06-01",
                "last_date": "2025-11-21",
                "chunking": "sentences",
                "unread_languages": [],
                "tags": ["budget", "Écho"],
                "completeness": {
                    "title": 4,
                    "outlet": 5,
                    "author": 0,
                    "published": 3,
                    "updated": 1,
                    "language": 5,
                    "url": 0,
                    "tags": 2,
                },
                "runtime": "openvino 2026.4.1 bf16",
            }
        ],
        "reranker": None,
    }
    assert main(["status", "--collection", "news"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "default: 5 articles, 80 passages, generation 3"
    assert "  tags: budget, Écho" in lines
    assert [line for line in lines if line.startswith(("    title", "    published"))] == [
        "    title 4 of 5 (80 %)",
        "    published 3 of 5 (60 %)",
    ]
    assert service.calls == [("collections",), ("status", "news")]


def test_status_rounds_to_the_nearest_per_cent(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    info = replace(INFO, articles=21, completeness=replace(INFO.completeness, title=14))
    monkeypatch.setattr(service, "collections", lambda: [info])
    assert main(["status"]) == 0
    assert "    title 14 of 21 (67 %)" in capsys.readouterr().out


def test_status_names_the_reranker(
    service: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_RERANKER", "cross-encoder/some")
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "reranker: cross-encoder/some"
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reranker"] == "cross-encoder/some"


def test_verify_fails_exactly_when_there_are_problems(service: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    assert capsys.readouterr().out == "default: 5 articles, 80 passages, 2 checks: every promise holds\n"
    service.problems = ("passage p1: text differs from its article",)
    assert main(["verify"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "problem: passage p1: text differs from its article",
        "default: 5 articles, 80 passages, 2 checks: 1 problem",
    ]
    assert main(["verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"] == ["passage p1: text differs from its article"]


def test_rebuild_and_delete_call_their_one_method(service: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild", "--collection", "news"]) == 0
    assert main(["delete", "a/1", "--json"]) == 0
    assert service.calls == [("rebuild", "news"), ("delete", "a/1", "default")]
    assert capsys.readouterr().out.endswith('{\n  "article_id": "a/1",\n  "generation": 4\n}\n')


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (ArticleNotFound("no article\nhas the id 'x'"), 1, "error: no article has the id 'x'"),
        (UnreadableSource("a.txt is no text"), 1, "error: a.txt is no text"),
        (InvalidInput("question: must not be blank", param="question"), 2, "error: question: must not be blank"),
        (InvalidInput("filters.outlet: is blank", param="filters.outlet"), 2, "error: filters.outlet: is blank"),
        (SettingsError("depth: must be above 0", param="depth"), 2, "error: depth: must be above 0"),
        # What stands in a file or folder that was named rightly is no wrong command line.
        (InvalidInput("a.jsonl, line 3, id: is missing", param="id"), 1, "error: a.jsonl, line 3, id: is missing"),
        (InvalidInput("qa.toml: odd", param="config"), 1, "error: qa.toml: odd"),
        (PermissionError(13, "Permission denied", "index"), 1, "error: [Errno 13] Permission denied: 'index'"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_an_error_is_one_line_and_a_code(
    service: StandIn, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, line: str
) -> None:
    service.error = error
    assert main(["ask", "What?"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.strip() == line
    assert service.closed


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["asc", "What?"],
        ["ask"],
        ["ask", "What?", "--top-k", "0"],
        ["ask", "What?", "--top-k", "101"],
        ["ask", "What?", "--retriever", "sparse"],
        ["ask", "What?", "--published-from", "2025-13-01"],
        ["ask", "What?", "--published-from", "2025-12-31", "--published-to", "2025-12-30"],
        ["ask", "What?", "--language", "eng"],
        ["ask", ""],
        ["ask", " \t"],
        ["ask", "x" * 2001],
        ["ask", "caf\udce9?"],
        ["ask", "What?", "--config", "no-such.toml"],
        ["ingest"],
        ["ingest", "no-such-path"],
        ["serve", "--port", "65536"],
    ],
)
def test_a_wrong_command_line_exits_with_2(
    service: StandIn, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().out == ""
    assert service.calls == []


@pytest.mark.parametrize("place", ["before", "after"])
def test_config_may_stand_before_or_after_the_command(service: StandIn, tmp_path: Path, place: str) -> None:
    file = tmp_path / "qa.toml"
    file.write_text("depth = 77\n")
    given = ["--config", str(file)]
    assert main([*given, "status"] if place == "before" else ["status", *given]) == 0
    assert service.settings is not None
    assert service.settings.depth == 77


def test_serve_passes_the_settings_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[Settings] = []
    module = types.ModuleType("qa_service.web.server")
    module.serve = served.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "qa_service.web.server", module)
    assert main(["serve", "--host", "0.0.0.0", "--port", "0", "--allow-anonymous", "--index", str(tmp_path)]) == 0
    assert (served[0].host, served[0].port, served[0].allow_anonymous, served[0].index) == (
        "0.0.0.0",
        0,
        True,
        tmp_path,
    )
    monkeypatch.setenv("QA_ALLOW_ANONYMOUS", "true")
    assert main(["serve"]) == 0
    assert (served[1].host, served[1].port, served[1].allow_anonymous) == ("127.0.0.1", 8000, True)


def test_version_and_help_are_quick_and_load_nothing_heavy() -> None:
    code = "import sys; from qa_service.cli import main; main(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
    loaded = set(done.stderr.split("'"))
    assert "qa_service.cli.app" in loaded
    assert not loaded & {"torch", "numpy", "pydantic", "flask", "sqlalchemy", "tqdm", "qa_service.service"}


def test_progress_is_a_plain_line_every_few_seconds_elsewhere() -> None:
    now = 0.0
    stream = io.StringIO()
    with Progress(stream=stream, clock=lambda: now, every=5) as progress:
        for now in (1.0, 4.9, 5.0, 9.0, 10.5, 30.0):
            progress(IngestProgress(min(int(now), 12), 12, int(now) * 30, now))
    assert stream.getvalue().splitlines() == [
        "5 of 12 files, 150 passages, 30.0 passages/s, about 7 s left",
        "10 of 12 files, 300 passages, 28.6 passages/s, about 2 s left",
    ]


def test_progress_before_the_first_file_promises_no_end() -> None:
    assert describe(IngestProgress(0, 3, 8, 2.0)) == "0 of 3 files, 8 passages, 4.0 passages/s"
    assert describe(IngestProgress(0, 3, 0, 0.0)) == "0 of 3 files, 0 passages"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal() -> None:
    stream = Terminal()
    with Progress(stream=stream) as progress:
        progress(IngestProgress(1, 4, 20, 2.0))
        progress(IngestProgress(3, 4, 60, 6.0))
    last = stream.getvalue().split("\r")[-1]
    assert "3/4" in last
    assert "60 passages, 10.0 passages/s" in last


class Counted(ProgressDisplay[tuple[str, int]]):
    """Another command's: stages of ten."""

    def step(self, told: tuple[str, int]) -> Step:
        stage, done = told
        return Step(stage, "question", done, 10, f"{stage}: {done} of 10 questions")


def test_another_stage_has_another_bar() -> None:
    stream = Terminal()
    with Counted(stream=stream) as progress:
        for told in (("first", 4), ("first", 10), ("second", 3)):
            progress(told)
    drawn = stream.getvalue()
    assert "first: 100%" in drawn
    assert "second:" in drawn and "3/10" in drawn.split("second:")[-1]
