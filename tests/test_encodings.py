"""The files of vectors and tokens: what is committed is whole, what is not committed does not exist."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from builders import draft, fake_service, store_of

from qa_service.errors import CollectionCorrupt, CollectionMismatch, Conflict
from qa_service.records import Question
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.conformance.articles import ORIGIN, all_ids, encoded_article, some_articles
from qa_service.storage.local import collection as collection_room
from qa_service.storage.local.appended import Appended, create_files
from qa_service.storage.local.encodings import FILES, Extent, Place, Places, open_encodings
from qa_service.storage.local.store import LocalEngine, LocalStore
from qa_service.storage.local.token_format import pack_places, sentences_of_marks, spans_of_marks, unpack_wide
from qa_service.storage.port import NO_FILTERS


def folder_of(store: LocalStore) -> Path:
    """The only folder of files."""
    (folder,) = store.catalogue.files.iterdir()
    return folder


def marks_of(spans: list[tuple[int, int]], sentence: list[int]) -> tuple[list[int], bool]:
    packed, wide = pack_places(np.array(spans, np.int32).reshape(-1, 2), np.array(sentence, np.int64))
    return list(packed), wide


def test_a_token_takes_one_byte_for_its_place() -> None:
    # title; "An", "ox" a space on, "ate" 3 on in the same sentence; then a new one, 2 on, of 31 code points
    spans = [(0, 0), (0, 2), (3, 5), (8, 11), (13, 44)]
    marks, wide = marks_of(spans, [-1, 0, 0, 0, 1])
    assert not wide
    assert marks == [0, 0b1_00_00010, 0b0_01_00010, 0b0_11_00011, 0b1_10_11111]
    assert spans_of_marks(np.array(marks, np.uint8)).tolist() == [list(span) for span in spans]
    two = np.array(marks + marks, np.uint8)
    assert sentences_of_marks(two, np.array([0, 5, 10])).tolist() == 2 * [-1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ([(0, 2), (6, 7)], [0, 0]),  # a gap of 4
        ([(0, 32)], [0]),  # a length of 32
        ([(0, 2), (1, 2)], [0, 0]),  # word pieces that share a character
        ([(0, 2), (3, 4)], [0, 2]),  # a sentence without tokens
        ([(1, 2), (3, 3)], [0, -1]),  # an empty token that is not at 0
    ],
)
def test_what_marks_cannot_express_is_kept_whole(spans: list[tuple[int, int]], sentence: list[int]) -> None:
    packed, wide = marks_of(spans, sentence)
    assert wide
    expected = [[*span, number] for span, number in zip(spans, sentence, strict=True)]
    assert unpack_wide(np.array(packed, np.uint8)).tolist() == expected


def test_compact_and_wide_records_are_read_together(tmp_path: Path) -> None:
    """Three passages of tokens of 2 bytes; the second is wide, the third has no tokens."""
    extent = Extent(create_files(tmp_path), 2)
    appended = Appended(tmp_path, extent)
    places = []
    for spans, sentence in (([(0, 0), (0, 3)], [-1, 0]), ([(0, 1), (9, 12)], [0, 1]), ([], [])):
        bits = np.arange(2 * len(spans), dtype=np.uint8).reshape(-1, 2)
        encoding = PassageEncoding(np.array([0.6, 0.8], np.float32), bits, np.array(spans, np.int32).reshape(-1, 2))
        places.append(appended.add(encoding, np.array(sentence, np.int64)))
    assert places == [Place(0, 0, 2, False), Place(1, 6, 2, True), Place(2, 34, 0, False)]
    assert [(block.file, block.begin, block.end) for block in appended.write()] == [
        (FILES[0], 0, 24),
        (FILES[1], 0, 34),
    ]
    files = open_encodings(tmp_path, appended.extent)
    assert files.vectors.tolist() == 3 * [[np.float32(0.6), np.float32(0.8)]]
    _, at, tokens, wide = zip(*(places[n] for n in (2, 1, 0)), strict=True)
    asked = Places(np.array(at), np.array(tokens), np.array(wide))
    read = files.tokens(asked, np.array([1, 2, 3]))
    assert (read.offsets.tolist(), read.siblings.tolist()) == ([0, 0, 2, 4], [1, 2, 3])
    assert read.bits.tolist() == [[0, 1], [2, 3], [0, 1], [2, 3]]
    assert read.sentence.tolist() == [0, 1, -1, 0]
    assert [spans.tolist() for spans in files.spans(asked)] == [[], [[0, 1], [9, 12]], [[0, 0], [0, 3]]]


def test_an_encoding_of_another_shape_is_refused(tmp_path: Path) -> None:
    store = LocalEngine(tmp_path).open("tests", ORIGIN)
    store.write([encoded_article(1)])
    one = encoded_article(2)
    vector = one.encodings[0].vector
    for bad, message in (
        (
            PassageEncoding(vector[:8], np.zeros((1, 2), np.uint8), np.zeros((1, 2), np.int32)),
            r"shape \(8,\).*wanted 16",
        ),
        (PassageEncoding(vector, np.zeros((1, 2), np.uint8), np.zeros((2, 2), np.int32)), "a span for each token"),
        (PassageEncoding(vector, np.zeros((1, 3), np.uint8), np.zeros((1, 2), np.int32)), "have 3 bytes.*have 2"),
    ):
        with pytest.raises(CollectionMismatch, match=message):
            store.write([type(one)(one.article, one.passages, (bad,) * len(one.passages))])
    assert store.refresh().info.articles == 1
    assert store.verify().problems == ()
    store.close()


def test_what_an_unfinished_commit_left_does_not_exist(tmp_path: Path) -> None:
    store = LocalEngine(tmp_path).open("tests", ORIGIN)
    store.write(some_articles(3))
    sizes = [(folder_of(store) / file).stat().st_size for file in FILES]
    for file in FILES:
        with (folder_of(store) / file).open("ab") as opened:
            opened.write(b"\xff" * 100_000)
    again = LocalEngine(tmp_path).open("tests")
    assert again.verify().problems == ()
    again.write([encoded_article(3)])
    added = len(encoded_article(3).passages)
    assert (folder_of(store) / FILES[0]).stat().st_size == sizes[0] + added * 16 * 4
    assert again.verify().problems == ()
    assert store.refresh().info.articles == 4
    store.close()
    again.close()


def test_a_refused_commit_appends_nothing(tmp_path: Path) -> None:
    store = LocalEngine(tmp_path).open("tests", ORIGIN)
    store.write(some_articles(3))
    before = [(folder_of(store) / file).read_bytes() for file in FILES]
    with pytest.raises(Conflict, match="has the id of another"):
        store.write([encoded_article(8), encoded_article(2)])
    assert [(folder_of(store) / file).read_bytes() for file in FILES] == before
    store.close()


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("file", FILES)
def test_damaged_files_are_told(tmp_path: Path, file: str) -> None:
    service = fake_service(tmp_path / "sound")
    service.add_article(draft(1))
    service.close()
    damages: list[tuple[Callable[[Path], None], str]] = [
        (shorten, rf"{file}: has \d+ bytes, the catalogue names \d+. Restore"),
        (Path.unlink, f"{file}: cannot be read"),
    ]
    for number, (damage, message) in enumerate(damages):
        index = shutil.copytree(tmp_path / "sound", tmp_path / str(number))
        damage(next((index / "default" / "encodings").iterdir()) / file)
        broken = fake_service(index)
        with pytest.raises(CollectionCorrupt, match=message):
            broken.status()
        broken.close()
    index = shutil.copytree(tmp_path / "sound", tmp_path / "flipped")
    flip(next((index / "default" / "encodings").iterdir()) / file)
    flipped = fake_service(index)
    problems = flipped.verify().problems
    assert any(line.startswith(f"{file}: bytes 0 to") and "SHA-256" in line for line in problems), problems
    flipped.close()


def test_deleted_passages_leave_the_files_once_they_hold_a_third(tmp_path: Path) -> None:
    service = fake_service(tmp_path)
    for number in range(130):
        service.add_article(draft(number))
    store = store_of(service)
    for number in range(60):
        service.delete_article(f"article-{number}")
    old = store.snapshot()
    ids = old.nearest(np.ones(64, np.float32), 1000, NO_FILTERS).ids
    expected = old.tokens(ids)
    service.rebuild()  # 60 of 130 are fewer than 64
    assert (folder_of(store) / FILES[0]).stat().st_size == 130 * 64 * 4
    store.write(deleted=[f"article-{number}" for number in range(60, 66)])
    answer = service.ask(Question("wells of Place99"))
    other = fake_service(tmp_path)
    assert other.status().passages == 64
    service.rebuild()
    assert (folder_of(store) / FILES[0]).stat().st_size == 64 * 64 * 4
    assert service.verify().problems == ()
    assert service.ask(Question("wells of Place99")) == answer
    assert other.ask(Question("wells of Place99")) == answer
    again = old.tokens(ids)
    assert (again.bits.tolist(), again.sentence.tolist()) == (expected.bits.tolist(), expected.sentence.tolist())
    other.add_article(draft(200))
    assert other.verify().problems == ()
    assert store.refresh().info.articles == 65
    other.close()
    service.close()


def test_additions_and_deletions_during_a_compaction_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalEngine(tmp_path).open("tests", ORIGIN)
    store.write(some_articles(90))
    store.write(deleted=[f"article/{number}" for number in range(60)])
    old = folder_of(store)
    real, todo = collection_room.write_base, [1]

    def write(*args: object) -> Path:
        building: Path = real(*args)  # type: ignore[arg-type]
        if todo:
            todo.pop()
            store.write([encoded_article(300)], ["article/70"])
        return building

    monkeypatch.setattr(collection_room, "write_base", write)
    store.rebuild()
    assert folder_of(store).name != old.name
    assert store.verify().problems == ()
    snapshot = store.snapshot()
    assert snapshot.info.articles == 30
    assert len(snapshot.passages_of("article/300")) == 1
    assert len(snapshot.tokens(all_ids(snapshot))) == snapshot.info.passages
    store.close()
