from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa_service.embedding import Embedder, FakeEmbedder, open_embedder
from qa_service.embedding.on_disk import PUBLISHED_SHA256, check_weights, packaged_model_path
from qa_service.errors import ModelUnavailable


@pytest.fixture(scope="module")
def packaged() -> Iterator[Embedder]:
    yield open_embedder("packaged")


def check_protocol(embedder: Embedder) -> None:
    whole, begin = "Gold\nThe mine at Loulo — 🙂 — made gold.", 5
    passage = embedder.encode_passage(whole, begin)
    assert passage.vector.shape == (embedder.dimension,)
    assert passage.vector.dtype == np.float32
    assert abs(float(np.linalg.norm(passage.vector)) - 1) < 1e-5
    assert len(passage.token_bits) == len(passage.token_spans) == embedder.count_pieces(whole)
    text = whole[begin:]
    assert passage.token_spans[0].tolist() == [0, 0]  # the title's
    assert text[slice(*passage.token_spans[1])] == "The"
    assert text[slice(*passage.token_spans[-1])] == "."
    question = embedder.encode_query("Where is gold?")
    assert np.allclose(np.linalg.norm(question.token_vectors, axis=1), 1, atol=1e-5)
    assert question.token_spans.tolist() == [[0, 5], [6, 8], [9, 13], [13, 14]]
    again = embedder.encode_passage(whole, begin)
    assert again.vector.tobytes() == passage.vector.tobytes()
    assert again.token_bits.tobytes() == passage.token_bits.tobytes()


def test_the_fake_keeps_the_protocol_and_knows_shared_words() -> None:
    fake = FakeEmbedder()
    check_protocol(fake)
    near, far = (fake.encode_passage(t, 0).vector for t in ("gold in the mine", "rain fell all day"))
    question = fake.encode_query("mine of gold").vector
    assert question @ near > question @ far + 0.3
    assert len(fake.encode_query("").token_vectors) == 0


@pytest.mark.parametrize(("named", "read"), [((), None), (("all",), None), (("en", "fr"), frozenset({"en", "fr"}))])
def test_a_model_reads_the_languages_that_are_named(named: tuple[str, ...], read: frozenset[str] | None) -> None:
    assert open_embedder("fake", named).languages == read


@pytest.mark.slow
def test_the_packaged_model_keeps_the_protocol(packaged: Embedder) -> None:
    check_protocol(packaged)
    assert packaged.languages == {"en"}
    assert packaged.model_id == f"all-MiniLM-L6-v2@{PUBLISHED_SHA256[:16]}"
    assert (packaged.dimension, packaged.max_pieces) == (384, 254)


@pytest.mark.slow
def test_the_packaged_model_gives_the_library_own_vectors(packaged: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(packaged_model_path()), device="cpu")
    text = "The Russian company Yadran has partnered with Mali to build a new gold refinery."
    expected = library.encode(text, show_progress_bar=False)
    assert np.allclose(packaged.encode_query(text).vector, expected, atol=1e-6)


@pytest.mark.slow
def test_any_model_is_loaded_by_its_path_and_named_by_its_weights(packaged: Embedder, tmp_path: Path) -> None:
    copy = tmp_path / "my-model"
    shutil.copytree(packaged_model_path(), copy)
    opened = open_embedder(str(copy))
    assert opened.model_id.startswith("my-model@")
    question = "Who commands the Africa Corps?"
    assert opened.encode_query(question).vector.tobytes() == packaged.encode_query(question).vector.tobytes()


def test_a_model_that_is_not_on_disk_says_what_to_do() -> None:
    with pytest.raises(ModelUnavailable, match="no model 'no-such/model' on this machine, and nothing is downloaded"):
        open_embedder("no-such/model")


def test_that_there_is_no_model_is_said_before_torch_is_loaded() -> None:
    code = """
import sys
from qa_service.embedding import open_embedder
from qa_service.embedding import open_reranker
from qa_service.errors import ModelUnavailable
for opened in (open_embedder, open_reranker):
    try:
        opened("/no/such/model")
    except ModelUnavailable:
        print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match="is not a usable sentence-transformers model"):
        open_embedder(str(tmp_path))


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"changed")
    check_weights(weights, hashlib.sha256(b"changed").hexdigest())
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors: SHA-256 is .*Reinstall|reinstall"):
        check_weights(weights, PUBLISHED_SHA256)
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        check_weights(tmp_path / "missing", PUBLISHED_SHA256)
