"""Long files come in parts, archives with many files: what is stored, deleted, and reported, through the service."""

from __future__ import annotations

import json
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders import fake_service

from qa_service.ingest import parts, run
from qa_service.records import FileResult, IngestProgress, IngestReport
from qa_service.service import Service

ROWS = 200


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of more than 100 articles are long."""
    monkeypatch.setattr(parts, "SMALL_ARTICLES", 100)


def rows(path: Path, numbers: range, *, changed: int = -1, tail: str = "") -> Path:
    def row(number: int) -> str:
        more = " It was changed." if number == changed else ""
        return json.dumps({"_id": f"r{number}", "text": f"Row {number} tells of the market in Sevare.{more}"})

    path.write_text("".join(f"{row(number)}\n" for number in numbers) + tail, encoding="utf-8")
    return path


def zipped(path: Path, contents: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def outcomes(report: IngestReport) -> list[tuple[str, str]]:
    return [(file.file, file.outcome) for file in report.files]


def stored(service: Service) -> set[str]:
    return {one.article_id for one in service.articles(limit=1000).articles}


def finished(service: Service, job_id: str) -> tuple[str, tuple[FileResult, ...]]:
    for _ in range(600):
        job = service.job(job_id)
        if job.state not in ("queued", "running"):
            return job.state, job.files
        time.sleep(0.1)
    raise AssertionError(job.state)


def test_a_long_file_is_replaced_part_by_part(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    file = rows(tmp_path / "a.jsonl", range(ROWS))
    first = service.ingest(file)
    assert outcomes(first) == [("a.jsonl", "added")]
    assert (first.articles, first.generation > 1, first.files[0].kind) == (ROWS, True, "JSON Lines")
    assert [a.article_id for a in first.files[0].articles] == [f"r{n}" for n in range(ROWS)]
    again = service.ingest(file)
    assert (outcomes(again), again.generation) == ([("a.jsonl", "unchanged")], first.generation)
    rows(file, range(20, ROWS + 20), changed=50)
    assert outcomes(service.ingest(file)) == [("a.jsonl", "replaced")]
    assert stored(service) == {f"r{n}" for n in range(20, ROWS + 20)}
    assert service.article("r50").text.endswith("It was changed.")
    assert service.verify().problems == ()
    service.close()


def test_a_crash_leaves_old_and_new_and_the_next_ingest_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = fake_service(tmp_path / "index")
    file = rows(tmp_path / "a.jsonl", range(ROWS))
    service.ingest(file)
    rows(file, range(100, ROWS + 100))
    commit, calls = run.commit_lot, []

    def crash(*values: object) -> list[FileResult]:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("power cut")
        return commit(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "commit_lot", crash)
    with pytest.raises(OSError, match="power cut"):
        service.ingest(file)
    assert stored(service) > {f"r{n}" for n in range(ROWS)}
    monkeypatch.setattr(run, "commit_lot", commit)
    service.ingest(file)
    assert stored(service) == {f"r{n}" for n in range(100, ROWS + 100)}
    service.close()


def test_cancelled_in_a_long_file(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    file, other = rows(tmp_path / "a.jsonl", range(1000)), rows(tmp_path / "b.jsonl", range(2000, 2010))
    seen: list[IngestProgress] = []
    report = service.ingest([file, other], progress=seen.append, cancelled=lambda: any(p.passages for p in seen))
    assert outcomes(report) == [("a.jsonl", "cancelled"), ("b.jsonl", "cancelled")]
    assert 0 < len(report.files[0].articles) < 1000
    assert {a.article_id for a in report.files[0].articles} == stored(service)
    assert any(p.current == "a.jsonl" for p in seen)
    assert outcomes(service.ingest([file, other])) == [("a.jsonl", "added"), ("b.jsonl", "added")]
    assert service.status().articles == 1010
    service.close()


def test_another_long_file_of_the_same_bare_name_is_kept_beside(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    for number, folder in enumerate(("2024", "2025")):
        (tmp_path / folder).mkdir()
        service.ingest(rows(tmp_path / folder / "export.jsonl", range(number * 1000, number * 1000 + ROWS)))
    assert len(stored(service)) == 2 * ROWS
    service.ingest(rows(tmp_path / "2025" / "export.jsonl", range(1000, 1150)))
    assert stored(service) == {f"r{n}" for n in [*range(ROWS), *range(1000, 1150)]}
    service.close()


def test_an_id_of_another_file_stops_a_long_file(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    service.ingest(rows(tmp_path / "first.jsonl", range(150, 151)))
    (result,) = service.ingest(rows(tmp_path / "long.jsonl", range(ROWS))).files
    assert result.outcome == "skipped"
    assert (result.reason or "").startswith(
        "long.jsonl: article id 'r150' belongs to another article, from first.jsonl"
    )
    assert service.article("r150").meta.source == "first.jsonl"
    service.close()


def test_the_files_of_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    service = fake_service(tmp_path / "index")
    text = "The {} of Sevare opened a market on Monday, and {} came from all over the region."
    one, two, three = (text.format(*words) for words in (("mayor", "cars"), ("judge", "boats"), ("nurse", "trains")))
    (tmp_path / "news").mkdir()
    path = zipped(tmp_path / "news" / "a.zip", {"one.txt": one, "b/two.txt": two, "empty.txt": ""})
    report = service.ingest(path.parent)
    assert [(f.file, f.outcome, f.kind) for f in report.files] == [
        ("a.zip/one.txt", "added", "plain text"),
        ("a.zip/b/two.txt", "added", "plain text"),
        ("a.zip/empty.txt", "skipped", None),
    ]
    assert not list(Path(tempfile.gettempdir()).glob("qa-service-*")), "unpacked files are left"
    zipped(path, {"b/two.txt": two, "three.txt": three})
    again = outcomes(service.ingest(path.parent))
    assert again == [("a.zip/b/two.txt", "unchanged"), ("a.zip/three.txt", "added")]
    sources = {one.meta.source for one in service.articles().articles}
    assert sources == {"a.zip/b/two.txt", "a.zip/three.txt"}
    assert service.verify().problems == ()
    service.close()


def test_a_job_with_an_archive_has_a_result_for_each_file(tmp_path: Path) -> None:
    service = fake_service(tmp_path / "index")
    service.start()
    path = zipped(tmp_path / "a.zip", {"one.txt": "One market in Sevare.", "empty.txt": ""})
    files = [("a.zip", path.read_bytes()), ("b.txt", b"Another market in Mopti."), ("c.zip", b"PK\x03\x04 cut off")]
    state, results = finished(service, service.submit_files(files).job_id)
    assert (state, [(f.file, f.outcome) for f in results]) == (
        "done",
        [("a.zip/one.txt", "added"), ("a.zip/empty.txt", "skipped"), ("b.txt", "added"), ("c.zip", "skipped")],
    )
    service.close()
