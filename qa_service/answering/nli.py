"""Contradictions that a model sees: any sentence-transformers CrossEncoder for natural language inference, from disk
and never from a hub.

Of the three labels such a model has (Bowman et al., "A large annotated corpus for learning natural language inference",
EMNLP 2015) only contradiction is used; which it is stands in the model's configuration, since models order them
differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_service.embedding.on_disk import find_model, longest_text, not_on_disk, stay_offline, weights_hash
from qa_service.errors import ModelUnavailable

if TYPE_CHECKING:
    from transformers import PretrainedConfig

__all__ = ["ContradictionModel", "open_contradiction_model"]

LABELS = 3
LONGEST = 512
"""Word pieces of a pair that are read at most; the model's own limit where that is less."""


class ContradictionModel:
    """How likely two sentences contradict each other. One pair at a time on one thread, so that the same pair has the
    same probability whatever else is asked; safe to use from several threads."""

    def __init__(self, model: str, path: Path) -> None:
        import torch
        from sentence_transformers import CrossEncoder
        from transformers import AutoConfig
        from transformers.utils import logging as transformers_logging

        torch.set_num_threads(1)
        transformers_logging.disable_progress_bar()
        try:
            config = AutoConfig.from_pretrained(str(path), local_files_only=True)
        except Exception as error:  # the library raises whatever its parts raise
            raise _unusable(model, str(error)) from error
        self._label = _contradiction_label(model, config)
        try:
            self._model: Any = CrossEncoder(
                str(path), device="cpu", local_files_only=True, max_length=min(LONGEST, longest_text(config))
            )
        except Exception as error:
            raise _unusable(model, str(error)) from error
        self._model.eval()
        self.model_id = f"{Path(model).name}@{weights_hash(path)[:16]}"
        self("The first call sets the tokenizer's limits,", "which later calls share.")

    def __call__(self, one: str, other: str) -> float:
        """Between 0 and 1: the lower of the probabilities that the second contradicts the first and the reverse."""
        return min(self._probability(one, other), self._probability(other, one))

    def _probability(self, premise: str, hypothesis: str) -> float:
        scores = self._model.predict(
            [(premise, hypothesis)], batch_size=1, show_progress_bar=False, apply_softmax=True, convert_to_numpy=True
        )
        return float(scores[0][self._label])


def open_contradiction_model(model: str) -> ContradictionModel:
    """A model by name or path.

    Raises:
        ModelUnavailable: it is not on disk, or is no classifier of pairs that knows contradiction.
    """
    stay_offline()
    path = find_model(model)
    if path is None:
        kind = "a sentence-transformers CrossEncoder for natural language inference"
        raise not_on_disk("nli_model", model, kind, " Unset it to do without one.")
    return ContradictionModel(model, path)


def _contradiction_label(model: str, config: PretrainedConfig) -> int:
    """Which of the model's labels is contradiction."""
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
