"""Measure the extraction of web pages beside trafilatura alone: `python -m benchmarks.pages FOLDER [--write]`.

FOLDER holds `labels.jsonl`, one page a line: `file`, text segments that the article must have (`with`) and must not
have (`without`), and `title`, `author` and `date` where they are known. The pages lie beside it, as they are or with
the suffix .gz. A segment is found if it stands in the article's text, white space collapsed. Titles, authors and dates
are right if they are equal, ignoring case; several authors may stand in any order.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from trafilatura import extract, extract_metadata

from benchmarks.shared import json_lines, markdown, note, write_section
from qa_service.errors import UnreadableSource
from qa_service.evaluation.grade.bootstrap import bootstrap_interval
from qa_service.parsing import read_source
from qa_service.parsing.formats import SourceInfo

Label = Mapping[str, Any]
OURS, ALONE = "qa_service", "trafilatura"
HEADER = ("", "wanted found", "unwanted absent", "both", "title", "author", "date", "CPU ms")
FIELDS = ("title", "author", "date")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a method makes of a page. A field that it does not find is empty."""

    text: str = ""
    title: str = ""
    author: str = ""
    date: str = ""


Method = Callable[[bytes, str], Extracted]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--halves", action="store_true", help="also the pages with an even and an odd number alone")
    parser.add_argument("--write", action="store_true", help="write the table of all pages into its page below docs/")
    options = parser.parse_args(arguments)
    labels = list(json_lines(options.folder / "labels.jsonl"))
    found = {name: _run(method, options.folder, labels) for name, method in METHODS.items()}
    parts = {"All": range(len(labels))}
    if options.halves:
        parts |= {"Even": range(0, len(labels), 2), "Odd": range(1, len(labels), 2)}
    for name, chosen in parts.items():
        text = table([labels[i] for i in chosen], {one: [run[i] for i in chosen] for one, run in found.items()})
        print(f"{name}: {len(chosen)} pages\n\n{text}\n")
        if options.write and name == "All":
            note(f"written to {write_section('pages', text)}")


def table(labels: Sequence[Label], found: Mapping[str, Sequence[tuple[Extracted, float]]]) -> str:
    """The table of all methods, and below it the paired differences to trafilatura's default options."""
    rows = []
    for name, run in found.items():
        shares = [segments(label, one.text) for label, (one, _) in zip(labels, run, strict=True)]
        wanted, unwanted = _share([one[0] for one in shares]), _share([one[1] for one in shares])
        both = _share([(a + c, b + d) for (a, b), (c, d) in shares])
        fields = [
            _share([_right(label, one, field) for label, (one, _) in zip(labels, run, strict=True)]) for field in FIELDS
        ]
        cpu = 1000 * sum(seconds for _, seconds in run) / len(run)
        rows.append((name, *(f"{value:.3f}" for value in (wanted, unwanted, both, *fields)), f"{cpu:.0f}"))
    lines = [*markdown(HEADER, rows), ""]
    differences = paired(labels, [one.text for one, _ in found[OURS]], [one.text for one, _ in found[ALONE]])
    mean, low, high = bootstrap_interval(differences)
    better, worse = sum(one > 0 for one in differences), sum(one < 0 for one in differences)
    lines.append(
        f"Per page, {OURS} minus {ALONE}, both kinds of segments: {mean:+.4f} (95 % interval {low:+.4f} to {high:+.4f})"
        f", {better} pages better, {worse} worse."
    )
    return "\n".join(lines)


def segments(label: Label, text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """(right, all) of the wanted segments, and of the unwanted ones."""
    page = _collapsed(text)
    wanted = [_collapsed(one) in page for one in label.get("with", ())]
    unwanted = [_collapsed(one) not in page for one in label.get("without", ())]
    return (sum(wanted), len(wanted)), (sum(unwanted), len(unwanted))


def paired(labels: Sequence[Label], ours: Sequence[str], theirs: Sequence[str]) -> list[float]:
    """For each page with labels, our share of right segments minus theirs."""
    differences = []
    for label, a, b in zip(labels, ours, theirs, strict=True):
        if label.get("with") or label.get("without"):
            differences.append(_share(segments(label, a)) - _share(segments(label, b)))
    return differences


def _run(method: Method, folder: Path, labels: Sequence[Label]) -> list[tuple[Extracted, float]]:
    found = []
    for label in labels:
        raw = _page(folder, label["file"])
        began = time.process_time()
        extracted = method(raw, label["file"])
        found.append((extracted, time.process_time() - began))
    return found


def _page(folder: Path, name: str) -> bytes:
    packed = folder / f"{name}.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / name).read_bytes()


def _ours(raw: bytes, name: str) -> Extracted:
    try:
        articles = list(read_source(io.BytesIO(raw), SourceInfo(name)))
    except UnreadableSource:
        return Extracted()
    meta = articles[0].meta
    text = "\n".join(article.text for article in articles)
    return Extracted(text, meta.title or "", meta.author or "", meta.published.isoformat() if meta.published else "")


def _theirs(raw: bytes, name: str, **options: Any) -> Extracted:
    stated = extract_metadata(raw)
    return Extracted(extract(raw, **options) or "", *(str(getattr(stated, field, None) or "") for field in FIELDS))


METHODS: dict[str, Method] = {
    OURS: _ours,
    ALONE: _theirs,
    f"{ALONE}, favor_precision": partial(_theirs, favor_precision=True),
    f"{ALONE}, favor_recall": partial(_theirs, favor_recall=True),
}


def _right(label: Label, found: Extracted, field: str) -> tuple[int, int]:
    if field not in label:
        return 0, 0
    stated, given = str(label[field]), str(getattr(found, field))
    if field == "author":
        return int(_authors(stated) == _authors(given)), 1
    return int(_collapsed(stated).casefold() == _collapsed(given).casefold()), 1


def _authors(names: str) -> frozenset[str]:
    return frozenset(_collapsed(name).casefold() for name in re.split(r"[;,]", names)) - {""}


def _share(counts: Sequence[tuple[int, int]]) -> float:
    total = sum(count for _, count in counts)
    return sum(right for right, _ in counts) / total if total else 0.0


def _collapsed(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
