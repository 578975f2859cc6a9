"""Runs a sentence-transformers CrossEncoder from disk (Nogueira & Cho, "Passage Re-ranking with BERT", 2019).

It reads question and passage together. So it ranks better than vectors, and is far slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import CrossEncoder
from transformers import AutoConfig, AutoTokenizer
from transformers.utils import logging as transformers_logging

from qa_service.embedding.on_disk import longest_text, weights_hash
from qa_service.errors import ModelUnavailable

__all__ = ["CrossEncoderReranker"]

TRAINED = ("ForSequenceClassification", "ForCausalLM")
"""Name endings of architectures that score a pair. The library gives others a head with random weights."""


class CrossEncoderReranker:
    """Scores pairs with the model `model` in the folder `path`. Thread-safe.

    It scores each pair alone on one thread, because padding, batches and thread counts change the last bits. On a CPU
    that costs no time: batches of 4 to 8 pairs are as fast, larger ones slower. It truncates a pair longer than
    `max_pieces` at the end of its longer text.

    Raises:
        ModelUnavailable: the model is not a CrossEncoder with one score per pair.
    """

    def __init__(self, model: str, path: Path) -> None:
        torch.set_num_threads(1)
        transformers_logging.disable_progress_bar()
        try:
            self.max_pieces, trained = _read_limits(path)
            if trained:
                self._model = CrossEncoder(str(path), device="cpu", local_files_only=True, max_length=self.max_pieces)
        except Exception as error:  # the library raises whatever its parts raise
            raise ModelUnavailable(
                f"QA_RERANKER: {model}: is not a usable CrossEncoder: {error}", param="reranker"
            ) from error
        labels = int(self._model.num_labels) if trained else 0
        if labels != 1:
            has = (
                f"a classifier of {labels} classes"
                if labels
                else "not a CrossEncoder: it is not trained to score pairs"
            )
            raise ModelUnavailable(
                f"QA_RERANKER: {model}: is {has}. Name a CrossEncoder that gives one score per pair.", param="reranker"
            )
        self._model.eval()
        self.model_id = f"{Path(model).name}@{weights_hash(path)[:16]}"
        self.score("warm up", ["The first call sets the tokenizer's limits, which later calls share."])

    def score(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Relevance of each text, float64 (n,) between 0 and 1: the logistic function of the model's raw score."""
        raw = [
            float(
                self._model.predict(
                    [(question, text)], batch_size=1, show_progress_bar=False, activation_fn=torch.nn.Identity()
                )[0]
            )
            for text in texts
        ]
        bounded = np.clip(np.array(raw, np.float64), -700, 700)
        scores: npt.NDArray[np.float64] = 1 / (1 + np.exp(-bounded))
        return scores


def _read_limits(path: Path) -> tuple[int, bool]:
    """Maximum length of a pair in word pieces, and whether the model is trained to score pairs."""
    config = AutoConfig.from_pretrained(str(path), local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
    trained = any(name.endswith(TRAINED) for name in config.architectures or ())
    return min(int(tokenizer.model_max_length), longest_text(config)), trained
