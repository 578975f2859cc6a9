"""A model that was exported for OpenVINO: a folder that is written once. Every later process opens it.

<index>/.models/<model id>/facts.json        what the model is, and a checksum of each other file
<index>/.models/<model id>/model.xml, .bin   the graph, and its weights in half precision
<index>/.models/<model id>/tokenizer.json    the model's tokenizer
<index>/.models/<model id>/references.npz    expected output for the reference texts, in float32

If the model cannot be exported, or its export gives other vectors, the folder holds only `facts.json`, with the reason.
Then the next start does not try again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa_service.records.encodings import QueryEncoding

if TYPE_CHECKING:
    from qa_service.embedding.protocol import Embedder

__all__ = ["FACTS", "LEAST_COSINE", "Facts", "agreement", "cosines", "read_facts", "read_references", "write_facts",
           "write_references"]  # fmt: skip

FORMAT = 1
"""Increase it when the format of the files changes. Older folders are then exported again."""
FACTS = "facts.json"
REFERENCES = "references.npz"
LEAST_COSINE = 0.9995
"""Runtimes agree if every cosine between their vectors of a reference text is at least this."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a folder holds. `unusable` is the reason why it holds no model, else None."""

    model_id: str
    made_by: str
    """Versions of the libraries that exported the model."""
    dimension: int = 0
    max_length: int = 0
    """Longest input in word pieces, with special tokens."""
    max_pieces: int = 0
    pad_id: int = 0
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Prefix of a question (`query`) and of a passage (`document`)."""
    loss: tuple[float, float] | None = None
    """If the model is quantised to 8 bits: mean and smallest cosine to torch over the reference texts."""
    unusable: str | None = None
    checksums: Mapping[str, int] = field(default_factory=dict)
    """CRC-32 of each file, to find accidental damage."""
    format: int = FORMAT


def write_facts(folder: Path, facts: Facts) -> None:
    """Write the facts with the checksums of all other files in `folder`."""
    sums = {p.name: _checksum(p) for p in sorted(folder.iterdir()) if p.name != FACTS}
    (folder / FACTS).write_text(json.dumps({**asdict(facts), "checksums": sums}, indent=1), encoding="utf-8")


def read_facts(folder: Path) -> Facts | None:
    """The facts; None if the folder is missing, has another format, or is damaged."""
    try:
        values: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            return None
        facts = Facts(**values)
        return facts if all(_checksum(folder / n) == value for n, value in facts.checksums.items()) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_references(folder: Path, embedder: Embedder, texts: Sequence[str]) -> None:
    """Write the texts and the embedder's output for each as a question."""
    encoded = [embedder.encode_query(text) for text in texts]
    np.savez(
        folder / REFERENCES,
        texts=np.array(json.dumps(texts)),
        vectors=np.array([e.vector for e in encoded], np.float32),
        tokens=np.concatenate([e.token_vectors for e in encoded]),
        spans=np.concatenate([e.token_spans for e in encoded]),
        counts=np.array([len(e.token_vectors) for e in encoded]),
    )


def read_references(folder: Path) -> list[tuple[str, QueryEncoding]]:
    """The texts with the encodings that `write_references` wrote.

    Raises:
        OSError, ValueError, KeyError: the file is damaged.
    """
    with np.load(folder / REFERENCES) as stored:
        texts: list[str] = json.loads(str(stored["texts"]))
        ends = np.cumsum(stored["counts"])[:-1]
        tokens, spans = np.split(stored["tokens"], ends), np.split(stored["spans"], ends)
        return [(t, QueryEncoding(*e)) for t, *e in zip(texts, stored["vectors"], tokens, spans, strict=True)]


def agreement(encode: Callable[[str], QueryEncoding], references: Sequence[tuple[str, QueryEncoding]]) -> float:
    """The smallest of the `cosines` between the output of `encode` and the references."""
    return min(cosine for text, expected in references for cosine in cosines(encode, text, expected))


def cosines(encode: Callable[[str], QueryEncoding], text: str, expected: QueryEncoding) -> list[float]:
    """The cosine of the vectors, and the mean cosine of the token vectors; [-1] if the tokens differ."""
    found = encode(text)
    if not np.array_equal(found.token_spans, expected.token_spans):
        return [-1.0]
    each = [float(found.vector @ expected.vector)]
    if len(found.token_vectors):
        each.append(float(np.einsum("td,td->t", found.token_vectors, expected.token_vectors).mean()))
    return [cosine if np.isfinite(cosine) else -1.0 for cosine in each]


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            value = zlib.crc32(block, value)
    return value
