"""The FAISS index of a base. It only proposes candidates; `dense` scores them from full vectors.

Up to `LARGEST_EXHAUSTIVE` vectors, the index holds each vector in half precision and compares all of them. A larger
base gets 4-bit codes of a product quantiser, in less time and a sixteenth of the space: Jégou, Douze &
Schmid, "Product quantization for nearest neighbor search", PAMI 2011; André, Kermarrec & Le Scouarnec, "Quicker ADC",
PAMI 2021. A search compares all codes. So filters and unusual vectors cost no recall, as they do in clusters or graphs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np

__all__ = ["LARGEST_EXHAUSTIVE", "check_vectors", "is_exhaustive", "open_vectors", "write_vectors"]

LARGEST_EXHAUSTIVE = 100_000
"""Most vectors that are compared in half precision: about 5 ms of processor time per question."""
BITS = 4
PORTION = 65_536
TRAINING_VECTORS = 16_384
"""Vectors that the product quantiser is trained on, evenly spaced over the base."""
SEED = 1234


def write_vectors(path: Path, vectors: Any) -> None:
    """Index the vectors, float32 (n, d). Equal vectors in an equal order give equal files."""
    count, dimension = vectors.shape
    if count <= LARGEST_EXHAUSTIVE:
        kind = faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    else:
        index = _trained(vectors)
    faiss.omp_set_num_threads(1)  # a setting of this thread alone: questions use the other cores
    for begin in range(0, count, PORTION):
        index.add(np.ascontiguousarray(vectors[begin : begin + PORTION]))
    faiss.write_index(index, str(path))


def open_vectors(path: Path) -> Any:
    """Open an index. Half-precision vectors are mapped, so that processes share them; codes are read into memory.

    Raises:
        RuntimeError: the file is not an index.
    """
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)


def is_exhaustive(index: Any) -> bool:
    """Whether a search can be made exact by widening it."""
    return isinstance(index, faiss.IndexScalarQuantizer)


def check_vectors(index: Any, vectors: Any) -> list[str]:
    """What is wrong with an index over `vectors`, float32 (n, d)."""
    problems = []
    for begin in range(0, len(vectors), 10_000):
        exact = np.ascontiguousarray(vectors[begin : begin + 10_000])
        held = index.reconstruct_n(begin, len(exact))
        if is_exhaustive(index):
            wrong = np.abs(held - exact).max() > 2.0**-11
        else:
            wrong = not np.array_equal(held, index.pq.decode(index.pq.compute_codes(exact)))
        if wrong:
            problems.append(f"FAISS: vectors {begin} to {begin + len(exact)} are not those of the base")
    return problems


def _trained(vectors: Any) -> Any:
    count, dimension = vectors.shape
    width = next(width for width in (4, 3, 2, 1) if dimension % width == 0)  # dimensions per code
    index = faiss.IndexPQFastScan(dimension, dimension // width, BITS, faiss.METRIC_INNER_PRODUCT)
    index.pq.cp.seed = SEED
    index.pq.cp.max_points_per_centroid = TRAINING_VECTORS // 2**BITS
    faiss.omp_set_num_threads(1)
    index.train(np.ascontiguousarray(vectors[np.linspace(0, count - 1, TRAINING_VECTORS).astype(np.int64)]))
    return index
