"""The NLI model: a sentence-transformers CrossEncoder for natural language inference, from disk and never from a hub.

Such a model has three labels (Bowman et al., "A large annotated corpus for learning natural language inference", EMNLP
2015). Only contradiction is used. Models order the labels differently, so its number is read from the configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa_service.embedding.on_disk import find_model, longest_text, stay_offline, weights_hash
from qa_service.errors import ModelUnavailable

__all__ = ["ContradictionModel", "open_contradiction_model"]

LABELS = 3
LONGEST = 512
"""Word pieces of a pair that the model reads, unless its own limit is lower."""


class ContradictionModel:
    """Returns the probability that two sentences contradict each other. Safe to use from several threads.

    It reads one pair at a time on one thread, so that a probability does not depend on other requests.
    """

    def __init__(self, model: str, path: Path) -> None:
        import torch
        from sentence_transformers import CrossEncoder
        from transformers import AutoConfig
        from transformers.utils import logging as transformers_logging

        torch.set_num_threads(1)
        transformers_logging.disable_progress_bar()
        try:
            config = AutoConfig.from_pretrained(str(path), local_files_only=True)
            self._label = _contradiction_label(model, config)
            self._model: Any = CrossEncoder(
                str(path), device="cpu", local_files_only=True, max_length=min(LONGEST, longest_text(config))
            )
        except ModelUnavailable:
            raise
        except Exception as error:  # the library passes on any exception of its parts
            raise _unusable(model, str(error)) from error
        self._model.eval()
        self.model_id = f"{Path(model).name}@{weights_hash(path)[:16]}"
        self("The first call sets the tokenizer's limits,", "which later calls share.")

    def __call__(self, one: str, other: str) -> float:
        """From 0 to 1: the lower probability of the two directions."""
        return min(self._probability(one, other), self._probability(other, one))

    def _probability(self, premise: str, hypothesis: str) -> float:
        scores = self._model.predict(
            [(premise, hypothesis)], batch_size=1, show_progress_bar=False, apply_softmax=True, convert_to_numpy=True
        )
        return float(scores[0][self._label])


def open_contradiction_model(model: str) -> ContradictionModel:
    """Open a model by name or path.

    Raises:
        ModelUnavailable: the model is not on disk, or does not classify pairs with a contradiction label.
    """
    stay_offline()
    kind = "a sentence-transformers CrossEncoder for natural language inference"
    return ContradictionModel(model, find_model("nli_model", model, kind, " Unset it to do without one."))


def _contradiction_label(model: str, config: Any) -> int:
    """The number of the contradiction label in a transformers configuration."""
    labels: Mapping[Any, Any] = config.id2label or {}
    trained = any(name.endswith("ForSequenceClassification") for name in config.architectures or ())
    found = [number for number, label in labels.items() if "contradict" in str(label).lower()]
    if not trained or len(labels) != LABELS or len(found) != 1:
        named = ", ".join(str(label) for label in labels.values()) or "none"
        raise _unusable(
            model,
            "it must classify pairs as contradiction, entailment or neutral and say in its configuration (id2label) "
            f"which label is which; its labels are: {named}",
        )
    return int(found[0])


def _unusable(model: str, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"QA_NLI_MODEL: {model}: is not a usable CrossEncoder for natural language inference: {why}", param="nli_model"
    )
