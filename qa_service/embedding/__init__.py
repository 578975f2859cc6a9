"""Embedders and the reranker. `open_embedder` and `open_reranker` choose the backend, and import torch when needed."""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_service.embedding.fake import FakeEmbedder
from qa_service.embedding.on_disk import PUBLISHED_SHA256, find_model, packaged_model_path, stay_offline, weights_hash
from qa_service.embedding.protocol import Embedder
from qa_service.errors import ModelUnavailable

if TYPE_CHECKING:
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

__all__ = ["Embedder", "FakeEmbedder", "import_runtime", "languages_read", "open_embedder", "open_reranker"]

logger = logging.getLogger(__name__)

PACKAGED_READS = frozenset({"en"})
ALL = "all"
INT8 = "openvino-int8"


def open_embedder(
    model: str, languages: Collection[str] = (), runtime: str = "torch", exports: Path | None = None
) -> Embedder:
    """The embedder for the setting `model`: `packaged`, `fake`, or a sentence-transformers name or path.

    Args:
        languages: those that the model reads, or `all`. By default the packaged model reads English, others all.
        runtime: `torch`, `openvino`, `openvino-int8`, or `auto`: OpenVINO if the exported model agrees with torch,
            else torch.
        exports: the folder that keeps exported models. If it is None, torch runs the model.

    Raises:
        ModelUnavailable: the model is not on disk, or its weights differ from the published ones. With `openvino` or
            `openvino-int8`, also: the model does not run with OpenVINO.
    """
    read = languages_read(model, languages)
    if model == "fake":
        return FakeEmbedder(read)
    stay_offline()
    source = _Source.of(model)
    if runtime != "torch" and exports is not None:
        try:
            return _open_openvino(source, read, exports, int8=runtime == INT8)
        except ModelUnavailable as error:
            if runtime != "auto":
                raise
            logger.warning("%s Torch runs the model instead, which is slower.", error.message)
    from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(source.model, source.path(), read, source.name, source.sha256)


@dataclass(frozen=True)
class _Source:
    """A model on disk: the setting `model`, the model's name, and the SHA-256 of its weights."""

    model: str
    name: str
    sha256: str
    folder: Path | None

    @classmethod
    def of(cls, model: str) -> _Source:
        if model == "packaged":  # torch checks the hash when it reads the weights; OpenVINO does not need them
            return cls(model, "all-MiniLM-L6-v2", PUBLISHED_SHA256, None)
        folder = find_model("model", model, "a sentence-transformers model")
        return cls(model, Path(model).name, weights_hash(folder), folder)

    @property
    def model_id(self) -> str:
        return f"{self.name}@{self.sha256[:16]}"

    def path(self) -> Path:
        return packaged_model_path() if self.folder is None else self.folder


def import_runtime(model: str, runtime: str) -> None:
    """Import the modules that `open_embedder` will need. This loads no model and starts no thread.

    A server calls it before the fork, so that its processes share the modules. It does not import torch, which starts
    threads.
    """
    if model != "fake" and runtime != "torch":
        with suppress(ImportError):  # `open_embedder` says what is missing
            import qa_service.embedding.exporting  # noqa: F401


def _open_openvino(source: _Source, languages: frozenset[str] | None, exports: Path, *, int8: bool) -> Embedder:
    # the vectors in 8 bits differ, so collections of the full model refuse them
    model_id = source.model_id + ("+int8" if int8 else "")
    try:
        from qa_service.embedding.exporting import open_exported
    except ImportError as error:
        raise ModelUnavailable(f"OpenVINO cannot be imported: {error}", param="runtime") from error

    def asked() -> dict[str, Any]:
        if int8 and find_spec("nncf") is None:
            raise ModelUnavailable(
                "QA_RUNTIME: openvino-int8 needs NNCF to quantise the model: pip install 'qa-service[int8]'.",
                param="runtime",
            )
        told = {"model": source.model, "path": str(source.path()), "name": source.name, "sha256": source.sha256}
        return {**told, "model_id": model_id, "int8": int8}

    return open_exported(model_id, exports, languages, asked)


def open_reranker(model: str) -> CrossEncoderReranker:
    """The CrossEncoder for the setting `reranker`, a name or path.

    Raises:
        ModelUnavailable: the model is not on disk, or does not give one score per pair.
    """
    stay_offline()
    path = find_model("reranker", model, "a sentence-transformers CrossEncoder", " Unset it to rank without one.")
    from qa_service.embedding.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(model, path)


def languages_read(model: str, languages: Collection[str] = ()) -> frozenset[str] | None:
    """The `languages` that `open_embedder` gives the model, without opening it."""
    if languages:
        return None if ALL in languages else frozenset(languages)
    return PACKAGED_READS if model == "packaged" else None
