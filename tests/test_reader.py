"""Readers: the deterministic one for tests, and the trained one on OpenVINO. No test depends on exact scores."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builders import fake_service

from qa_service.embedding import FakeEmbedder
from qa_service.errors import ModelUnavailable
from qa_service.reader import PACKAGED, Excerpt, FakeReader, Reader, import_reader, open_reader
from qa_service.records import ArticleDraft, ArticleMeta
from qa_service.service import Service
from qa_service.settings import Settings


def excerpt(*sentences: str, title: str | None = None) -> Excerpt:
    """The sentences, each after a space."""
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Excerpt(title, " ".join(sentences), tuple(spans))


BRIDGE = excerpt(
    "The bridge over the Ousel was opened on Monday.",
    "Its architect, Tamsin Brook, spoke for an hour.",
    "Rain is expected for the rest of the week.",
    title="A bridge for Ferrinport",
)
ARCHITECT = "Who is the architect of the bridge?"


def span_texts(read: Excerpt, question: str, reader: Reader) -> list[str | None]:
    return [span and read.text[span.start : span.end] for span in reader.read(question, read).spans]


def test_the_fake_scores_the_share_of_the_questions_long_words_in_sentence_and_title() -> None:
    found = FakeReader().read("Which architect planned this bridge?", BRIDGE)
    # which, architect, planned, this, bridge: the title has "bridge"
    assert found.sentences == pytest.approx([8 / 5 - 4, 16 / 5 - 4, 8 / 5 - 4])
    assert found.answers == max(found.sentences)
    assert found.nothing == 0


def test_the_fake_finds_the_longest_run_of_new_words() -> None:
    asked = "Whose architect is Tamsin?"
    # "Its" and "for" are short, and "architect" and "Tamsin" are asked, so each of them ends a run
    assert span_texts(BRIDGE, asked, FakeReader()) == ["bridge over", "Brook, spoke", "Rain"]


def test_the_fake_has_no_span_without_new_words_and_no_score_without_sentences() -> None:
    alone = FakeReader().read("architect bridge", excerpt("Architect, bridge."))
    assert alone.spans == (None,)
    assert alone.sentences == (4.0,)
    nothing = FakeReader().read("architect bridge", Excerpt(None, "", ()))
    assert (nothing.sentences, nothing.spans, nothing.answers) == ((), (), -4.0)
    assert FakeReader().count_pieces("Two words, no more.") == 4


def test_the_setting_chooses_the_reader() -> None:
    assert open_reader("none") is None
    assert isinstance(open_reader("fake"), FakeReader)
    assert Settings().chosen_reader == "packaged"
    assert Settings(model="fake").chosen_reader == "none"
    assert Settings(model="fake", reader="fake").chosen_reader == "fake"
    import_reader("fake")


def test_a_missing_file_names_the_setting_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"QA_READER: there is no file .*reader\.onnx.*`none`") as found:
        open_reader(str(tmp_path))
    assert found.value.param == "reader"
    (tmp_path / "reader.onnx").write_bytes(b"anything")
    with pytest.raises(ModelUnavailable, match=r"QA_READER: there is no file .*tokenizer\.json"):
        open_reader(str(tmp_path))


@pytest.mark.parametrize("damaged", ["reader.onnx", "tokenizer.json"])
@pytest.mark.slow
def test_a_damaged_file_names_the_setting(tmp_path: Path, damaged: str) -> None:
    for file in ("reader.onnx", "tokenizer.json"):
        content = (PACKAGED / file).read_bytes()
        (tmp_path / file).write_bytes(content[: len(content) // 2] if file == damaged else content)
    with pytest.raises(ModelUnavailable, match=f"QA_READER: .*{damaged}"):
        open_reader(str(tmp_path))


@pytest.mark.slow
def test_another_model_is_no_reader(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="only training needs the package onnx")
    kind, shape = onnx.TensorProto.INT64, [1, "n"]
    ends = [onnx.helper.make_tensor_value_info(name, kind, shape) for name in ("input_ids", "copy")]
    node = onnx.helper.make_node("Identity", ["input_ids"], ["copy"])
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "other", ends[:1], ends[1:]))
    onnx.save(model, str(tmp_path / "reader.onnx"))
    shutil.copy(PACKAGED / "tokenizer.json", tmp_path)
    with pytest.raises(ModelUnavailable, match=r"QA_READER: .*reader\.onnx is no reader"):
        open_reader(str(tmp_path))


def test_the_service_names_the_setting_when_the_reader_is_missing(tmp_path: Path) -> None:
    with fake_service(tmp_path / "index", reader=str(tmp_path / "nowhere")) as service:
        service.ingest_drafts([ArticleDraft("The mill closed in May.", "mill")])
        with pytest.raises(ModelUnavailable, match="QA_READER"):
            service.ask("When did the mill close?")
        assert service.ask("When did the mill close?", answer=False).passages  # nothing is read


def test_the_resources_name_origin_and_hash_of_the_shipped_files() -> None:
    told = (PACKAGED.parent / "README.md").read_text(encoding="utf-8")
    for file in ("reader.onnx", "tokenizer.json"):
        (line,) = [line for line in told.splitlines() if line.startswith(f"| `reader/{file}`")]
        assert hashlib.sha256((PACKAGED / file).read_bytes()).hexdigest() in line, f"{file}: change its SHA-256 there"


def test_a_missing_reader_fails_before_the_embedder_is_opened(tmp_path: Path) -> None:
    missing = Settings(index=tmp_path, model=str(tmp_path / "model"), reader=str(tmp_path / "reader"))
    with Service.open(missing) as service, pytest.raises(ModelUnavailable, match="QA_READER"):
        service.load_models()


@pytest.fixture(scope="module")
def packaged() -> Reader:
    reader = open_reader("packaged")
    assert reader is not None
    return reader


@pytest.mark.slow
def test_the_packaged_reader_prefers_the_sentence_that_answers(packaged: Reader) -> None:
    found = packaged.read(ARCHITECT, BRIDGE)
    assert max(range(3), key=found.sentences.__getitem__) == 1
    assert "Tamsin Brook" in (span_texts(BRIDGE, ARCHITECT, packaged)[1] or "")
    other = packaged.read("How deep is the Mariana Trench?", BRIDGE)
    assert found.answers > other.answers
    assert found.sentences[1] - found.nothing > max(other.sentences) - other.nothing


@pytest.mark.slow
def test_the_same_excerpt_gives_the_same_bits_alone_and_from_four_threads(packaged: Reader) -> None:
    excerpts = [BRIDGE, excerpt("Yes."), excerpt(*["The tram costs 2 crowns now."] * 9), excerpt("Über 3 km?", "No!")]
    alone = [packaged.read(ARCHITECT, one) for one in excerpts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda one: packaged.read(ARCHITECT, one), excerpts * 6))
    assert together == alone * 6
    again = open_reader("packaged")
    assert again is not None
    assert [again.read(ARCHITECT, one) for one in reversed(excerpts)] == alone[::-1]


@pytest.mark.slow
def test_spans_lie_in_their_sentences_whatever_the_text(packaged: Reader) -> None:
    read = excerpt(
        "Straße 7: „Ja“, sagte sie 👩‍🚀.",
        "   ",
        "Ⅳ ﬁve cafe\u0301s — naïve…",
        "مرحبا 12.5%",
        "x" * 300,
        "\u200b\u00ad",
        title="Café №5",
    )
    found = packaged.read("Who said yes in number 7?", read)
    assert len(found.sentences) == len(found.spans) == len(read.sentences)
    for (start, end), span in zip(read.sentences, found.spans, strict=True):
        if span is not None:
            assert start <= span.start < span.end <= end
    assert found.spans[0] is not None
    assert found.spans[1] is None  # no words
    assert found.sentences[1] < min(score for score, span in zip(found.sentences, found.spans, strict=True) if span)


@pytest.mark.slow
def test_sentences_beyond_the_limit_are_unread_and_change_nothing_before_them(packaged: Reader) -> None:
    many = [f"Number {n} of the long list of stations is closed today." for n in range(80)]
    found = packaged.read("Which station is closed?", excerpt(*many))
    assert len(found.sentences) == 80
    unread = [at for at, span in enumerate(found.spans) if span is None]
    assert unread == list(range(unread[0], 80))
    assert {found.sentences[at] for at in unread} == {-20.0}
    assert 10 < unread[0] < 80
    longer = packaged.read("Which station is closed?", excerpt(*many, *many))
    assert longer.sentences[: unread[0]] == found.sentences[: unread[0]]


@pytest.mark.slow
def test_a_long_question_and_a_long_title_leave_room_for_the_text(packaged: Reader) -> None:
    long = excerpt("The mill closed in May.", title="A title without an end " * 40)
    found = packaged.read("Why, after so many years, " * 60 + "did the mill close?", long)
    assert found.spans[0] is not None
    assert found.sentences[0] > -20


@pytest.mark.slow
def test_nothing_to_read_gives_no_sentence(packaged: Reader) -> None:
    for title in (None, "A bridge for Ferrinport"):
        found = packaged.read(ARCHITECT, Excerpt(title, "", ()))
        assert (found.sentences, found.spans) == ((), ())
    assert packaged.read("", BRIDGE).spans[0] is not None
    assert packaged.count_pieces("") == 0
    assert packaged.count_pieces("Tamsin Brook") >= 2


@pytest.mark.slow
def test_another_folder_with_the_same_files_gives_the_same_scores(packaged: Reader, tmp_path: Path) -> None:
    for file in ("reader.onnx", "tokenizer.json"):
        shutil.copy(PACKAGED / file, tmp_path)
    import_reader(str(tmp_path))
    moved = open_reader(str(tmp_path))
    assert moved is not None
    assert moved.model_id == packaged.model_id
    assert moved.read(ARCHITECT, BRIDGE) == packaged.read(ARCHITECT, BRIDGE)


class EnglishReader(FakeReader):
    """A reader of English that lists the questions it was asked."""

    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, question, read):  # type: ignore[no-untyped-def]
        self.asked.append(question)
        return super().read(question, read)


@pytest.mark.parametrize("embedder_reads", [None, frozenset({"en"})])
@pytest.mark.parametrize("languages", [("en", "de"), ("en",)])
def test_a_question_in_a_language_that_the_reader_does_not_read_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder_reads: frozenset[str] | None, languages: tuple[str, ...]
) -> None:
    reader = EnglishReader()
    monkeypatch.setattr("qa_service.service.models.open_reader", lambda setting: reader)
    drafts = [
        ArticleDraft("Die Brücke wurde am Montag von Tamsin Brook geöffnet.", "a", ArticleMeta(language="de")),
        ArticleDraft("The bridge was opened by Tamsin Brook on Monday.", "b", ArticleMeta(language="en")),
    ]
    with Service.open(Settings(index=tmp_path), FakeEmbedder(embedder_reads)) as service:
        service.ingest_drafts([one for one in drafts if one.meta.language in languages])
        german = service.ask("Wer hat die neue Brücke am Montag in der Stadt geöffnet?")
        assert german.passages
        assert reader.asked == []
        service.ask("Who opened the new bridge on Monday in the town?")
        assert reader.asked
