"""Compares the runtimes of the packaged model over the passages of a BEIR folder: CPU time, and agreement with torch.

    python -m benchmarks.runtimes FOLDER [--texts N] [--int8]

It exports the model into a temporary folder. Each text is encoded by every runtime in turn. It prints the median CPU
time of a text, the cosines to torch, and the share of token bits that differ from torch's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from qa_service.embedding import Embedder, open_embedder
from qa_service.parsing import read_beir

__all__ = ["compare"]


def compare(texts: Sequence[str], embedders: Sequence[Embedder]) -> list[str]:
    """A line for each embedder; the first one is the reference."""
    times: list[list[float]] = [[] for _ in embedders]
    cosines: list[list[float]] = [[] for _ in embedders]
    flipped, bits = [0] * len(embedders), 0
    for text in texts:
        reference = None
        for at, embedder in enumerate(embedders):
            began = time.process_time()
            found = embedder.encode_query(text)
            times[at].append(time.process_time() - began)
            reference = reference or found
            cosines[at].append(float(found.vector @ reference.vector))
            flipped[at] += int(((found.token_vectors > 0) != (reference.token_vectors > 0)).sum())
        bits += reference.token_vectors.size if reference is not None else 0
    return [
        f"{e.runtime}: {np.median(times[at]) * 1e3:.1f} ms CPU, cosine least {min(cosines[at]):.5f}, "
        f"mean {np.mean(cosines[at]):.5f}, {flipped[at] / bits:.2%} of token bits differ"
        for at, e in enumerate(embedders)
    ]


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="BEIR folder")
    parser.add_argument("--texts", type=int, default=200, help="how many of its passages (default: 200)")
    parser.add_argument("--int8", action="store_true", help="also the model in 8 bits; it needs the extra int8")
    given = parser.parse_args()
    texts = [draft.text for draft in islice(read_beir(given.folder), given.texts)]
    with TemporaryDirectory() as folder:
        runtimes = ["torch", "openvino", *(["openvino-int8"] if given.int8 else [])]
        embedders = [open_embedder("packaged", (), runtime, Path(folder)) for runtime in runtimes]
        print(f"{len(texts)} passages, one after another on one thread")
        print("\n".join(compare(texts, embedders)))


if __name__ == "__main__":
    main()
