"""Exports a sentence-transformers model for OpenVINO: `python -m qa_service.embedding.export`, in a separate process.

So the process that serves need not import torch. The argument is a JSON object, see `main`.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from qa_service.embedding.exported_model import (
    Facts,
    cosines,
    read_facts,
    read_references,
    write_facts,
    write_references,
)
from qa_service.embedding.openvino_embedder import OpenVinoEmbedder
from qa_service.embedding.openvino_runtime import openvino, openvino_version, save_model
from qa_service.embedding.quantize import quantize
from qa_service.embedding.reference_texts import REFERENCE_TEXTS
from qa_service.embedding.sentence_transformer import SentenceTransformerEmbedder
from qa_service.errors import ModelUnavailable

__all__ = ["export"]


class _Graph(torch.nn.Module):
    """All modules of a sentence-transformers model, with vectors and token vectors of unit length."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.eval()  # sets this module too; otherwise the export keeps dropout

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        given = {"input_ids": input_ids, "attention_mask": attention_mask}
        if "token_type_ids" in self.model.tokenizer.model_input_names:
            given["token_type_ids"] = torch.zeros_like(input_ids)
        out = self.model(given)
        normalize = torch.nn.functional.normalize
        return normalize(out["sentence_embedding"], dim=1), normalize(out["token_embeddings"], dim=2)


def export(embedder: SentenceTransformerEmbedder, folder: Path, *, model_id: str, int8: bool = False) -> Facts:
    """Writes the embedder's model into `folder`, and compares it with the embedder on the reference texts.

    With `int8` it quantises the model to 8 bits, measures the loss, and keeps the output of the quantised model as
    references.

    Returns the facts as written. If the model cannot be exported or gives other vectors, `unusable` has the reason.

    Raises:
        OSError, MemoryError: the disk or the memory is full. A later export may succeed.
    """
    facts = Facts(model_id, made_by=f"openvino {openvino_version()}, {embedder.runtime}")
    try:
        _write_model(embedder, folder)
        facts = replace(
            facts,
            dimension=embedder.dimension,
            max_length=embedder.max_length,
            max_pieces=embedder.max_pieces,
            pad_id=int(embedder.tokenizer.pad_token_id or 0),
            prompts=embedder.prompts,
        )
        write_references(folder, embedder, REFERENCE_TEXTS)
        write_facts(folder, facts)
        OpenVinoEmbedder(folder, facts).check_all()
        if int8:
            references = read_references(folder)
            facts = replace(facts, loss=(0.0, 0.0))
            quantize(folder, facts)
            quantised = OpenVinoEmbedder(folder, facts, checked=False)
            write_references(folder, quantised, REFERENCE_TEXTS)
            found = [c for reference in references for c in cosines(quantised.encode_query, *reference)]
            write_facts(folder, replace(facts, loss=(sum(found) / len(found), min(found))))
    except Exception as error:  # the converter and its libraries raise any type
        if isinstance(error, MemoryError) or getattr(error, "errno", None) is not None:
            raise
        for file in folder.iterdir():
            file.unlink()
        reason = error.message if isinstance(error, ModelUnavailable) else f"{type(error).__name__}: {error}"
        write_facts(folder, replace(facts, unusable=reason))
    return read_facts(folder) or facts


def _write_model(embedder: SentenceTransformerEmbedder, folder: Path) -> None:
    example = embedder.tokenizer(REFERENCE_TEXTS[1], return_tensors="pt")
    example = {name: example[name] for name in ("input_ids", "attention_mask")}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # warnings of the trace: the reference texts check its result
        model = openvino.convert_model(_Graph(embedder.model), example_input=example)
    for given in model.inputs:
        given.get_node().set_partial_shape(openvino.PartialShape([-1, -1]))
    model.validate_nodes_and_infer_types()
    save_model(model, folder / "model.xml")
    (folder / "tokenizer.json").write_text(embedder.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")


def main() -> None:
    """Export what the argument asks for: a JSON object with `path`, `model`, `name` and `sha256` for
    `SentenceTransformerEmbedder`, `model_id` and `int8` for `export`, and the empty folder `to`.
    """
    asked = json.loads(sys.argv[1])
    embedder = SentenceTransformerEmbedder(
        asked["model"], Path(asked["path"]), None, asked["name"], asked["sha256"], device="cpu"
    )
    export(embedder, Path(asked["to"]), model_id=asked["model_id"], int8=asked["int8"])


if __name__ == "__main__":
    main()
