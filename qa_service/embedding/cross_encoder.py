"""Any sentence-transformers CrossEncoder (Nogueira & Cho, "Passage Re-ranking with BERT", 2019), from disk and never
from a hub: question and passage are read together, so it ranks better than vectors do, and far slower."""

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
"""Ends of the names of architectures that score a pair. The library gives any other one a head of random weights."""


class CrossEncoderReranker:
    """The model `model`, which lies in the folder `path`.

    Scores pairs one by one on one thread: padding, batch mates and thread counts change the last bits (law 3). On a
    CPU that costs nothing: batches of 4 to 8 pairs are as fast, larger ones slower. Safe to use from several threads.

    A pair longer than `max_pieces` is cut: of question and passage the longer one loses its end first.

    Raises:
        ModelUnavailable: it is no CrossEncoder with one score a pair.
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
                f"a classifier of {labels} classes" if labels else "no CrossEncoder: it was not trained to score pairs"
            )
            raise ModelUnavailable(
                f"QA_RERANKER: {model}: is {has}. Name a CrossEncoder that gives a pair one score.", param="reranker"
            )
        self._model.eval()
        self.model_id = f"{Path(model).name}@{weights_hash(path)[:16]}"
        self.score("warm up", ["The first call sets the tokenizer's limits, which later calls share."])

    def score(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """How well each text answers, float64 (n,) between 0 and 1: the logistic function of the model's own score,
        whatever it was trained to make of it, so that the order is the model's."""
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
    """Most word pieces that the model reads of a pair, and whether it was trained to score pairs."""
    config = AutoConfig.from_pretrained(str(path), local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
    trained = any(name.endswith(TRAINED) for name in config.architectures or ())
    return min(int(tokenizer.model_max_length), longest_text(config)), trained
