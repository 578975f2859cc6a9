"""The journal of a running evaluation, from which an interrupted evaluation continues.

`manifest.partial` describes the evaluation. `journal.partial` has a line per question, and all results are made from it
at the end. A crash loses the last line at most. A folder with `manifest.partial` is unfinished, also while results are
written: the journal gives the same results again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

from qa_service.errors import Conflict
from qa_service.evaluation.run.manifest_changes import changes
from qa_service.files.atomic import WRITING, write_file
from qa_service.files.locks import Lock

__all__ = ["RESULTS", "Journal", "canonical", "check_folder"]

MANIFEST, JOURNAL = "manifest.partial", "journal.partial"
RESULTS = (
    "per_question.jsonl", "passages.jsonl", "run.trec", "timings.csv", "manifest.json", "junit.xml", "summary.json",
    "report.html",
)  # fmt: skip


def canonical(value: object) -> str:
    """The value as a line of JSON; equal values give equal lines."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def check_folder(out: Path, *, restart: bool = False) -> None:
    """Refuse a folder that an evaluation must not write into. With `restart`, remove an earlier evaluation from it.

    Raises:
        Conflict: the folder holds a finished evaluation, or other files.
    """
    if out.exists() and not out.is_dir():
        raise Conflict(f"{out} is a file. Give a folder that is empty or not there yet with --out.", param="out")
    ours = {*RESULTS, MANIFEST, JOURNAL}
    ours |= {name + WRITING for name in ours}
    present = sorted(path.name for path in out.iterdir()) if out.exists() else []
    if foreign := [name for name in present if name not in ours]:
        raise Conflict(f"{out} holds other files ({foreign[0]}). Give a folder of its own with --out.", param="out")
    if restart:
        # The manifest first: without it, the rest cannot be taken for an evaluation to continue.
        for name in (MANIFEST, *present):
            (out / name).unlink(missing_ok=True)
    elif MANIFEST not in present and any(name in RESULTS for name in present):
        raise Conflict(
            f"{out} holds a finished evaluation. Give another --out, or --restart to replace it; `qa-service gate` "
            "checks it against conditions.",
            param="out",
        )


class Journal:
    """The open journal of the evaluation that `manifest` describes, new or continued. Use it as a context manager.

    The attribute `manifest` is the first one that was written. `done` questions are in the journal; `seconds` is their
    time in all runs.
    """

    def __init__(self, out: Path, manifest: Mapping[str, Any]) -> None:
        """
        Raises:
            Conflict: the folder holds another unfinished evaluation; the message lists the differences.
        """
        self._out = out
        out.mkdir(parents=True, exist_ok=True)
        self.manifest = dict(manifest)
        if (out / MANIFEST).exists():
            begun = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
            if unlike := changes(begun, manifest):
                more = f" and {len(unlike) - 3} more" if len(unlike) > 3 else ""
                raise Conflict(
                    f"{out} holds an unfinished evaluation that is another: {'; '.join(unlike[:3])}{more}. Run it as "
                    "it was, or give another --out, or --restart to give up what it has.",
                    param="out",
                )
            self.manifest = begun | {"workers": manifest["workers"]}
        else:
            (out / JOURNAL).unlink(missing_ok=True)
            write_file(out / MANIFEST, canonical(manifest) + "\n")
        self.done, self.seconds = 0, 0.0
        self.passages: set[int] = set()
        """Ids, read as hexadecimal numbers, of the passages in the journal."""
        busy = f"{out} is being written by another evaluation. Wait for it, or give another --out."
        self._lock = Lock(out / JOURNAL, wait=0, error=Conflict(busy, param="out"))
        self._file: BinaryIO = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        self._lock.close()

    def append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Append lines of `result_files.journal_line`. The operating system has them when this returns."""
        self._file.write("".join(canonical(line) + "\n" for line in lines).encode())
        self._file.flush()
        for line in lines:
            self._count(line)

    def lines(self) -> Iterator[dict[str, Any]]:
        with (self._out / JOURNAL).open("rb") as file:
            for line in file:
                yield json.loads(line)

    def finish(self) -> None:
        """Mark the folder as finished; call this after all results are written."""
        self._file.close()
        (self._out / MANIFEST).unlink()
        (self._out / JOURNAL).unlink()

    def _count(self, line: Mapping[str, Any]) -> None:
        self.done += 1
        self.seconds = line["seconds"]
        self.passages.update(int(passage["passage_id"], 16) for passage in line["passages"])

    def _open(self) -> BinaryIO:
        """The journal, opened for appending after its last complete line."""
        path = self._out / JOURNAL
        complete = 0
        with path.open("rb") as file, suppress(ValueError):
            for line in file:
                read = json.loads(line)
                if not line.endswith(b"\n"):
                    break
                self._count(read)
                complete += len(line)
        os.truncate(path, complete)
        return path.open("ab")
