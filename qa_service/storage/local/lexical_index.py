"""The Tantivy index of a base: a field of terms, the fields of filters, and the row number."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from qa_service.storage.features import NO_DATE

__all__ = ["TERM_FIELD", "lexical_schema", "write_lexical"]

TERM_FIELD = "terms"
LARGEST_INLINE = 20_000
"""Most passages that this process indexes itself. It holds the interpreter's lock meanwhile, which slows questions."""
_FILTERED = ("outlet", "author", "language", "article_id", "published")
_WRITER_MEMORY = 256_000_000
_PORTION = 10_000


def lexical_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(TERM_FIELD, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("row", fast=True)
    for name in (*_FILTERED, "tags"):
        builder.add_integer_field(name, indexed=True)
    return builder.build()


def write_lexical(base: Path, passages: int) -> None:
    """Index the columns that a base holds, in its folder `lexical`. A process of its own indexes many passages.

    Raises:
        OSError: that process failed.
    """
    if passages <= LARGEST_INLINE:
        _write(base)
        return
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__, str(base)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise OSError(f"{base}: the lexical index cannot be written: {said[-1]}")


def _write(base: Path) -> None:
    folder = base / "lexical"
    folder.mkdir()
    columns = {
        name: np.load(base / f"{name}.npy", mmap_mode="r")
        for name in ("term_offsets", "terms", "frequencies", "tag_offsets", "tags", *_FILTERED)
    }
    offsets = columns["term_offsets"]
    # one thread, so that equal columns give equal indexes
    writer = tantivy.Index(lexical_schema(), path=str(folder)).writer(heap_size=_WRITER_MEMORY, num_threads=1)
    size = len(offsets) - 1
    for first in range(0, size, _PORTION):
        ends = offsets[first : first + _PORTION + 1].tolist()
        held = slice(ends[0], ends[-1])
        words = [f"{term:x} " for term in columns["terms"][held].tolist()]
        counts = columns["frequencies"][held].tolist()
        values = [(name, columns[name][first : first + _PORTION].tolist()) for name in _FILTERED]
        tag_ends = columns["tag_offsets"][first : first + _PORTION + 1].tolist()
        tags = columns["tags"][tag_ends[0] : tag_ends[-1]].tolist()
        for row in range(len(ends) - 1):
            own = slice(ends[row] - ends[0], ends[row + 1] - ends[0])
            document = tantivy.Document()
            text = " ".join([word * count for word, count in zip(words[own], counts[own], strict=True)])
            document.add_text(TERM_FIELD, text)
            document.add_integer("row", first + row)
            for name, value in values:
                if value[row] not in (0, NO_DATE):
                    document.add_integer(name, value[row])
            for tag in tags[tag_ends[row] - tag_ends[0] : tag_ends[row + 1] - tag_ends[0]]:
                document.add_integer("tags", tag)
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


if __name__ == "__main__":
    os.nice(5)  # leaves the processor to questions
    _write(Path(sys.argv[1]))
