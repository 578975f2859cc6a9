"""What each stage of the ranking adds: nDCG@10 on sets with judgements, with intervals. `make bench-retrieval` runs it.

    python -m benchmarks.retrieval FOLDER [--sets NAME ...] [--index DIR] [--questions N] [--json FILE] [--write]

FOLDER holds sets in BEIR's layout; `docs/reference/benchmarks.md` lists them. Each becomes a collection. Its questions
with relevant articles are asked under every stage (`benchmarks/retrieval_stages.py`). `--write` writes the
tables into `docs/reference/benchmarks.md`: figures there come from nowhere else.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.retrieval_measure import code_sha256, measure, note
from benchmarks.retrieval_sets import KNOWN, choose
from benchmarks.retrieval_tables import insert, tables
from qa_service.errors import QAServiceError
from qa_service.settings import load_settings

__all__ = ["main"]

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "benchmarks.md"
MOST_QUESTIONS = 1500


@contextmanager
def _kept_or_temporary(index: Path | None) -> Iterator[Path]:
    if index is not None:
        yield index
        return
    with tempfile.TemporaryDirectory(prefix="qa-retrieval-") as folder:
        yield Path(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.retrieval", description="What each stage of the ranking adds, on BEIR folders."
    )
    parser.add_argument("folder", type=Path, help="the folder that holds the sets")
    parser.add_argument(
        "--sets",
        nargs="+",
        default=[],
        metavar="NAME",
        help=f"folders in it, with :whole for one passage an article (default: {' '.join(b.name for b in KNOWN)})",
    )
    parser.add_argument("--index", type=Path, help="where collections are kept, and found again by the next run")
    parser.add_argument(
        "--questions",
        type=int,
        default=MOST_QUESTIONS,
        metavar="N",
        help=f"of a larger set a seeded sample of so many (default: {MOST_QUESTIONS}; 0: all)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE, after each set")
    parser.add_argument(
        "--earlier",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="take sets that were measured already from such a file instead of asking again; may be repeated",
    )
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE.name}")
    parser.add_argument("--page", type=Path, default=PAGE, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.questions < 0:
        parser.error("--questions must be 0 or more")
    try:
        chosen = choose(given.folder, given.sets)
        earlier = {row["set"]: row for file in given.earlier for row in json.loads(file.read_text(encoding="utf-8"))}
    except (ValueError, OSError) as error:
        parser.error(str(error))
    rows: list[dict[str, Any]] = []
    code = code_sha256()
    try:
        with _kept_or_temporary(given.index) as index:
            for benchmark in chosen:
                if benchmark.name in earlier:
                    rows.append(earlier[benchmark.name])
                    if rows[-1]["code"] != code:
                        note(f"{benchmark.name}: these earlier figures are of other code than there is now")
                    continue
                settings = load_settings({"index": index / benchmark.chunking, "chunking": benchmark.chunking})
                rows.append(measure(benchmark, given.folder, settings, given.questions, code))
                if given.json is not None:
                    given.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except QAServiceError as error:
        note(f"error: {error}")
        return 1
    text = tables(rows)
    if given.write:
        given.page.write_text(insert(given.page.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
