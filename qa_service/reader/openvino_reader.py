"""Runs the trained reader (`training/reader`) with OpenVINO.

It is a BERT that reads question and excerpt together (Devlin et al., "BERT", NAACL 2019). Each word piece gets three
logits: the answer starts here, it ends here, its sentence answers. The window as a whole gets one: it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from qa_service.embedding.openvino_runtime import PAD_TO, CompiledModel
from qa_service.errors import ModelUnavailable
from qa_service.files.checksums import sha256_of
from qa_service.reader.protocol import Excerpt, Reading, Span

__all__ = ["OpenVinoReader"]

LONGEST = 384
"""Word pieces of question, title and excerpt together. The reader was trained on 232; longer excerpts are rare."""
LONGEST_QUESTION, LONGEST_TITLE = 64, 24
LONGEST_SPAN = 24
"""Word pieces of an answer, at most."""
UNREAD = -20.0
REMEDY = "Set it to `packaged`, or to `none`, which quotes sentences without a reader."
PRECISION: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "384"}
"""Matrix products in 8 bits, everything between them in float32. With bfloat16 between them, it is no faster and scores
are rounded to steps of .06."""


@dataclass(frozen=True, slots=True)
class _Input:
    """`ids` and `types` (n,), the piece that begins the excerpt, and the offsets of the excerpt's pieces."""

    ids: list[int]
    types: list[int]
    body: int
    offsets: list[tuple[int, int]]


class OpenVinoReader:
    """The reader in a folder: `reader.onnx` and `tokenizer.json`. It reads each excerpt alone, so batches cannot change
    its results.

    Raises:
        ModelUnavailable: a file is missing or damaged, or OpenVINO cannot run the model.
    """

    languages: frozenset[str] | None = frozenset({"en"})

    def __init__(self, folder: Path) -> None:
        model, tokenizer = folder / "reader.onnx", folder / "tokenizer.json"
        for file in (model, tokenizer):
            if not file.is_file():
                raise ModelUnavailable(f"QA_READER: there is no file {file}. {REMEDY}", param="reader")
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            self._cls, _, self._sep = self._tokenizer.encode("a").ids
        except Exception as error:  # tokenizers raises no class of its own
            raise ModelUnavailable(f"QA_READER: {tokenizer} is damaged: {error}. {REMEDY}", param="reader") from error
        try:
            self._compiled = CompiledModel(model, **PRECISION)
            self.read("a", Excerpt(None, "a", ((0, 1),)))
        except (RuntimeError, ValueError, IndexError) as error:  # another model has other inputs or outputs
            raise ModelUnavailable(f"QA_READER: {model} is no reader: {error}. {REMEDY}", param="reader") from error
        self.model_id = f"reader@{sha256_of(model)[:16]}"

    def count_pieces(self, text: str) -> int:
        """Number of word pieces in `text`."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def read(self, question: str, excerpt: Excerpt) -> Reading:
        """What the excerpt says about the question."""
        given = self._input(question, excerpt)
        pieces, answers = self._compiled.run(_padded(given))
        body = pieces[given.body : given.body + len(given.offsets)]
        owners = _owners(excerpt.sentences, given.offsets)
        starts = np.searchsorted(owners, np.arange(len(excerpt.sentences) + 1))
        scores, spans = [], []
        nothing_span = float(pieces[0, 0] + pieces[0, 1])
        for first, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            scores.append(float(body[first:end, 2].mean()) if end > first else UNREAD)
            spans.append(_best_span(body[first:end], given.offsets[first:end], nothing_span) if end > first else None)
        return Reading(float(answers[0]), tuple(scores), tuple(spans), float(pieces[0, 2]))

    def _input(self, question: str, excerpt: Excerpt) -> _Input:
        encode = self._tokenizer.encode
        asked = encode(question, add_special_tokens=False).ids[:LONGEST_QUESTION]
        title = encode(f"{excerpt.title} :", add_special_tokens=False).ids[-LONGEST_TITLE:] if excerpt.title else []
        text = encode(excerpt.text, add_special_tokens=False)
        room = LONGEST - len(asked) - len(title) - 3
        ids = [self._cls, *asked, self._sep, *title, *text.ids[:room], self._sep]
        types = [0] * (len(asked) + 2) + [1] * (len(ids) - len(asked) - 2)
        return _Input(ids, types, len(asked) + len(title) + 2, text.offsets[:room])


def _padded(given: _Input) -> list[npt.NDArray[np.int64]]:
    """Ids, mask and types, int64 (1, n), where n is a multiple of `PAD_TO`, so that shapes are few."""
    count = len(given.ids)
    width = -(-count // PAD_TO) * PAD_TO
    ids, mask, types = (np.zeros((1, width), np.int64) for _ in range(3))
    ids[0, :count], mask[0, :count], types[0, :count] = given.ids, 1, given.types
    return [ids, mask, types]


def _owners(sentences: tuple[tuple[int, int], ...], offsets: list[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """The number of the sentence that each piece lies in, rising: int64 (n,)."""
    ends = np.array([end for _, end in sentences], np.int64)
    begins = np.array([start for start, _ in offsets], np.int64)
    return np.minimum(np.searchsorted(ends, begins, side="right"), len(ends) - 1)


def _best_span(logits: npt.NDArray[np.float32], offsets: list[tuple[int, int]], nothing: float) -> Span:
    """The span with the highest sum of start and end, at most `LONGEST_SPAN` pieces long; the first among equals."""
    count = len(logits)
    sums = logits[:, :1] + logits[None, :, 1]
    sums[np.tril_indices(count, -1)] = -np.inf
    if count > LONGEST_SPAN:
        sums[np.triu_indices(count, LONGEST_SPAN)] = -np.inf
    start, end = divmod(int(sums.argmax()), count)
    return Span(offsets[start][0], offsets[end][1], float(sums[start, end]) - nothing)
