"""The model under OpenVINO: exported once, equal to torch within .9995, the same bits whatever else is encoded."""

from __future__ import annotations

import logging
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_sentence_model import LONGEST, save_tiny_sentence_model

from qa_service.embedding import Embedder, open_embedder
from qa_service.embedding.exported_model import read_facts, write_facts
from qa_service.errors import ModelUnavailable
from qa_service.files.locks import Lock

pytestmark = pytest.mark.slow

TEXTS = [
    "Where is the mine?",
    "gold",
    "How many wells has the town, and where is the place of the mayor? " * 3,
    "Rain fell . " * 60,
    "mayor " * 15,
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_sentence_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def exports(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny model in exported form."""
    folder = tmp_path_factory.mktemp("index") / ".models"
    open_embedder(str(tiny), (), "openvino", folder)
    return folder


@pytest.fixture
def copied(exports: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exports, tmp_path / ".models"))


def model_folder(exports: Path) -> Path:
    (found,) = (p for p in exports.iterdir() if p.is_dir())
    return found


def test_any_pooling_and_prompt_gives_the_vectors_and_tokens_of_torch(tiny: Path, exports: Path) -> None:
    reference, fast = open_embedder(str(tiny)), open_embedder(str(tiny), ("en",), "openvino", exports)
    assert reference.runtime.startswith("torch ")
    assert fast.runtime.startswith("openvino ")
    assert (fast.model_id, fast.dimension, fast.max_pieces) == (reference.model_id, 12, LONGEST - 2 - 2)
    assert fast.languages == {"en"}
    for text in TEXTS:
        assert fast.count_pieces(text) == reference.count_pieces(text)
        mine, theirs = fast.encode_query(text), reference.encode_query(text)
        assert float(mine.vector @ theirs.vector) > 0.9995
        assert (mine.token_vectors * theirs.token_vectors).sum(axis=1).mean() > 0.9995
        assert mine.token_spans.tolist() == theirs.token_spans.tolist()
        passage, expected = fast.encode_passage(text, 3), reference.encode_passage(text, 3)
        assert float(passage.vector @ expected.vector) > 0.9995
        assert passage.token_spans.tolist() == expected.token_spans.tolist()
        bits = np.unpackbits(passage.token_bits ^ expected.token_bits)
        assert bits.mean() < 0.02  # of dimensions near zero the sign may differ


def bits(embedder: Embedder, text: str) -> tuple[bytes, bytes]:
    encoding = embedder.encode_passage(text, 0)
    return encoding.vector.tobytes(), encoding.token_bits.tobytes()


def test_a_text_has_the_same_bits_in_any_order_thread_and_bulk(tiny: Path, exports: Path) -> None:
    expected = [bits(open_embedder(str(tiny), (), "openvino", exports), text) for text in TEXTS]
    fast = open_embedder(str(tiny), (), "openvino", exports)
    assert [bits(fast, text) for text in reversed(TEXTS)] == expected[::-1]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: bits(fast, text), TEXTS * 5)) == expected * 5
    with fast.bulk(2) as encode_many:
        assert encode_many([]) == []
        for repeats in (1, 10):
            many = encode_many([(text, 0) for text in TEXTS * repeats])
            assert [(e.vector.tobytes(), e.token_bits.tobytes()) for e in many] == expected * repeats


def test_one_process_exports_while_the_others_wait(tiny: Path, exports: Path, tmp_path: Path) -> None:
    model_id = model_folder(exports).name
    later = tmp_path / ".models"
    later.mkdir()
    opened: list[Embedder] = []
    with Lock(later / f"{model_id}.lock"):  # another process exports
        waiting = threading.Thread(target=lambda: opened.append(open_embedder(str(tiny), (), "openvino", later)))
        waiting.start()
        waiting.join(1)
        assert not opened
        shutil.copytree(exports / model_id, later / model_id)
        written = (later / model_id / "facts.json").stat().st_mtime_ns
    waiting.join()
    assert opened[0].model_id == model_id
    assert (later / model_id / "facts.json").stat().st_mtime_ns == written


def test_a_damaged_export_is_made_again(tiny: Path, copied: Path, caplog: pytest.LogCaptureFixture) -> None:
    weights = model_folder(copied) / "model.bin"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    open_embedder(str(tiny), (), "openvino", copied)
    assert weights.read_bytes() == whole
    assert [r.getMessage().partition(" for OpenVINO")[0] for r in caplog.records if "Exporting" in r.getMessage()]


def test_a_runtime_with_other_vectors_is_not_used(tiny: Path, copied: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = model_folder(copied)
    facts = read_facts(folder)
    assert facts is not None
    stored = dict(np.load(folder / "references.npz"))
    stored["vectors"][0] *= -1
    np.savez(folder / "references.npz", **stored)
    write_facts(folder, facts)
    with pytest.raises(ModelUnavailable, match=r"gives other vectors .* is -.*, at least 0\.9995 is needed"):
        open_embedder(str(tiny), (), "openvino", copied)
    with caplog.at_level(logging.WARNING):
        assert open_embedder(str(tiny), (), "auto", copied).runtime.startswith("torch ")
    assert "Torch runs the model instead" in caplog.text


def test_a_model_that_cannot_be_exported_is_tried_once(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa_service.embedding import export
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder

    def fails(*values: object, **named: object) -> None:
        raise TypeError("no such operation")

    embedder = SentenceTransformerEmbedder(str(tiny), tiny)
    folder = tmp_path / ".models" / embedder.model_id
    folder.mkdir(parents=True)
    with monkeypatch.context() as patched:
        patched.setattr(export.openvino, "convert_model", fails)
        facts = export.export(embedder, folder, model_id=embedder.model_id)
    assert facts.unusable == "TypeError: no such operation"
    assert [p.name for p in folder.iterdir()] == ["facts.json"]
    with pytest.raises(ModelUnavailable, match="does not run with OpenVINO: TypeError: no such operation"):
        open_embedder(str(tiny), (), "openvino", folder.parent)
    write_facts(folder, replace(facts, made_by="openvino 1.0, torch 2"))  # a newer OpenVINO may do better
    assert open_embedder(str(tiny), (), "openvino", folder.parent).runtime.startswith("openvino ")


def test_an_export_that_found_the_disk_full_is_tried_again(tiny: Path, tmp_path: Path) -> None:
    later = tmp_path / ".models"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))  # longer files raise OSError; the export inherits it
    try:
        with pytest.raises(ModelUnavailable, match=r"The export of .* failed: OSError: .*model.xml"):
            open_embedder(str(tiny), (), "openvino", later)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert open_embedder(str(tiny), (), "openvino", later).runtime.startswith("openvino ")


def test_an_export_that_takes_too_long_is_given_up(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("qa_service.embedding.exporting.SLOWEST_EXPORT", 0.01)
    assert open_embedder(str(tiny), (), "auto", tmp_path / ".models").runtime.startswith("torch ")
    assert "took longer than 0.01 s" in caplog.text


def test_where_the_export_cannot_be_kept_torch_runs_the_model(
    tiny: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".models").write_text("a file")
    assert open_embedder(str(tiny), (), "auto", tmp_path / ".models").runtime.startswith("torch ")
    assert "cannot be kept here" in caplog.text
    with pytest.raises(ModelUnavailable, match="cannot be kept here"):
        open_embedder(str(tiny), (), "openvino", tmp_path / ".models")


SERVES = """
import sys
from qa_service import ArticleDraft, Service
with Service.open() as service:
    service.ingest_drafts([ArticleDraft("Gold was found in the mine. " * 3, str(n)) for n in range(20)])
    service.ask("Where is gold?")
    print(service.embedder.runtime.split()[0], service.status().runtime.split()[0])
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "openvino_telemetry.main"}
print(sorted(heavy & {name for name, module in sys.modules.items() if module is not None}))
"""


def test_the_process_that_serves_imports_no_torch_and_nothing_is_reported(
    tiny: Path, copied: Path, tmp_path: Path
) -> None:
    """OpenVINO would report its import to its maker, and note that in the home directory."""
    home = tmp_path / "home"
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        environment = {
            **os.environ,
            "HOME": str(home),
            "https_proxy": address,
            "http_proxy": address,
            "QA_MODEL": str(tiny),
            "QA_INDEX": str(copied.parent),
        }
        done = subprocess.run(
            [sys.executable, "-c", SERVES], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.stdout.splitlines() == ["openvino openvino", "[]"], done.stderr
        proxy.settimeout(0.01)
        with pytest.raises(TimeoutError):
            proxy.accept()
    assert list(home.iterdir()) == []


def test_without_nncf_the_model_in_8_bits_says_what_to_install(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_service.embedding.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"needs NNCF to quantise the model: pip install 'qa-service\[int8\]'"):
        open_embedder(str(tiny), (), "openvino-int8", tmp_path / ".models")
    assert [p.suffix for p in (tmp_path / ".models").iterdir()] == [".lock"]


def test_the_model_in_8_bits_tells_its_loss_and_has_another_name(
    tiny: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("nncf", exc_type=ImportError)
    small, exact = open_embedder(str(tiny), (), "openvino-int8", tmp_path / ".models"), open_embedder(str(tiny))
    assert small.model_id == exact.model_id + "+int8"
    assert small.runtime.endswith(" int8")
    facts = read_facts(tmp_path / ".models" / small.model_id)
    assert facts is not None and facts.loss is not None
    mean, least = facts.loss
    assert 0.9 < least < mean < 0.99999
    assert f"in 8 bits: mean cosine to torch {mean:.4f}, smallest {least:.4f}" in caplog.text
    again = open_embedder(str(tiny), (), "openvino-int8", tmp_path / ".models")
    assert bits(again, TEXTS[0]) == bits(small, TEXTS[0])
