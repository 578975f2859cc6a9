"""Quantises an exported model to 8 bits with NNCF (https://github.com/openvinotoolkit/nncf), after training.

Weights and activations get 8 bits ("static quantisation", Jacob et al., CVPR 2018). The reference texts calibrate the
ranges of the activations.
"""

from __future__ import annotations

import logging
from pathlib import Path

from tokenizers import Tokenizer

from qa_service.embedding.exported_model import Facts
from qa_service.embedding.openvino_runtime import model_input, openvino, save_model
from qa_service.embedding.reference_texts import REFERENCE_TEXTS

__all__ = ["quantize"]


def quantize(folder: Path, facts: Facts) -> None:
    """Replaces the model in `folder` by one in 8 bits. Raises ImportError if NNCF is not installed."""
    import nncf

    logging.getLogger("nncf").setLevel(logging.ERROR)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(facts.max_length)
    texts = (facts.prompts.get("document", "") + text for text in REFERENCE_TEXTS)
    inputs = [model_input(tokenizer.encode(text).ids, facts.pad_id, facts.max_length) for text in texts]
    model = openvino.Core().read_model(str(folder / "model.xml"))
    calibration = nncf.Dataset(inputs)
    small = nncf.quantize(model, calibration, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(inputs))
    save_model(small, folder / "int8.xml")
    for suffix in (".xml", ".bin"):
        (folder / f"int8{suffix}").replace(folder / f"model{suffix}")
