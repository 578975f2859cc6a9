"""Opening, locking, verifying and healing a collection."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from builders import draft, fake_service, store_of

from qa_service.errors import (
    CollectionBusy,
    CollectionCorrupt,
    CollectionMismatch,
    CollectionNotFound,
    InvalidInput,
)
from qa_service.records import ArticleDraft, ArticleMeta, Question
from qa_service.storage.local import collection as collection_room
from qa_service.storage.local.collection import writer_lock
from qa_service.storage.local.rows import pack_pages
from qa_service.storage.local.schema import SCHEMA_VERSION, articles, blocks, encodings, meta, names, passages
from qa_service.storage.local.segment import Segment


def fill(index: Path, count: int = 3) -> None:
    service = fake_service(index)
    for number in range(count):
        service.add_article(draft(number, tags=("rain", "wells")))
    service.close()


def test_opening_with_other_settings_says_what_to_run(tmp_path: Path) -> None:
    fill(tmp_path)
    other = fake_service(tmp_path, max_tokens=64)
    with pytest.raises(CollectionMismatch, match=r"chunking .*256.* the settings ask for .*64.*qa-service ingest"):
        other.ask(Question("wells"))
    assert other.status().articles == 3  # what needs no vectors still works
    other.close()


def test_opening_with_another_model_is_refused(tmp_path: Path) -> None:
    fill(tmp_path)
    engine = sa.create_engine(f"sqlite:///{tmp_path}/default/catalogue.sqlite3")
    with engine.begin() as connection:
        connection.execute(meta.update().where(meta.c.key == "model_id").values(value="another@1"))
    engine.dispose()
    service = fake_service(tmp_path)
    with pytest.raises(CollectionMismatch, match="model another@1, the settings ask for fake"):
        service.add_article(draft(9))
    service.close()


def test_a_missing_collection_and_a_bad_name(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    with pytest.raises(CollectionNotFound, match="There is no collection 'nowhere'"):
        service.ask(Question("wells", collection="nowhere"))
    assert not (tmp_path / "nowhere").exists()
    service.add_article(draft(1), "wells")
    with pytest.raises(CollectionNotFound, match=r"^There is no collection 'Welsl'; did you mean wells\?$"):
        service.ask(Question("wells", collection="Welsl"))
    with pytest.raises(CollectionNotFound, match=r"^There is no collection 'nowhere'\.$"):
        service.ask(Question("wells", collection="nowhere"))
    for name in ("../up", "", ".hidden", "a/b", "x" * 65):
        with pytest.raises(InvalidInput, match="cannot name a collection"):
            service.add_article(draft(1), name)
    service.close()


def test_a_second_writer_waits_and_then_gets_a_clear_error(tmp_path: Path) -> None:
    folder, entered, leave = tmp_path / "default", Event(), Event()
    folder.mkdir()

    def hold() -> None:
        with writer_lock(folder, wait=0):
            entered.set()
            leave.wait(5)

    holder = Thread(target=hold)
    holder.start()
    entered.wait(5)
    with pytest.raises(CollectionBusy, match="'default'; waited"), writer_lock(folder, wait=0.05):
        pass
    Thread(target=lambda: (time.sleep(0.1), leave.set())).start()
    with writer_lock(folder, wait=5):  # it waits for the first to finish
        assert leave.is_set()
    holder.join()


def add_one(index: Path) -> None:
    service = fake_service(index)
    service.add_article(draft(77, "The quokka of Rottnest is small."))
    service.close()


@pytest.mark.slow
def test_a_server_shows_another_processes_commit_within_two_seconds(tmp_path: Path) -> None:
    fill(tmp_path)
    server = fake_service(tmp_path)
    server.start()
    process = multiprocessing.get_context("spawn").Process(target=add_one, args=(tmp_path,))
    process.start()
    process.join()
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and server.status().articles < 4:
        time.sleep(0.05)
    found = server.ask(Question("quokka of Rottnest"))
    assert found.passages[0].citation.article_id == "article-77"
    server.close()


def test_a_collection_that_cannot_be_asked_does_not_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path)
    server = fake_service(tmp_path)

    def damaged(*_: object, **__: object) -> None:
        raise sa.exc.DatabaseError("SELECT", {}, Exception("database disk image is malformed"))

    with monkeypatch.context() as patched:
        patched.setattr(type(server), "ask", damaged)
        server.start()
    assert server.ready
    assert "is malformed" in caplog.text
    server.close()


def test_lost_or_damaged_indexes_are_derived_again(tmp_path: Path) -> None:
    fill(tmp_path, 5)
    before = fake_service(tmp_path)
    expected = before.ask(Question("wells of Place3"))
    before.close()
    bases = tmp_path / "default" / "bases"
    for damage in (
        lambda: shutil.rmtree(bases),
        lambda: next(bases.iterdir()).joinpath("manifest.json").unlink(),
        lambda: next(bases.iterdir()).joinpath("vectors.faiss").write_bytes(b"short"),
    ):
        damage()
        service = fake_service(tmp_path)
        assert service.ask(Question("wells of Place3")) == expected
        assert service.verify().problems == ()
        service.close()


def while_a_base_is_written(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Run `act` once, in the middle of deriving a base."""
    real, todo = collection_room.write_base, [act]

    def write(*args: Any) -> Path:
        building = real(*args)
        if todo:
            todo.pop()()
        return building

    monkeypatch.setattr(collection_room, "write_base", write)


