"""Writes a trained reader as ONNX with int8 weights, for `qa_service/resources/`.

    python -m training.reader.export --checkpoint checkpoint.pt --layers 12 --out reader.onnx

Each weight matrix has one scale per output; the table of word pieces has one scale per piece. Activations stay float32.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from training.reader.network import Reader

__all__ = ["export"]

LEAST_VALUES = 20_000
"""Smaller matrices stay float32."""


class _Outputs(torch.nn.Module):
    """The reader for a single window: `pieces` (n, 3) and `answers` (1,)."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        pieces, answers = self.reader(input_ids, attention_mask, token_type_ids)
        return pieces[0], answers


def export(reader: Reader, out: Path) -> None:
    """Write `reader` to `out`. The inputs are `input_ids`, `attention_mask` and `token_type_ids`, int64 (1, n).

    The outputs are `pieces` float32 (n, 3) and `answers` float32 (1,)."""
    reader.eval()
    reader.bert.set_attn_implementation("eager")
    ids = torch.randint(1000, 2000, (1, 24))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    dynamic = {name: {1: "n"} for name in names} | {"pieces": {0: "n"}}
    torch.onnx.export(
        _Outputs(reader).eval(), (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(out), input_names=names,
        output_names=["pieces", "answers"], dynamic_axes=dynamic, opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load(str(out))
    _quantize(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


def _quantize(graph: onnx.GraphProto) -> None:
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    replaced: dict[str, str] = {}
    added: list[onnx.TensorProto] = []
    for node in graph.node:
        weight = node.input[1] if node.op_type == "MatMul" else node.input[0] if node.op_type == "Gather" else ""
        array = arrays.get(weight)
        if array is not None and array.ndim == 2 and array.size >= LEAST_VALUES and array.dtype == np.float32:
            axis = 1 if node.op_type == "MatMul" else 0
            scale = np.maximum(np.abs(array).max(axis=1 - axis), 1e-12).astype(np.float32) / 127
            whole = np.rint(array / (scale if axis == 1 else scale[:, None])).astype(np.int8)
            added += [
                numpy_helper.from_array(whole, f"{weight}.int8"),
                numpy_helper.from_array(scale, f"{weight}.scale"),
            ]
            replaced[weight] = weight
            if axis == 1:
                if f"{weight}.real" not in replaced:
                    nodes.append(
                        helper.make_node(
                            "DequantizeLinear", [f"{weight}.int8", f"{weight}.scale"], [f"{weight}.real"], axis=1
                        )
                    )
                    replaced[f"{weight}.real"] = weight
                node.input[1] = f"{weight}.real"
            else:
                out = node.output[0]
                index = node.input[1]
                scales = f"{weight}.scale2"
                added[-1] = numpy_helper.from_array(scale[:, None], scales)
                nodes += [
                    helper.make_node("Gather", [f"{weight}.int8", index], [f"{out}.int8"], axis=0),
                    helper.make_node("Gather", [scales, index], [f"{out}.scale"], axis=0),
                    helper.make_node("Cast", [f"{out}.int8"], [f"{out}.whole"], to=TensorProto.FLOAT),
                    helper.make_node("Mul", [f"{out}.whole", f"{out}.scale"], [out]),
                ]
                continue
        nodes.append(node)
    kept = [one for one in graph.initializer if one.name not in replaced]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend([*kept, *added])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    state = torch.load(arguments.checkpoint, weights_only=True)["reader"]
    layers = 1 + max(int(name.split(".")[3]) for name in state if name.startswith("bert.encoder.layer."))
    reader = Reader(layers)
    reader.load_state_dict(state)
    export(reader, arguments.out)


if __name__ == "__main__":
    main()
