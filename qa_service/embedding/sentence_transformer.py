"""Runs a sentence-transformers model from disk (Reimers & Gurevych, "Sentence-BERT", EMNLP 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from qa_service.embedding.binary_tokens import pack_bits
from qa_service.embedding.on_disk import weights_hash
from qa_service.embedding.protocol import EncodeMany
from qa_service.errors import ModelUnavailable
from qa_service.records.encodings import PassageEncoding, QueryEncoding

__all__ = ["SentenceTransformerEmbedder"]


class SentenceTransformerEmbedder:
    """Embeds texts with the model `model` in the folder `path`.

    One forward pass gives the vector of a text and its token vectors. Each text is a batch of one on one thread,
    because padding, batches and thread counts change the last bits. It sets torch's thread count to 1 for the process.
    It runs on the first CUDA device if torch finds one, else on the CPU.

    Raises:
        ModelUnavailable: the folder holds no usable sentence-transformers model.
    """

    def __init__(
        self,
        model: str,
        path: Path,
        languages: frozenset[str] | None = None,
        name: str | None = None,
        weights_sha256: str | None = None,
        device: str | None = None,
    ) -> None:
        self.languages = languages
        torch.set_num_threads(1)
        transformers_logging.disable_progress_bar()
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.runtime = f"torch {torch.__version__.partition('+')[0]} fp32{'' if device == 'cpu' else ' ' + device}"
        try:
            self.model = SentenceTransformer(str(path), device=device, local_files_only=True)
        except Exception as error:  # the library raises whatever its parts raise
            raise ModelUnavailable(
                f"QA_MODEL: {model}: is not a usable sentence-transformers model: {error}", param="model"
            ) from error
        self.model.eval()
        self.tokenizer: Any = self.model.tokenizer
        if not getattr(self.tokenizer, "is_fast", False):
            raise ModelUnavailable(
                f"QA_MODEL: {model}: its tokenizer gives no offsets; choose a model with a fast tokenizer.",
                param="model",
            )
        special = self.tokenizer.num_special_tokens_to_add(pair=False)
        self.max_length = int(self.model.max_seq_length or self.tokenizer.model_max_length)
        self.prompts = {kind: self._prompt(kind) for kind in ("query", "document")}
        longest = max(self.count_pieces(p) for p in self.prompts.values())
        self.max_pieces = self.max_length - special - longest
        self.dimension = int(self.model.encode("?", show_progress_bar=False).shape[0])
        self.model_id = f"{name or Path(model).name}@{(weights_sha256 or weights_hash(path))[:16]}"

    def count_pieces(self, text: str) -> int:
        """Number of word pieces in `text`, without special tokens."""
        return len(self.tokenizer.encode(text, add_special_tokens=False, truncation=False, verbose=False))

    def encode_passage(self, text: str, begin: int) -> PassageEncoding:
        """Encodes title and passage. `begin` is the offset of the passage in `text`."""
        vector, tokens, spans = self._forward(text, "document")
        shifted = np.where(spans[:, :1] >= begin, spans - begin, 0).astype(np.int32)
        return PassageEncoding(vector, pack_bits(tokens), shifted)

    def encode_query(self, text: str) -> QueryEncoding:
        """Encodes a question."""
        vector, tokens, spans = self._forward(text, "query")
        return QueryEncoding(vector, tokens, spans)

    @contextmanager
    def bulk(self, cores: int) -> Iterator[EncodeMany]:
        """Encodes passages on `cores` cores until the block ends; torch releases the interpreter lock."""

        def encode(passages: Sequence[tuple[str, int]]) -> list[PassageEncoding]:
            return list(pool.map(lambda passage: self.encode_passage(*passage), passages))

        with ThreadPoolExecutor(cores, thread_name_prefix="encode") as pool:
            yield encode

    def _prompt(self, kind: str) -> str:
        """The prefix that the model expects, such as `query: ` of e5 models. Empty for most models."""
        prompts: dict[str, str] = getattr(self.model, "prompts", None) or {}
        return prompts.get(kind) or (prompts.get("passage") if kind == "document" else None) or ""

    def _forward(self, text: str, kind: str) -> tuple[Any, Any, Any]:
        """Vector float32 (d,), token vectors float32 (t, d) and spans int32 (t, 2) into `text`."""
        prompt = self.prompts[kind]
        encoded = self.tokenizer(
            prompt + text,
            truncation=True,
            max_length=self.max_length,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            return_tensors="pt",
        )
        spans = encoded.pop("offset_mapping")[0].numpy().astype(np.int32) - len(prompt)
        own = (encoded.pop("special_tokens_mask")[0].numpy() == 0) & (spans[:, 0] >= 0)
        with torch.inference_mode():
            out = self.model({name: values.to(self.model.device) for name, values in encoded.items()})
            vector = torch.nn.functional.normalize(out["sentence_embedding"][0], dim=0)
            tokens = torch.nn.functional.normalize(out["token_embeddings"][0], dim=1)
        return vector.float().cpu().numpy(), tokens.float().cpu().numpy()[own], spans[own]
