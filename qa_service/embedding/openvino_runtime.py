"""Imports OpenVINO without its telemetry, and compiles models for this processor.

By default `import openvino` reports each import to its maker, through the package openvino-telemetry. If that
package is missing, OpenVINO uses a stub that does nothing (openvino/tools/ovc/telemetry_stub.py). So this module makes
the import of openvino-telemetry fail. The documented command, `opt_in_out --opt_out`, sends a report too.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes an import fail
import openvino  # noqa: E402

__all__ = ["CompiledModel", "model_input", "openvino", "openvino_version", "save_model"]

PAD_TO = 16
"""Inputs are padded to a multiple of this many word pieces: the tile height of Intel AMX. It also keeps shapes few."""

Int64s = npt.NDArray[np.int64]
Float32s = npt.NDArray[np.float32]


def openvino_version() -> str:
    """OpenVINO's version, such as `2026.4.1`."""
    return str(openvino.__version__).partition("-")[0]


def model_input(ids: Sequence[int], pad_id: int, longest: int) -> list[Int64s]:
    """Word pieces and attention mask, int64 (1, n), of one text.

    The padding depends on the text's length alone, so a text always gives the same bits.
    """
    count = len(ids)
    width = max(count, min(-(-count // PAD_TO) * PAD_TO, longest))
    padded: Int64s = np.full((1, width), pad_id, np.int64)
    padded[0, :count] = ids
    mask: Int64s = np.zeros((1, width), np.int64)
    mask[0, :count] = 1
    return [padded, mask]


def save_model(model: Any, xml: Path) -> None:
    """Writes a model, with weights in half precision.

    Raises:
        OSError: it cannot be written, for example because the disk is full. OpenVINO raises an `iostream error`.
    """
    try:
        openvino.save_model(model, str(xml), compress_to_fp16=True)
    except RuntimeError as error:
        raise OSError(errno.EIO, f"the model cannot be written: {error}", str(xml)) from error


class CompiledModel:
    """A model compiled for the CPU, with `streams` inferences at once, each on one thread. Thread-safe.

    The processor decides the precision: bfloat16 if it multiplies bfloat16 natively (AVX512_BF16, AMX), else float32.
    Weights are mapped, so that processes share their pages.
    """

    def __init__(self, file: Path, streams: int = 1, **options: Any) -> None:
        """`file` is an OpenVINO model (`.xml`) or an ONNX model. `options` are properties of OpenVINO's CPU device."""
        options = {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams, "ENABLE_CPU_PINNING": False, **options}
        compiled = openvino.Core().compile_model(str(file), "CPU", options)
        precision = str(compiled.get_property("INFERENCE_PRECISION_HINT").to_string())
        self.precision = {"f32": "fp32", "f16": "fp16"}.get(precision, precision)
        self._requests: SimpleQueue[Any] = SimpleQueue()  # a request runs one inference at a time
        for _ in range(streams):
            self._requests.put(compiled.create_infer_request())

    def run(self, given: Sequence[Int64s]) -> list[Float32s]:
        """The outputs for the inputs `given`, each a copy."""
        request = self._requests.get()
        try:
            out = request.infer(list(given), share_outputs=True)  # valid until the request runs again
            return [out[at].copy() for at in range(len(out))]
        finally:
            self._requests.put(request)
