"""Runs an exported model with OpenVINO (https://docs.openvino.ai). It needs neither torch nor transformers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from qa_service.embedding.binary_tokens import pack_bits
from qa_service.embedding.exported_model import LEAST_COSINE, Facts, agreement, read_references
from qa_service.embedding.openvino_runtime import CompiledModel, model_input, openvino_version
from qa_service.embedding.protocol import EncodeMany
from qa_service.errors import ModelUnavailable
from qa_service.records.encodings import PassageEncoding, QueryEncoding

__all__ = ["OpenVinoEmbedder"]

LONGEST_QUESTION = 64
"""Word pieces. An opened model runs on the reference texts up to this length. This checks the model, and compiles its
kernels for questions. Longer texts would keep 15 MB more for intermediate results."""
FEW = 16
"""One core encodes up to this many passages, because starting the other cores takes as long."""


class OpenVinoEmbedder:
    """An `Embedder` over the folder `folder` with these `facts`.

    A model with one stream encodes questions. During a bulk ingest, a second model has a stream for each core.

    Raises:
        ModelUnavailable: the vectors of the reference texts differ from the stored ones by more than `LEAST_COSINE`.
        OSError, RuntimeError, ValueError: the folder is damaged.
    """

    def __init__(
        self, folder: Path, facts: Facts, languages: frozenset[str] | None = None, *, checked: bool = True
    ) -> None:
        self.languages = languages
        self.model_id, self.dimension, self.max_pieces = facts.model_id, facts.dimension, facts.max_pieces
        self._folder, self._facts = folder, facts
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(facts.max_length)
        self._compiled = CompiledModel(folder / "model.xml")
        self.runtime = f"openvino {openvino_version()} {'int8' if facts.loss else self._compiled.precision}"
        if checked:
            self._check(self._compiled, short=True)

    def count_pieces(self, text: str) -> int:
        """Number of word pieces in `text`, without special tokens."""
        encoded = self._tokenizer.encode_batch_fast([text], add_special_tokens=False)[0]
        return len(encoded) + sum(len(rest) for rest in encoded.overflowing)

    def encode_passage(self, text: str, begin: int) -> PassageEncoding:
        """Encodes title and passage. `begin` is the offset of the passage in `text`."""
        return self._passage(self._compiled, text, begin)

    def encode_query(self, text: str) -> QueryEncoding:
        """Encodes a question."""
        return QueryEncoding(*self._forward(self._compiled, text, "query"))

    @contextmanager
    def bulk(self, cores: int) -> Iterator[EncodeMany]:
        """Encodes passages on `cores` cores until the block ends."""
        many: list[CompiledModel] = []
        opening = threading.Lock()

        def encode(passages: Sequence[tuple[str, int]]) -> list[PassageEncoding]:
            if len(passages) <= FEW or cores == 1:
                return [self.encode_passage(*passage) for passage in passages]
            with opening:
                if not many:
                    compiled = CompiledModel(self._folder / "model.xml", cores)
                    self._check(compiled, short=False)
                    many.append(compiled)
            return list(pool.map(lambda passage: self._passage(many[0], *passage), passages))

        with ThreadPoolExecutor(cores, thread_name_prefix="encode") as pool:
            yield encode

    def check_all(self) -> None:
        """Compare the output for all reference texts with the stored one. Raises ModelUnavailable if they differ."""
        self._check(self._compiled, short=True)
        self._check(self._compiled, short=False)

    def _check(self, compiled: CompiledModel, *, short: bool) -> None:
        references = [
            (text, expected)
            for text, expected in read_references(self._folder)
            if (self.count_pieces(text) <= LONGEST_QUESTION - self._specials) == short
        ]
        found = agreement(lambda text: QueryEncoding(*self._forward(compiled, text, "query")), references)
        if found < LEAST_COSINE:
            raise ModelUnavailable(
                f"QA_RUNTIME: {self.runtime} gives other vectors than the exported model {self.model_id}: the smallest "
                f"cosine is {found:.5f}, at least {LEAST_COSINE} is needed. Set QA_RUNTIME=torch.",
                param="runtime",
            )

    @property
    def _specials(self) -> int:
        return self._tokenizer.num_special_tokens_to_add(is_pair=False)

    def _passage(self, compiled: CompiledModel, text: str, begin: int) -> PassageEncoding:
        vector, tokens, spans = self._forward(compiled, text, "document")
        shifted = np.where(spans[:, :1] >= begin, spans - begin, 0).astype(np.int32)
        return PassageEncoding(vector, pack_bits(tokens), shifted)

    def _forward(
        self, compiled: CompiledModel, text: str, kind: str
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        """Vector float32 (d,), token vectors float32 (t, d) and spans int32 (t, 2) into `text`."""
        prompt = self._facts.prompts.get(kind, "")
        encoded = self._tokenizer.encode(prompt + text)
        vectors, token_vectors = compiled.run(model_input(encoded.ids, self._facts.pad_id, self._facts.max_length))
        vector, tokens = vectors[0], token_vectors[0, : len(encoded.ids)]
        spans = np.array(encoded.offsets, np.int32).reshape(-1, 2) - np.int32(len(prompt))
        own = (np.array(encoded.special_tokens_mask) == 0) & (spans[:, 0] >= 0)
        return vector, tokens[own], spans[own]