def test_what_happens_during_a_merge_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 5)
    service = fake_service(tmp_path)

    def change() -> None:
        service.delete_article("article-1")
        service.add_article(draft(7))

    while_a_base_is_written(monkeypatch, change)
    service.rebuild()
    assert service.verify().problems == ()
    found = {p.citation.article_id for p in service.ask(Question("mayor of a town", top_k=50)).passages}
    assert found == {f"article-{n}" for n in (0, 2, 3, 4, 7)}
    service.close()
    again = fake_service(tmp_path)
    assert again.verify().problems == ()
    assert again.status().articles == 5
    again.close()


def test_of_two_merges_at_once_one_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 5)
    one, other = fake_service(tmp_path), fake_service(tmp_path)
    while_a_base_is_written(monkeypatch, other.rebuild)
    one.rebuild()
    assert len(list((tmp_path / "default" / "bases").iterdir())) == 1
    for service in (one, other):
        assert service.verify().problems == ()
        service.close()


def test_a_file_that_is_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "catalogue.sqlite3").write_bytes(b"not a database, but long enough to look at" * 50)
    service = fake_service(tmp_path)
    with pytest.raises(CollectionCorrupt, match=r"catalogue\.sqlite3: is not a catalogue"):
        service.status()
    service.close()


def change_version(index: Path, version: int) -> None:
    engine = sa.create_engine(f"sqlite:///{index}/default/catalogue.sqlite3")
    with engine.begin() as connection:
        connection.execute(meta.update().where(meta.c.key == "schema_version").values(value=str(version)))
    engine.dispose()


