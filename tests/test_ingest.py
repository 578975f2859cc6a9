"""What an ingest does with article ids, blank drafts, many ids, and collections that are not there yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from builders import draft, fake_service, store_of

from qa_service.embedding import FakeEmbedder
from qa_service.errors import CollectionNotFound, InvalidInput
from qa_service.ingest import plan as planning
from qa_service.ingest import run
from qa_service.ingest.encode import Chunking, open_encoder
from qa_service.ingest.plan import plan
from qa_service.ingest.run import ingest_sources
from qa_service.ingest.source import Source
from qa_service.records import Article, ArticleDraft, ArticleMeta, IngestReport
from qa_service.service import Service
from qa_service.storage.local.store import LocalStore


def source(name: str, **texts: str) -> Source:
    """A file with these articles, by id."""
    return Source(
        name, name, tuple(Article(i, text, ArticleMeta(language="en", source=name)) for i, text in texts.items())
    )


def ingest(service: Service, *sources: Source) -> IngestReport:
    with open_encoder(service.embedder, Chunking(256, 256, 1)) as encoder:
        return ingest_sources(store_of(service), sources, encoder, total=len(sources))


def outcomes(report: IngestReport) -> list[tuple[str, str]]:
    return [(f.file, f.outcome) for f in report.files]


A = source("a.jsonl", one="Gold was found in the old mine.", two="Silver was found near the river.")
B = source("b.jsonl", one="Salt is traded in the desert.", three="Copper is heavy.")


@pytest.mark.parametrize("lot", [1, 64])
def test_an_id_of_another_file_skips_the_later_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lot: int) -> None:
    monkeypatch.setattr(run, "ARTICLES_PER_COMMIT", lot)
    service = fake_service(tmp_path)
    service.start()
    first = ingest(service, A, B)
    assert outcomes(first) == [("a.jsonl", "added"), ("b.jsonl", "skipped")]
    assert first.files[1].articles == ()
    assert first.files[1].reason == (
        "b.jsonl: article id 'one' belongs to another article, from a.jsonl. "
        "Give this article a different id, or delete the other article."
    )
    again = ingest(service, A, B)
    assert outcomes(again) == [("a.jsonl", "unchanged"), ("b.jsonl", "skipped")]
    assert again.generation == first.generation
    assert outcomes(ingest(service, B, A)) == [("b.jsonl", "skipped"), ("a.jsonl", "unchanged")]
    assert [a.article_id for a in service.articles().articles] == ["one", "two"]
    service.close()


def test_an_id_that_its_file_gives_up_is_free(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.start()
    ingest(service, A)
    without = source("a.jsonl", two="Silver was found near the river.")
    assert outcomes(ingest(service, without, B)) == [("a.jsonl", "replaced"), ("b.jsonl", "added")]
    assert [(a.article_id, a.meta.source) for a in service.articles().articles] == [
        ("one", "b.jsonl"),
        ("three", "b.jsonl"),
        ("two", "a.jsonl"),
    ]
    assert service.verify().problems == ()
    service.close()


def test_sources_before_an_unreadable_one_are_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ARTICLES_PER_COMMIT", 1)
    service = fake_service(tmp_path)
    service.start()

    def sources() -> Iterator[Source]:
        yield A
        raise InvalidInput("corpus.jsonl, line 2: is no JSON.")

    with pytest.raises(InvalidInput, match="line 2"), open_encoder(service.embedder, Chunking(256, 256, 1)) as encoder:
        ingest_sources(store_of(service), sources(), encoder, total=2)
    assert [a.article_id for a in service.articles().articles] == ["one", "two"]
    assert not [t for t in threading.enumerate() if t.name == "ahead"]
    service.close()


def test_an_ingest_that_fails_to_commit_ends_its_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*values: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(run, "ARTICLES_PER_COMMIT", 1)
    service = fake_service(tmp_path)
    service.start()
    monkeypatch.setattr(LocalStore, "write", fails)
    with pytest.raises(OSError, match="disk full"):
        ingest(service, *(source(f"{n}.txt", **{f"id{n}": f"Text {n} of the file."}) for n in range(20)))
    assert not [t for t in threading.enumerate() if t.name == "ahead"]
    service.close()


def test_a_posted_article_replaces_the_one_of_its_id(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.start()
    ingest(service, A)
    for posted in (
        ArticleDraft("Sent.", "one", ArticleMeta(source="c")),
        ArticleDraft("Posted.", article_id="one"),
    ):
        assert service.add_article(posted)[2]
        assert service.article("one").text == posted.text
    service.close()


@pytest.mark.parametrize("lot", [1, 64])
def test_of_two_drafts_with_one_id_the_first_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lot: int) -> None:
    monkeypatch.setattr(run, "ARTICLES_PER_COMMIT", lot)
    service = fake_service(tmp_path)
    drafts = [draft(1), draft(1, "Another text."), draft(1), draft(2)]
    report = service.ingest_drafts(drafts)
    assert [f.outcome for f in report.files] == ["added", "skipped", "unchanged", "added"]
    assert service.article("article-1").text == draft(1).text
    edited = service.ingest_drafts([draft(1, "Another text.")])  # by itself it replaces what is stored
    assert [f.outcome for f in edited.files] == ["replaced"]
    service.close()


def test_a_blank_draft_is_skipped_and_the_rest_stored(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    report = service.ingest_drafts([draft(1), ArticleDraft("\u200b\u200b", article_id="blank"), draft(2)])
    assert outcomes(report) == [("article-1", "added"), ("blank", "skipped"), ("article-2", "added")]
    assert (report.files[1].reason or "").startswith("blank: text: it contains only boilerplate")
    assert service.status().articles == 2
    service.close()


def test_ids_are_asked_for_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    for name in ("articles_with_ids", "passage_counts"):
        whole = getattr(LocalStore, name)

        def counted(self: LocalStore, *values: Sequence[str], whole: object = whole) -> object:
            asked.append(len(values[-1]))
            return whole(self, *values)  # type: ignore[operator]

        monkeypatch.setattr(LocalStore, name, counted)
    monkeypatch.setattr(planning, "IDS_PER_QUERY", 10)
    service = fake_service(tmp_path)
    service.start()
    many = source("many.jsonl", **{f"id{n}": f"Text {n} of the file." for n in range(25)})
    report = ingest(service, many)
    assert asked == [10, 10, 5] * 3  # planned, planned again under the lock, counted
    assert [(a.article_id, a.passages) for a in report.files[0].articles] == [(f"id{n}", 1) for n in range(25)]
    assert outcomes(ingest(service, many)) == [("many.jsonl", "unchanged")]
    service.close()


@pytest.mark.slow
def test_a_file_of_300_000_articles_can_be_compared(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.start()
    many = Source(
        "x", "x", tuple(Article(f"id{n}", "t", ArticleMeta(language="en", source="x")) for n in range(300_000))
    )
    batch = plan(store_of(service), [many])
    assert (len(batch.added), batch.outcomes[0].outcome) == (300_000, "added")
    service.close()


def test_an_ingest_with_nothing_to_store_creates_no_collection(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    service = fake_service(tmp_path / "index")
    report = service.ingest([tmp_path / "empty.txt"], "odd")
    assert (report.generation, report.articles, outcomes(report)) == (0, 0, [("empty.txt", "skipped")])
    assert report.files[0].reason == "empty.txt: is empty."
    assert service.ingest_drafts([], "odd").files == ()
    with pytest.raises(InvalidInput, match="cannot name a collection"):
        service.ingest([tmp_path / "empty.txt"], "../odd")
    with pytest.raises(CollectionNotFound):
        service.status("odd")
    assert not (tmp_path / "index" / "odd").exists()
    service.close()


def test_the_files_before_the_first_that_is_stored_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.txt").write_text("The mayor of Sevare opened a market on Monday.")
    service = fake_service(tmp_path / "index")
    seen: list[tuple[int, int]] = []
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    report = service.ingest(paths, "odd", lambda p: seen.append((p.done_files, p.total_files)))
    assert outcomes(report) == [("a.txt", "skipped"), ("b.txt", "added")]
    assert seen == [(2, 2)]
    assert service.status("odd").articles == 1
    service.close()


def test_recording_a_file_of_a_job_makes_no_generation(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.add_article(draft(1))
    before, store = service.status(), store_of(service)
    assert store.write(done={("j", 0): "{}", ("j", 2): "[]"}) == before.generation
    assert store.write(done={("k", 1): "{}"}) == before.generation
    assert store.refresh().info == before
    assert store.done_files("j") == {0: "{}", 2: "[]"}
    store.forget_job("j")
    assert (store.done_files("j"), store.done_files("k")) == ({}, {1: "{}"})
    service.close()


def test_an_ingest_keeps_to_the_cores_that_a_container_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []
    monkeypatch.setattr(FakeEmbedder, "bulk", lambda _, cores: nullcontext(used.append(cores)))
    monkeypatch.setattr("qa_service.ingest.encode.cores", lambda: 3)
    with open_encoder(FakeEmbedder(), Chunking(256, 256, 1)):
        assert used == [3]
