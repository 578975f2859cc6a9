"""Measure each stage of the ranking: nDCG@10 with intervals, on judged sets. `make bench-retrieval` runs it.

    python -m benchmarks.retrieval FOLDER [--sets NAME ...] [--index DIR] [--questions N] [--json FILE] [--write]

FOLDER has sets in BEIR's layout. Each becomes a collection. Its questions with relevant articles are asked under every
stage (`benchmarks/retrieval_stages.py`). `--write` writes the tables into their page under `docs/`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.retrieval_measure import code_sha256, measure
from benchmarks.retrieval_sets import KNOWN, choose
from benchmarks.retrieval_tables import tables
from benchmarks.shared import DOCS, index_folder, note, write_section
from qa_service.errors import QAServiceError
from qa_service.settings import load_settings

MOST_QUESTIONS = 1500


def main(arguments: Sequence[str] | None = None) -> int:
    about = "What each stage of the ranking adds, on BEIR folders."
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=about)
    parser.add_argument("folder", type=Path, help="the folder with the sets")
    names = f"folders in it, with :whole for one passage an article (default: {' '.join(b.name for b in KNOWN)})"
    parser.add_argument("--sets", nargs="+", default=[], metavar="NAME", help=names)
    parser.add_argument("--index", type=Path, help="keep the collections here, for the next run")
    size = f"size of the seeded sample of a larger set (default: {MOST_QUESTIONS}; 0: all)"
    parser.add_argument("--questions", type=int, default=MOST_QUESTIONS, metavar="N", help=size)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE, after each set")
    measured = "take the figures of measured sets from this file; may be repeated"
    parser.add_argument("--earlier", type=Path, action="append", default=[], metavar="FILE", help=measured)
    parser.add_argument("--write", action="store_true", help="write the tables into their page under docs/")
    parser.add_argument("--docs", type=Path, default=DOCS, help=argparse.SUPPRESS)
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
        with index_folder(given.index) as index:
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
        write_section("retrieval", text, given.docs)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