def test_schema_versions(tmp_path: Path) -> None:
    fill(tmp_path)
    service = fake_service(tmp_path)
    for version, message in ((SCHEMA_VERSION + 1, "update qa-service"), (0, "ingest the articles into a new")):
        change_version(tmp_path, version)
        with pytest.raises(CollectionMismatch, match=f"schema version {version}, .*{message}"):
            service.status()
    service.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with all of its articles in the base, to be copied."""
    index = tmp_path_factory.mktemp("whole")
    fill(index)
    service = fake_service(index)
    service.rebuild()
    service.close()
    return index


def tampered(index: Path, statement: sa.Executable) -> tuple[str, ...]:
    """What `verify` says after the statement was run on the catalogue behind its back."""
    engine = sa.create_engine(f"sqlite:///{index}/default/catalogue.sqlite3")
    with engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()
    service = fake_service(index)
    problems = service.verify().problems
    service.close()
    return problems


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (articles.update().where(articles.c.number == 1).values(text="Another text."), "does not have the SHA-256"),
        (passages.update().where(passages.c.seq == 1).values(end=passages.c.end - 1), "the id of its place"),
        (passages.update().where(passages.c.seq == 1).values(end=10_000), "does not lie in it"),
        (
            passages.update().where(passages.c.seq == 1).values(sentences=np.array([0, 999, 0], "<i4").tobytes()),
            "lie in it",
        ),
        (encodings.update().where(encodings.c.seq == 2).values(row=0), "not the catalogue's"),
        (encodings.update().where(encodings.c.seq == 2).values(at=1), "not the catalogue's"),
        (encodings.update().where(encodings.c.seq == 2).values(tokens=3), "not the catalogue's"),
        (encodings.delete().where(encodings.c.seq == 2), "has no encoding"),
        (blocks.delete().where(blocks.c.begin == 0), "its blocks do not fill its"),
        (names.delete(), "counts the articles of outlets, authors, languages, tags or fields"),
        (names.update().where(names.c.name == "tags").values(articles=2), "tags or fields wrongly"),
        (articles.update().where(articles.c.number == 1).values(tags='["a"]'), "tags in the index are not those"),
        (articles.update().where(articles.c.number == 1).values(tags='["z", "a"]'), "its tags are not sorted"),
        (articles.update().where(articles.c.number == 1).values(pages=pack_pages([(0, 1), (99_999, 2)])), "its pages"),
        (articles.update().where(articles.c.number == 1).values(pages=pack_pages([(5, 1), (0, 2)])), "its pages"),
        (articles.update().where(articles.c.number == 1).values(pages=pack_pages([(0, 2), (5, 0)])), "its pages"),
        (articles.update().where(articles.c.number == 1).values(pages=pack_pages([(0, 2)])), "fingerprint"),
        (meta.update().where(meta.c.key == "articles").values(value="2"), "counts 2 articles"),
        (meta.update().where(meta.c.key == "fingerprint").values(value="ab"), "fingerprint"),
        (articles.update().where(articles.c.number == 2).values(outlet="Another"), "fingerprint"),
    ],
)
def test_verify_finds_what_was_tampered_with(
    tmp_path: Path, whole: Path, statement: sa.Executable, problem: str
) -> None:
    found = tampered(shutil.copytree(whole, tmp_path / "index"), statement)
    assert any(problem in line for line in found), found


COLUMNS = sorted({field.name for field in fields(Segment)} - {"vectors"})


@pytest.mark.parametrize("file", [*COLUMNS, "df_terms", "df_counts"])
def test_verify_finds_a_column_that_was_tampered_with(tmp_path: Path, whole: Path, file: str) -> None:
    index = shutil.copytree(whole, tmp_path / "index")
    path = next((index / "default" / "bases").iterdir()) / f"{'seq' if file == 'ids' else file}.npy"
    values = np.load(path)
    values[0] += 1
    np.save(path, values)
    service = fake_service(index)
    assert service.verify().problems != ()
    service.rebuild()
    assert service.verify().problems == ()
    service.close()


def test_a_base_that_cannot_be_opened_holds_up_nobody(tmp_path: Path) -> None:
    """It is published by another process while this one holds the writer's lock and while its watcher looks."""
    fill(tmp_path)
    service, other = fake_service(tmp_path), fake_service(tmp_path)
    service.status()
    other.rebuild()
    next((tmp_path / "default" / "bases").iterdir()).joinpath("manifest.json").unlink()
    done = []

    def work() -> None:
        service.add_article(draft(8))
        done.append(service.status().articles)

    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(20)
    assert done == [4]
    assert service.verify().problems == ()
    service.close()
    other.close()


def test_a_nul_in_a_text_does_not_reach_the_catalogue(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    service.ingest_drafts([ArticleDraft("Gold was found.\0 The mine is at Loulo.", "a", ArticleMeta(language="en"))])
    article = service.article("a")
    assert article.text == "Gold was found. The mine is at Loulo."
    (found,) = service.ask(Question("mine at Loulo")).passages
    assert found.passage.text == article.text[found.citation.start : found.citation.end]
    service.close()


def test_one_damaged_collection_does_not_hide_the_others(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "catalogue.sqlite3").write_bytes(b"not a database" * 100)
    service = fake_service(tmp_path)
    assert [info.name for info in service.collections()] == ["default"]
    service.close()


def test_another_title_weight_is_refused_and_not_fought_over(tmp_path: Path) -> None:
    fill(tmp_path)
    other = fake_service(tmp_path, title_weight=2)
    assert other.status().articles == 3
    with pytest.raises(CollectionMismatch, match="title_weight 1, the settings ask for 2"):
        other.ask(Question("wells"))
    other.close()


def test_a_merge_that_cannot_be_done_now_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    service = fake_service(tmp_path)

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(collection_room, "write_base", full)
    store_of(service).maintain()
    service.add_article(draft(8))
    assert service.status().articles == 4
    service.close()


def test_verify_finds_nothing_in_a_sound_collection(tmp_path: Path) -> None:
    fill(tmp_path)
    service = fake_service(tmp_path)
    report = service.verify()
    assert (report.articles, report.problems) == (3, ())
    assert report.passages >= 3
    service.close()
