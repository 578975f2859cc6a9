"""`qa-service ingest --format beir` and what `chunking = whole` makes of a corpus, on the fake embedder."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from qa_service.cli.app import main
from qa_service.records import Question
from tests.builders import fake_service, store_of

LONG = " ".join(f"The town of Place{n} has {n} wells." for n in range(100))
"""700 words; the fake embedder reads 256."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_MODEL", "fake")
    monkeypatch.setenv("QA_INDEX", str(tmp_path / "index"))
    return tmp_path / "index"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    metadata = {"source": "AFP", "published_at": "2025-06-07T08:00:00Z", "lang": "en", "author": "Ann"}
    write(
        tmp_path / "news",
        {"_id": "a/1", "title": "Wells", "text": "  Two\nSubscribe lines. ", "metadata": metadata},
        {"_id": "a2", "text": LONG},
        {"_id": "a3", "title": "", "text": " "},
    )
    return tmp_path / "news"


def write(folder: Path, *documents: object) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))


def test_a_corpus_becomes_a_collection(index: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "--format", "beir", str(folder), "--collection", "news"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("3 documents: 2 added, 1 skipped\n2 articles, ")
    assert "skipped a3: text: it contains only boilerplate" in said
    with closing(fake_service(index)) as service:
        article = service.article("a/1", "news")
        assert (article.text, article.meta.title, article.meta.outlet) == ("  Two\nSubscribe lines. ", "Wells", "AFP")
        assert (article.meta.author, article.meta.language, str(article.meta.published)) == ("Ann", "en", "2025-06-07")
        assert service.verify("news").problems == ()
    assert main(["ingest", "--format", "beir", str(folder), "--collection", "news", "--json"]) == 0
    outcomes = [file["outcome"] for file in json.loads(capsys.readouterr().out)["files"]]
    assert outcomes == ["unchanged", "unchanged", "skipped"]


def test_a_wrong_value_is_left_empty_and_refuses_nothing(index: Path, tmp_path: Path) -> None:
    write(tmp_path / "set", {"_id": "x", "text": "Text.", "metadata": {"date": "soon", "source": "AFP"}})
    assert main(["ingest", "--format", "beir", str(tmp_path / "set")]) == 0
    with closing(fake_service(index)) as service:
        meta = service.article("x").meta
        assert (meta.published, meta.outlet) == (None, "AFP")


def test_a_line_that_is_no_document_is_skipped_and_the_exit_code_says_so(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "set", {"_id": "x", "text": "Text.", "metadata": {"date": "soon"}}, 7)
    assert main(["ingest", "--format", "beir", str(tmp_path / "set")]) == 1
    said = capsys.readouterr().out
    assert "skipped corpus.jsonl: line 2: is not a JSON object; skipped." in said
    assert "warning x: line 1 'soon': date: must be a date such as 2025-06-07; left empty." in said
    assert main(["ingest", "--format", "beir", str(tmp_path / "set"), "--skip-unreadable"]) == 0


def test_what_is_no_beir_folder_is_refused(
    index: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for paths in ([folder, folder], [folder / "corpus.jsonl"]):
        assert main(["ingest", "--format", "beir", *map(str, paths)]) == 2
        assert "--format beir takes one PATH, the folder that holds corpus.jsonl." in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["ingest", "--format", "beir", str(tmp_path / "empty")]) == 1
    assert "corpus.jsonl: there is no such file. Give the folder that holds corpus.jsonl." in capsys.readouterr().err


def test_whole_articles_are_passages_and_status_says_so(
    index: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_CHUNKING", "whole")
    assert main(["ingest", "--format", "beir", str(folder)]) == 0
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "2 articles, 2 passages" in said
    assert "chunking: whole, one passage an article; of a long one the model read the beginning alone" in said
    with closing(fake_service(index, chunking="whole")) as service:
        (first, *_) = service.ask(Question("Which town has 3 wells?")).passages
        assert (first.citation.article_id, first.citation.start, first.citation.end) == ("a2", 0, len(LONG))
        assert service.article("a2").text[first.citation.start : first.citation.end] == first.passage.text
        for evidence in first.evidence:
            assert LONG[evidence.start : evidence.end] == evidence.text
        assert service.status().chunking == "whole"
        assert service.verify().problems == ()
        before = service.status().fingerprint
        assert service.rebuild().fingerprint == before
    monkeypatch.delenv("QA_CHUNKING")
    assert main(["ask", "Which town?"]) == 1
    said = capsys.readouterr().err
    assert 'was built with chunking {"chunking": "whole", "pieces": 256}, the settings ask for {"overlap": 2, ' in said


def test_a_default_collection_says_as_little_as_before(index: Path, folder: Path) -> None:
    with closing(fake_service(index)) as service:
        service.ingest_beir(folder)
        assert service.status().chunking == "sentences"
        # Collections of earlier versions have exactly this, and must go on opening.
        assert store_of(service).origin.chunking == '{"overlap": 2, "pieces": 256, "tokens": 256}'
